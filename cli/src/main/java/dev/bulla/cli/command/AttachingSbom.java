package dev.bulla.cli.command;

import dev.bulla.bytes.Bytes;
import dev.bulla.cli.flags.ParsedFlags;
import dev.bulla.error.BullaException;
import dev.bulla.error.ConfigurationException;
import dev.bulla.error.Quoted;
import dev.bulla.error.RegistryException;
import dev.bulla.limits.LimitedInput;
import dev.bulla.limits.Limits;
import dev.bulla.oci.DigestReference;
import dev.bulla.oci.MediaType;
import dev.bulla.oci.Reference;
import java.io.IOException;

/** Carries out {@code attach sbom}. */
final class AttachingSbom {

  private final ParsedFlags flags;
  private final CommandContext context;

  AttachingSbom(ParsedFlags flags, CommandContext context) {
    this.flags = flags;
    this.context = context;
  }

  void run() throws BullaException {
    String file = flags.get(AttachSbomCommand.SBOM);
    context.warn(SbomNotices.DEPRECATED);
    MediaType mediaType =
        mediaType(
            flags.get(AttachSbomCommand.TYPE), flags.get(AttachSbomCommand.INPUT_FORMAT), file);
    context.warn(
        "Attaching SBOMs this way does not sign them. To sign them, use 'cosign attest --predicate "
            + Quoted.plain(file)
            + " --key <key path>'.");
    Reference reference = Reference.parse(flags.arguments().get(0));
    Bytes content = content(file);
    try (ImageSession session = ImageSession.openForWriting(flags, context)) {
      attach(session, session.bulla().resolve(reference), reference, content, mediaType);
    } catch (RegistryException e) {
      throw ImageSession.absentIsPlain(e);
    }
  }

  private void attach(
      ImageSession session,
      DigestReference image,
      Reference reference,
      Bytes content,
      MediaType mediaType)
      throws BullaException {
    if (RegistryFlags.asReferrer(flags, context)) {
      DigestReference attached =
          session.bulla().sboms().attachAsReferrer(image, content, mediaType);
      context
          .err()
          .println(
              "Uploading SBOM file for ["
                  + reference
                  + "] to ["
                  + attached
                  + "] with config.mediaType ["
                  + dev.bulla.Sboms.ARTIFACT_TYPE
                  + "] layers[0].mediaType ["
                  + mediaType
                  + "].");
      return;
    }
    context
        .err()
        .println(
            "Uploading SBOM file for ["
                + reference
                + "] to ["
                + session.bulla().sboms().tagOf(image)
                + "] with mediaType ["
                + mediaType
                + "].\n");
    session.bulla().sboms().attach(image, content, mediaType);
  }

  private Bytes content(String file) throws BullaException {
    if (!file.equals("-")) {
      return context.files().read(file, Limits.MAX_ATTACHMENT);
    }
    try {
      return LimitedInput.readAll(context.stdin(), Limits.MAX_ATTACHMENT, "standard input");
    } catch (IOException e) {
      throw new ConfigurationException("reading standard input: " + e.getMessage(), e);
    }
  }

  /** What cosign makes of type, format and the file's name. */
  private static MediaType mediaType(String type, String format, String file)
      throws ConfigurationException {
    boolean named = format.isEmpty();
    boolean json = format.equals("json") || (named && file.endsWith(".json"));
    return switch (type) {
      case "spdx" -> {
        check(format, "text", "json|text");
        yield new MediaType(json ? "text/spdx+json" : "text/spdx");
      }
      case "cyclonedx" -> {
        check(format, "xml", "json|xml");
        yield new MediaType(
            json ? "application/vnd.cyclonedx+json" : "application/vnd.cyclonedx+xml");
      }
      case "syft" -> {
        check(format, "json", "json");
        yield new MediaType("application/vnd.syft+json");
      }
      default ->
          throw new ConfigurationException(
              "unknown SBOM type: \"" + Quoted.plain(type) + "\", expected (spdx|cyclonedx|syft)");
    };
  }

  private static void check(String format, String other, String expected)
      throws ConfigurationException {
    if (!format.isEmpty() && !format.equals("json") && !format.equals(other)) {
      throw new ConfigurationException(
          "invalid SBOM input format: \""
              + Quoted.plain(format)
              + "\", expected ("
              + expected
              + ")");
    }
  }
}
