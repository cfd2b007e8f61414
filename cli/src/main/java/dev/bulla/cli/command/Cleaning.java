package dev.bulla.cli.command;

import dev.bulla.EvidenceCleaning;
import dev.bulla.EvidenceCleaning.Removal;
import dev.bulla.cli.flags.ParsedFlags;
import dev.bulla.error.BullaException;
import dev.bulla.error.ConfigurationException;
import dev.bulla.error.Quoted;
import dev.bulla.error.RegistryException;
import dev.bulla.oci.DigestReference;
import dev.bulla.oci.Reference;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/** Carries out {@code clean}. */
final class Cleaning {

  private final ParsedFlags flags;
  private final CommandContext context;

  Cleaning(ParsedFlags flags, CommandContext context) {
    this.flags = flags;
    this.context = context;
  }

  void run() throws BullaException {
    Reference reference = Reference.parse(flags.arguments().get(0));
    Set<Removal> types = types(flags.get(CleanCommand.TYPE));
    noteWhatIsIgnored();
    if (!flags.get(CleanCommand.FORCE) && !flags.get(CleanCommand.YES)) {
      context.warn(warning(types));
      context.prompts().requireConsent();
    }
    try (ImageSession session = ImageSession.openForWriting(flags, context)) {
      clean(session, reference, types);
    }
  }

  private void clean(ImageSession session, Reference reference, Set<Removal> types)
      throws BullaException {
    EvidenceCleaning cleaning = session.bulla().cleaning();
    DigestReference image;
    try {
      image = session.bulla().resolve(reference);
    } catch (RegistryException e) {
      throw e.kind() == RegistryException.Kind.NOT_FOUND
          ? new ConfigurationException(e.message(), e)
          : e;
    }
    boolean asked =
        types.equals(EnumSet.of(Removal.SIGNATURES))
            || types.equals(EnumSet.of(Removal.ATTESTATIONS));
    if (asked && !cleaning.referrers(image).isEmpty()) {
      context.warn("image has referrers, consider using --referrer");
      context.note("in this version that is --type referrer, or --type all");
    }
    String from = " from " + Quoted.plain(reference.typed());
    Optional<BullaException> failure =
        cleaning.clean(
            image,
            types,
            new EvidenceCleaning.Listener() {
              @Override
              public void removed(Reference object) {
                context.err().println("Removed " + object + from);
              }

              @Override
              public void failed(Reference object, BullaException why) {
                context.err().println("could not delete " + object + from + ":\n" + why.message());
              }
            });
    if (failure.isPresent()) {
      throw failure.get();
    }
  }

  /** Neither is used here, as in cosign; but it is said. */
  private void noteWhatIsIgnored() {
    if (context.environment().value("COSIGN_REPOSITORY").isPresent()) {
      context.note("COSIGN_REPOSITORY is not used: only the image's own repository is cleaned");
    }
    if (!flags.get(RegistryFlags.ATTACHMENT_TAG_PREFIX).isEmpty()) {
      context.note("--attachment-tag-prefix is not used: only tags without a prefix are removed");
    }
  }

  private static Set<Removal> types(String word) {
    return switch (word) {
      case "signature" -> EnumSet.of(Removal.SIGNATURES);
      case "attestation" -> EnumSet.of(Removal.ATTESTATIONS);
      case "sbom" -> EnumSet.of(Removal.SBOMS);
      case "referrer" -> EnumSet.of(Removal.REFERRERS);
      default -> EnumSet.allOf(Removal.class);
    };
  }

  private static String warning(Set<Removal> types) {
    if (types.size() > 1) {
      return "this will remove all signatures, SBOMs and attestations from the image";
    }
    return switch (types.iterator().next()) {
      case SIGNATURES -> "this will remove all signatures from the image";
      case ATTESTATIONS -> "this will remove all attestations from the image";
      case SBOMS -> "this will remove all SBOMs from the image";
      case REFERRERS ->
          "this will remove all referrer attestations and/or signatures from the image";
    };
  }
}
