package dev.bulla.cli.command;

import dev.bulla.SignRequest.Format;
import dev.bulla.cli.flags.Flag;
import dev.bulla.cli.flags.ParsedFlags;
import dev.bulla.cli.flags.ParsedFlags.Source;
import dev.bulla.error.ConfigurationException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * What the flags of {@code sign} come down to: which formats, and whether a transparency log is
 * wanted.
 *
 * @param formats never empty
 * @param wantsLog whether the line wants the signature logged
 * @param notes what was decided for the user and has to be said
 */
record SigningPlan(Set<Format> formats, boolean wantsLog, List<String> notes) {

  /** What only the older format has; asking for one of them asks for that format. */
  private static final List<Flag<?>> OLDER_FORMAT_ONLY =
      List.of(
          SignCommand.PAYLOAD,
          SignCommand.OUTPUT_SIGNATURE,
          SignCommand.OUTPUT_PAYLOAD,
          SignCommand.OUTPUT_CERTIFICATE,
          SignCommand.SIGN_CONTAINER_IDENTITY,
          SignCommand.RECORD_CREATION_TIMESTAMP,
          SignCommand.ATTACHMENT,
          RegistryFlags.ATTACHMENT_TAG_PREFIX);

  static SigningPlan of(ParsedFlags flags, boolean experimental) throws ConfigurationException {
    List<String> notes = new ArrayList<>();
    Set<Format> formats = formats(flags, notes);
    boolean wantsLog = flags.get(SignCommand.TLOG_UPLOAD);
    if (wantsLog && flags.usedSingleDashLong() && !experimental) {
      wantsLog = false;
      notes.add(
          "the signature is not recorded in a transparency log, since flags with one dash are read as"
              + " cosign v0.1 read them (COSIGN_EXPERIMENTAL=1 asks for the log)");
    }
    return new SigningPlan(formats, wantsLog, notes);
  }

  private static Set<Format> formats(ParsedFlags flags, List<String> notes)
      throws ConfigurationException {
    List<String> older = new ArrayList<>();
    for (Flag<?> flag : OLDER_FORMAT_ONLY) {
      if (flags.source(flag) == Source.COMMAND_LINE) {
        older.add("--" + flag.name());
      }
    }
    boolean formatGiven = flags.source(SignCommand.FORMAT) == Source.COMMAND_LINE;
    boolean switchGiven = flags.isSet(SignCommand.NEW_BUNDLE_FORMAT);
    boolean bundleWanted = flags.get(SignCommand.NEW_BUNDLE_FORMAT);
    String format = flags.get(SignCommand.FORMAT);
    if (formatGiven && switchGiven && bundleWanted == format.equals("legacy")) {
      throw new ConfigurationException(
          "--format "
              + format
              + " and --new-bundle-format="
              + bundleWanted
              + " contradict each other");
    }
    if (!formatGiven && switchGiven) {
      formatGiven = true;
      format = bundleWanted ? "bundle" : "legacy";
    }
    if (formatGiven) {
      if (format.equals("bundle") && !older.isEmpty()) {
        throw new ConfigurationException(
            String.join(", ", older) + " exists only in the older signature format",
            "leave out the format to sign in the older one, or use --format both");
      }
    } else if (!older.isEmpty() && format.equals("both")) {
      // a variable asks for both, and the older one of them has it
    } else if (!older.isEmpty()) {
      notes.add("signing in the older format, since only that one has " + String.join(", ", older));
      format = "legacy";
    } else if (flags.usedSingleDashLong()) {
      notes.add(
          "signing in the older format, since flags with one dash are read as cosign v0.1 read"
              + " them");
      format = "legacy";
    }
    Set<Format> formats =
        switch (format) {
          case "legacy" -> Set.of(Format.LEGACY);
          case "both" -> Set.of(Format.LEGACY, Format.BUNDLE);
          default -> Set.of(Format.BUNDLE);
        };
    if (!formats.contains(Format.BUNDLE)
        && flags.source(SignCommand.BUNDLE) == Source.COMMAND_LINE) {
      throw new ConfigurationException(
          "--bundle writes a Sigstore bundle, which the older signature format does not have",
          "add --format both, or use --output-signature and --output-payload");
    }
    return formats;
  }

  boolean writes(Format format) {
    return formats.contains(format);
  }
}
