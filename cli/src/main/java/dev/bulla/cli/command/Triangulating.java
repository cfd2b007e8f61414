package dev.bulla.cli.command;

import dev.bulla.cli.flags.ParsedFlags;
import dev.bulla.digest.Digest;
import dev.bulla.error.BullaException;
import dev.bulla.error.ConfigurationException;
import dev.bulla.error.Quoted;
import dev.bulla.error.RegistryException;
import dev.bulla.oci.DigestReference;
import dev.bulla.oci.Reference;
import dev.bulla.oci.Repository;
import dev.bulla.store.EvidenceTags;

/** Carries out {@code triangulate}. */
final class Triangulating {

  private final ParsedFlags flags;
  private final CommandContext context;

  Triangulating(ParsedFlags flags, CommandContext context) {
    this.flags = flags;
    this.context = context;
  }

  void run() throws BullaException {
    Reference reference = Reference.parse(flags.arguments().get(0));
    String type = flags.get(TriangulateCommand.TYPE);
    try (ImageSession session = ImageSession.open(flags, context)) {
      DigestReference image = session.bulla().resolve(reference);
      Repository repository = session.bulla().evidence().repositoryFor(image);
      String prefix = flags.get(RegistryFlags.ATTACHMENT_TAG_PREFIX);
      Digest digest = image.digest();
      context
          .out()
          .println(
              switch (type) {
                case "signature" -> repository + ":" + EvidenceTags.signatures(prefix, digest);
                case "attestation" -> repository + ":" + EvidenceTags.attestations(prefix, digest);
                case "sbom" -> repository + ":" + EvidenceTags.sbom(prefix, digest);
                case "digest" -> repository + "@" + prefix + digest;
                default ->
                    throw new ConfigurationException(
                        "unknown attachment type " + Quoted.plain(type));
              });
      if (type.equals("sbom")) {
        context.warn(SbomNotices.DEPRECATED);
      }
      if (type.equals("signature")) {
        noteReferrers(session, reference, image);
      }
    } catch (RegistryException e) {
      throw ImageSession.absentIsPlain(e);
    }
  }

  /**
   * The name printed is no help for signatures that are kept as referrers; saying so costs requests
   * only for a tag.
   */
  private void noteReferrers(ImageSession session, Reference reference, DigestReference image)
      throws BullaException {
    if (reference instanceof DigestReference) {
      return; // a digest is answered without asking anybody
    }
    if (session.hasOnlyReferrers(image)) {
      context.note(
          "the signatures of this image are referrers, not under this tag: `bulla tree` shows them");
    }
  }
}
