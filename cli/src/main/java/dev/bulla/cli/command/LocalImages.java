package dev.bulla.cli.command;

import dev.bulla.cli.flags.ParsedFlags;
import dev.bulla.cli.terminal.WorkingFiles;
import dev.bulla.digest.Digest;
import dev.bulla.error.BullaException;
import dev.bulla.error.ConfigurationException;
import dev.bulla.error.VerificationException;
import dev.bulla.layout.LayoutTransport;
import dev.bulla.layout.OciLayout;
import dev.bulla.oci.DigestReference;
import dev.bulla.oci.Reference;
import dev.bulla.oci.Repository;
import dev.bulla.oci.TagReference;
import java.nio.file.Files;

/** Images in folders, as the command line names them: {@code oci:PATH[:TAG|@DIGEST]}. */
final class LocalImages {

  private static final String PREFIX = "oci:";

  private final LayoutTransport layouts;
  private final WorkingFiles files;

  LocalImages(LayoutTransport layouts, WorkingFiles files) {
    this.layouts = layouts;
    this.files = files;
  }

  static boolean isLocal(String typed) {
    return typed.startsWith(PREFIX);
  }

  /** Whether a word of the line is a folder by its form. */
  static boolean areMeant(ParsedFlags flags) {
    for (String argument : flags.arguments()) {
      if (isLocal(argument)) {
        return true;
      }
    }
    return flags.isSet(VerifyCommand.LOCAL_IMAGE.name());
  }

  /** The image that {@code oci:…} means. */
  Reference named(String typed) throws BullaException {
    String rest = typed.substring(PREFIX.length());
    if (rest.isEmpty()) {
      throw new ConfigurationException("oci: needs a folder: oci:PATH[:TAG|@DIGEST]");
    }
    int at = rest.lastIndexOf('@');
    int colon = rest.lastIndexOf(':');
    if (Files.isDirectory(files.resolve(rest))) {
      return image(rest, typed);
    }
    if (at > 0 && at < colon) {
      Repository place = open(rest.substring(0, at));
      return new DigestReference(place, Digest.parse(rest.substring(at + 1)), typed);
    }
    if (colon > 0 && colon > rest.lastIndexOf('/')) {
      String tag = rest.substring(colon + 1);
      if (TagReference.isTag(tag)) {
        return new TagReference(open(rest.substring(0, colon)), tag, typed);
      }
    }
    return image(rest, typed);
  }

  /** The image in a folder that {@code save} wrote. */
  DigestReference saved(String folder) throws BullaException {
    return image(folder, folder);
  }

  private DigestReference image(String folder, String typed) throws BullaException {
    OciLayout layout = layout(folder);
    return new DigestReference(layouts.add(layout), layout.image().digest(), typed);
  }

  private Repository open(String folder) throws BullaException {
    return layouts.add(layout(folder));
  }

  private OciLayout layout(String folder) throws BullaException {
    try {
      return OciLayout.open(files.resolve(folder), folder);
    } catch (ConfigurationException e) {
      throw e.in("signed image index");
    }
  }

  /** A folder to be filled, and the repository that stands for it. */
  record NewFolder(OciLayout layout, Repository place) {}

  NewFolder create(String folder) throws ConfigurationException {
    OciLayout layout = OciLayout.create(files.resolve(folder), folder);
    return new NewFolder(layout, layouts.add(layout));
  }

  /** What to call an image in a report. */
  String shown(Reference reference) {
    return layouts.behind(reference.repository()).isPresent()
        ? reference.typed()
        : reference.toString();
  }

  /** A message in which folders have their own names. */
  String readable(String text) {
    return layouts.readable(text);
  }

  /** Says of a folder what cosign says of it. */
  static VerificationException unsigned(String folder, VerificationException failure) {
    return failure.outcome() == VerificationException.Outcome.NO_SIGNATURE
        ? new VerificationException(
            VerificationException.Outcome.NO_SIGNATURE,
            "no signatures associated with the image saved in "
                + dev.bulla.error.Quoted.plain(folder, 1000),
            failure.refusals(),
            failure.hint().orElse(null))
        : failure;
  }
}
