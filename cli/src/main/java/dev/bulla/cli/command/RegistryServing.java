package dev.bulla.cli.command;

import dev.bulla.cli.flags.ParsedFlags;
import dev.bulla.error.BullaException;
import dev.bulla.error.ConfigurationException;
import dev.bulla.error.Quoted;
import dev.bulla.testkit.registry.EmbeddedRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/** Carries out {@code registry serve}. */
final class RegistryServing {

  private RegistryServing() {}

  static void run(ParsedFlags flags, CommandContext context) throws BullaException {
    EmbeddedRegistry.Options options =
        EmbeddedRegistry.options()
            .listen(address(flags.get(RegistryServeCommand.LISTEN)))
            .loggedRequests(0);
    String directory = flags.get(RegistryServeCommand.DIRECTORY);
    try {
      if (!directory.isEmpty()) {
        options.directory(
            java.nio.file.Files.createDirectories(context.files().resolve(directory)));
      }
      try (EmbeddedRegistry registry = EmbeddedRegistry.start(options)) {
        context.out().println("Listening on " + registry.host());
        context.out().flush();
        context
            .err()
            .println(
                "note: no accounts, no TLS: for trying things out. "
                    + (directory.isEmpty()
                        ? "What is pushed is gone when it ends."
                        : "What is pushed is kept in " + Quoted.plain(directory) + ".")
                    + " Ctrl-C ends it.");
        registry.awaitClosed();
      }
    } catch (IOException e) {
      throw new ConfigurationException(
          "cannot serve a registry: " + Quoted.plain(String.valueOf(e.getMessage())), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static InetSocketAddress address(String text) throws ConfigurationException {
    int colon = text.lastIndexOf(':');
    try {
      String host = colon < 0 ? "" : text.substring(0, colon);
      if (host.startsWith("[") && host.endsWith("]")) {
        host = host.substring(1, host.length() - 1);
      }
      int port = Integer.parseInt(text.substring(colon + 1));
      if (colon > 0 && port >= 0 && port <= 65535) {
        return new InetSocketAddress(InetAddress.getByName(host), port);
      }
    } catch (NumberFormatException | IOException e) {
      // said below, with an example
    }
    throw new ConfigurationException(
        "--listen " + Quoted.text(text) + " is no address and port",
        "for example 127.0.0.1:5000, or 127.0.0.1:0 for a free port");
  }
}
