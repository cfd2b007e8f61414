package dev.bulla.cli.command;

import dev.bulla.FileUpload;
import dev.bulla.FileUpload.PlatformFile;
import dev.bulla.bytes.Bytes;
import dev.bulla.cli.flags.ParsedFlags;
import dev.bulla.digest.Digest;
import dev.bulla.error.BullaException;
import dev.bulla.error.ConfigurationException;
import dev.bulla.error.Quoted;
import dev.bulla.error.RegistryException;
import dev.bulla.limits.Limits;
import dev.bulla.oci.DigestReference;
import dev.bulla.oci.MediaType;
import dev.bulla.oci.Platform;
import dev.bulla.oci.Reference;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Carries out {@code upload blob} and {@code upload wasm}. */
final class Uploading {

  private final ParsedFlags flags;
  private final CommandContext context;

  Uploading(ParsedFlags flags, CommandContext context) {
    this.flags = flags;
    this.context = context;
  }

  /** A file as named on the line: {@code path[:os[/architecture]]}. */
  private record Named(String path, String platform) {

    static Named parse(String typed) {
      int colon = typed.indexOf(':');
      return colon < 0
          ? new Named(typed, "")
          : new Named(typed.substring(0, colon), typed.substring(colon + 1));
    }
  }

  void wasm() throws BullaException {
    Reference target = Reference.parse(flags.arguments().get(0));
    String file = flags.get(UploadWasmCommand.FILE);
    Bytes module = context.files().read(file, Limits.MAX_ATTACHMENT);
    context
        .err()
        .println("Uploading wasm file from [" + Quoted.plain(file) + "] to [" + target + "].");
    try (ImageSession session = ImageSession.openForWriting(flags, context)) {
      session.bulla().upload().wasm(target, module);
    } catch (RegistryException e) {
      throw ImageSession.absentIsPlain(e);
    }
  }

  void blob() throws BullaException {
    Reference target = Reference.parse(flags.arguments().get(0));
    List<Named> named = flags.get(UploadBlobCommand.FILES).stream().map(Named::parse).toList();
    if (named.size() > 1) {
      requirePlatforms(named);
    }
    Map<String, String> annotations = Annotations.parse(flags.get(UploadBlobCommand.ANNOTATION));
    List<PlatformFile> files = new ArrayList<>();
    for (Named one : named) {
      files.add(read(one));
    }
    try (ImageSession session = ImageSession.openForWriting(flags, context)) {
      upload(session.bulla().upload(), target, named, files, annotations);
    } catch (RegistryException e) {
      throw ImageSession.absentIsPlain(e);
    }
  }

  private static void requirePlatforms(List<Named> named) throws ConfigurationException {
    Set<String> seen = new HashSet<>();
    for (Named one : named) {
      String problem =
          one.platform().isEmpty()
              ? "had no platform"
              : seen.add(one.platform())
                  ? ""
                  : "has the platform of another, " + Quoted.plain(one.platform());
      if (!problem.isEmpty()) {
        throw new ConfigurationException(
            "each file must include a unique platform, "
                + Quoted.plain(one.path())
                + " "
                + problem);
      }
    }
  }

  private PlatformFile read(Named named) throws BullaException {
    Bytes content = context.files().read(named.path(), Limits.MAX_ATTACHMENT);
    String type = flags.get(UploadBlobCommand.CONTENT_TYPE);
    if (!MediaTypes.isWritable(type)) {
      throw new ConfigurationException("--ct " + Quoted.text(type) + " is no media type");
    }
    return new PlatformFile(
        content,
        type.isEmpty() ? MediaTypes.sniff(content) : new MediaType(type),
        named.platform().isEmpty()
            ? Optional.empty()
            : Optional.of(Platform.parse(named.platform())));
  }

  private void upload(
      FileUpload upload,
      Reference target,
      List<Named> named,
      List<PlatformFile> files,
      Map<String, String> annotations)
      throws BullaException {
    for (int i = 0; i < files.size(); i++) {
      context
          .err()
          .println(
              "Uploading file from ["
                  + Quoted.plain(named.get(i).path())
                  + "] to ["
                  + target
                  + "] with media type ["
                  + files.get(i).mediaType()
                  + "]");
    }
    DigestReference uploaded =
        files.size() == 1
            ? upload.file(target, files.get(0), annotations)
            : upload.index(target, files, annotations);
    for (int i = 0; i < files.size(); i++) {
      context
          .err()
          .println(
              "File ["
                  + Quoted.plain(named.get(i).path())
                  + "] is available directly at ["
                  + target.repository().registry()
                  + "/v2/"
                  + target.repository().path()
                  + "/blobs/"
                  + Digest.sha256(files.get(i).content())
                  + "]");
    }
    if (files.size() == 1) {
      context.err().println("Uploaded image to:");
      context.out().println(uploaded.toString());
    } else {
      context.err().println("Uploading multi-platform index to " + uploaded);
    }
  }
}
