package dev.bulla.cli.command;

import dev.bulla.certificate.Certificate;
import dev.bulla.cli.command.TrustedRootDraft.Kind;
import dev.bulla.cli.flags.Flag;
import dev.bulla.cli.flags.FlagGroup;
import dev.bulla.cli.flags.ParsedFlags;
import dev.bulla.error.BullaException;
import dev.bulla.error.ConfigurationException;
import dev.bulla.key.VerificationKey;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * The flags of {@code trusted-root create} before services were described in one flag each: lists
 * that belong together by position.
 */
final class OlderRootFlags {

  private static final Flag<List<String>> CHAIN =
      old("certificate-chain", "fulcio", "certificates of an authority, in PEM, root last");
  private static final Flag<List<String>> FULCIO_URI =
      old("fulcio-uri", "fulcio", "address of that authority");
  private static final Flag<List<String>> CTFE_KEY =
      old("ctfe-key", "ctfe", "key of a log of certificates, in PEM");
  private static final Flag<List<String>> CTFE_START =
      old("ctfe-start-time", "ctfe", "from when that key counts");
  private static final Flag<List<String>> CTFE_END =
      old("ctfe-end-time", "ctfe", "until when that key counts");
  private static final Flag<List<String>> CTFE_URL = old("ctfe-url", "ctfe", "address of that log");
  private static final Flag<List<String>> REKOR_KEY =
      old("rekor-key", "rekor", "key of a transparency log, in PEM, with ,origin for newer logs");
  private static final Flag<List<String>> REKOR_START =
      old("rekor-start-time", "rekor", "from when that key counts");
  private static final Flag<List<String>> REKOR_END =
      old("rekor-end-time", "rekor", "until when that key counts");
  private static final Flag<List<String>> REKOR_URL =
      old("rekor-url", "rekor", "address of that log");
  private static final Flag<List<String>> TIMESTAMP_CHAIN =
      old("timestamp-certificate-chain", "tsa", "certificates of a timestamp authority, in PEM");
  private static final Flag<List<String>> TIMESTAMP_URI =
      old("timestamp-uri", "tsa", "address of that authority");

  static final FlagGroup GROUP =
      FlagGroup.of(
          "Older flags",
          CHAIN,
          FULCIO_URI,
          CTFE_KEY,
          CTFE_START,
          CTFE_END,
          CTFE_URL,
          REKOR_KEY,
          REKOR_START,
          REKOR_END,
          REKOR_URL,
          TIMESTAMP_CHAIN,
          TIMESTAMP_URI);

  private OlderRootFlags() {}

  private static Flag<List<String>> old(String name, String newer, String description) {
    return Flag.repeatable(name, description).deprecated("use --" + newer + " instead");
  }

  /** Refuses lines that describe a service in both ways. */
  static void refuseBoth(
      ParsedFlags flags,
      Flag<List<String>> fulcio,
      Flag<List<String>> rekor,
      Flag<List<String>> ctfe,
      Flag<List<String>> tsa)
      throws ConfigurationException {
    refuse(flags, fulcio, CHAIN, FULCIO_URI);
    refuse(flags, rekor, REKOR_KEY, REKOR_START, REKOR_END, REKOR_URL);
    refuse(flags, ctfe, CTFE_KEY, CTFE_START, CTFE_END, CTFE_URL);
    refuse(flags, tsa, TIMESTAMP_CHAIN, TIMESTAMP_URI);
  }

  private static void refuse(ParsedFlags flags, Flag<List<String>> newer, Flag<?>... older)
      throws ConfigurationException {
    if (flags.get(newer).isEmpty()) {
      return;
    }
    for (Flag<?> flag : older) {
      if (flags.isSet(flag)) {
        String name = newer.name();
        throw new ConfigurationException(
            "cannot use --" + name + " and old " + name + " flags at the same time");
      }
    }
  }

  static void add(ParsedFlags flags, CommandContext context, TrustedRootDraft draft)
      throws BullaException {
    authorities(flags, context, draft, Kind.AUTHORITIES, CHAIN, FULCIO_URI);
    logs(flags, context, draft, Kind.CERTIFICATE_LOGS, CTFE_KEY, CTFE_START, CTFE_END, CTFE_URL);
    logs(flags, context, draft, Kind.LOGS, REKOR_KEY, REKOR_START, REKOR_END, REKOR_URL);
    authorities(flags, context, draft, Kind.TIMESTAMP_AUTHORITIES, TIMESTAMP_CHAIN, TIMESTAMP_URI);
  }

  private static void authorities(
      ParsedFlags flags,
      CommandContext context,
      TrustedRootDraft draft,
      Kind kind,
      Flag<List<String>> chains,
      Flag<List<String>> addresses)
      throws BullaException {
    List<String> files = flags.get(chains);
    for (int i = 0; i < files.size(); i++) {
      List<Certificate> chain = TrustedRootCreateCommand.chain(context, files.get(i), "");
      draft.addAuthority(
          kind,
          at(flags, addresses, i).orElse(""),
          chain,
          chain.get(chain.size() - 1).notBefore(),
          Optional.empty());
    }
  }

  private static void logs(
      ParsedFlags flags,
      CommandContext context,
      TrustedRootDraft draft,
      Kind kind,
      Flag<List<String>> keys,
      Flag<List<String>> starts,
      Flag<List<String>> ends,
      Flag<List<String>> addresses)
      throws BullaException {
    List<String> files = flags.get(keys);
    for (int i = 0; i < files.size(); i++) {
      String file = files.get(i);
      int comma = kind == Kind.LOGS ? file.indexOf(',') : -1;
      VerificationKey key =
          TrustedRootCreateCommand.key(context, comma < 0 ? file : file.substring(0, comma), "");
      Optional<String> start = at(flags, starts, i);
      Optional<String> end = at(flags, ends, i);
      draft.addLog(
          kind,
          at(flags, addresses, i).orElse(""),
          key,
          start.isEmpty() ? Instant.EPOCH : ServiceSpec.time(start.get()),
          end.isEmpty() ? Optional.empty() : Optional.of(ServiceSpec.time(end.get())),
          comma < 0 ? Optional.empty() : Optional.of(file.substring(comma + 1)));
    }
  }

  private static Optional<String> at(ParsedFlags flags, Flag<List<String>> flag, int index) {
    List<String> values = flags.get(flag);
    return index < values.size() ? Optional.of(values.get(index)) : Optional.empty();
  }
}
