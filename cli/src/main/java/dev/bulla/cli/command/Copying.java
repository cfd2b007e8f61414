package dev.bulla.cli.command;

import dev.bulla.CopyRequest;
import dev.bulla.EvidenceKind;
import dev.bulla.cli.flags.ParsedFlags;
import dev.bulla.cli.terminal.TransferBar;
import dev.bulla.error.BullaException;
import dev.bulla.error.ConfigurationException;
import dev.bulla.error.Quoted;
import dev.bulla.error.RegistryException;
import dev.bulla.oci.Reference;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/** Carries out {@code copy}. */
final class Copying {

  private final ParsedFlags flags;
  private final CommandContext context;

  Copying(ParsedFlags flags, CommandContext context) {
    this.flags = flags;
    this.context = context;
  }

  void run() throws BullaException {
    CopyRequest request = request();
    CopyList list = CopyList.of(flags, context);
    boolean alone =
        list.typed().size() == 1
            && flags.arguments().size() == 2
            && flags.get(CopyCommand.OUTPUT).equals("text")
            && flags.get(ImageList.RESUME).isEmpty();
    try (ImageSession session = ImageSession.openForTransfer(flags, context, true)) {
      if (alone) {
        copyOne(session, list, request);
      } else {
        new CopyingMany(flags, context, session, list, request).run();
      }
    }
  }

  private void copyOne(ImageSession session, CopyList list, CopyRequest request)
      throws BullaException {
    String typed = list.typed().get(0);
    try (TransferBar bar = context.transferBar("Copying")) {
      Reference source = session.image(list.source(typed));
      session
          .bulla()
          .copy()
          .copy(
              source,
              list.target(typed, source),
              request,
              new Transfers(bar, session.local(), true));
    } catch (RegistryException e) {
      throw ImageSession.absentIsPlain(e);
    }
  }

  private CopyRequest request() throws ConfigurationException {
    Set<EvidenceKind> kinds = EnumSet.noneOf(EvidenceKind.class);
    for (String only : flags.get(CopyCommand.ONLY)) {
      switch (only) {
        case "sig" -> kinds.add(EvidenceKind.SIGNATURES);
        case "att" -> kinds.add(EvidenceKind.ATTESTATIONS);
        case "sbom" -> kinds.add(EvidenceKind.SBOMS);
        case "referrer" -> kinds.add(EvidenceKind.OTHER_REFERRERS);
        default ->
            throw new ConfigurationException(
                "invalid value for --only: "
                    + Quoted.plain(only)
                    + ", only the following values are supported: [sig sbom att]",
                "--only referrer copies the referrers that are none of these");
      }
    }
    if (flags.get(CopyCommand.SIG_ONLY)) {
      context.err().print("--sig-only is deprecated, use --only=sig instead");
      kinds = EnumSet.of(EvidenceKind.SIGNATURES);
    }
    boolean everything = kinds.isEmpty();
    String platform = flags.get(CopyCommand.PLATFORM);
    return new CopyRequest(
        everything ? EnumSet.allOf(EvidenceKind.class) : kinds,
        everything,
        platform.isEmpty() ? Optional.empty() : Optional.of(platform),
        flags.get(CopyCommand.FORCE));
  }
}
