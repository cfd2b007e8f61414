package dev.bulla.cli.command;

import dev.bulla.ServiceConnections;
import dev.bulla.bundle.Bundle.LogEntry;
import dev.bulla.bundle.BundleUpgrade.ProofSource;
import dev.bulla.error.BullaException;
import dev.bulla.error.ConfigurationException;
import dev.bulla.registry.transport.HttpTransport;
import dev.bulla.registry.transport.Proxies;
import dev.bulla.registry.transport.SocketTransport;
import dev.bulla.registry.transport.TlsOptions;
import dev.bulla.sigstore.http.ServiceCaller;
import dev.bulla.sigstore.http.ServiceUrl;
import dev.bulla.sigstore.rekor.LogProposal;
import dev.bulla.sigstore.rekor.RekorV1Client;
import java.time.Duration;
import java.util.List;

/** The log that {@code --rekor-url} of the bundle commands names. Asks nobody before it has to. */
final class BundleLog implements ProofSource, AutoCloseable {

  private static final Duration LONGEST = Duration.ofSeconds(30);

  private final CommandContext context;
  private final HttpTransport transport;
  private final RekorV1Client log;

  BundleLog(ServiceAddress named, CommandContext context) throws BullaException {
    this.context = context;
    ServiceUrl address = named.url();
    this.transport =
        SocketTransport.create(
            TlsOptions.builder().environment(context.environment().asMap()).build(),
            Proxies.of(context.environment().asMap()));
    this.log =
        new RekorV1Client(
            ServiceCaller.of(
                new ServiceConnections(transport, "bulla/" + Build.ofThisProgram().version()),
                context.timeout().compareTo(LONGEST) < 0 ? context.timeout() : LONGEST),
            address);
  }

  @Override
  public LogEntry withProof(LogEntry entry) throws BullaException {
    context
        .err()
        .println(
            "Fetching missing inclusion proof from Rekor for log index "
                + entry.logIndex()
                + "...");
    try {
      return log.byIndex(entry.logIndex())
          .orElseThrow(() -> new ConfigurationException("the log has no such entry"));
    } catch (BullaException e) {
      throw e.in("fetching log entry by index");
    }
  }

  /** The one entry of exactly this signature. */
  LogEntry only(LogProposal signature) throws BullaException {
    List<LogEntry> found;
    try {
      found = log.find(signature);
    } catch (BullaException e) {
      throw e.in("searching log query");
    }
    if (found.isEmpty()) {
      throw new ConfigurationException(
          "unable to find tlog entry", "--ignore-tlog makes a bundle without a log entry");
    }
    if (found.size() > 1) {
      throw new ConfigurationException("too many tlog entries; should only have 1");
    }
    return found.get(0);
  }

  @Override
  public void close() {
    transport.close();
  }
}
