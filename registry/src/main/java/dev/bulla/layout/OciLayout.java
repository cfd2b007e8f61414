package dev.bulla.layout;

import dev.bulla.bytes.Bytes;
import dev.bulla.error.BullaException;
import dev.bulla.error.ConfigurationException;
import dev.bulla.error.MalformedInputException;
import dev.bulla.error.Quoted;
import dev.bulla.json.GoJson;
import dev.bulla.json.JsonParser;
import dev.bulla.limits.LimitedInput;
import dev.bulla.limits.Limits;
import dev.bulla.oci.Descriptor;
import dev.bulla.oci.ImageIndex;
import dev.bulla.oci.MediaType;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A folder with an image in it, in the form that cosign's {@code save} and {@code load} share with
 * other tools. The index names what is in the folder:
 *
 * <ul>
 *   <li>the image, and the objects with its signatures and attestations, by the annotation {@code
 *       kind} (cosign's)
 *   <li>anything else that has a tag in a registry by {@code org.opencontainers.image.ref.name}
 *   <li>referrers, which are also found when the index does not name them: cosign leaves them out
 * </ul>
 *
 * <p>Thread-safe.
 */
public final class OciLayout {

  /** The annotation by which cosign tells apart what is in a folder. */
  static final String KIND = "kind";

  static final String IMAGE = "dev.cosignproject.cosign/image";
  static final String IMAGE_INDEX = "dev.cosignproject.cosign/imageIndex";
  static final String SIGNATURES = "dev.cosignproject.cosign/sigs";
  static final String ATTESTATIONS = "dev.cosignproject.cosign/atts";

  /** The annotation that holds a tag (OCI image-spec 1.1, annotations.md). */
  static final String REF_NAME = "org.opencontainers.image.ref.name";

  private static final Bytes VERSION = Bytes.utf8("{\n    \"imageLayoutVersion\": \"1.0.0\"\n}");
  private static final String WHAT = "OCI layout";

  private final Path folder;
  private final String shown;
  private final boolean writable;
  private final LayoutContent content;
  private volatile @Nullable ConfigurationException failure;

  private OciLayout(Path folder, String shown, boolean writable, List<Descriptor> entries) {
    this.folder = folder;
    this.shown = shown;
    this.writable = writable;
    this.content = new LayoutContent(new BlobFolder(folder), entries);
  }

  /**
   * Opens a folder for reading.
   *
   * @param shown the folder as the user typed it, for messages
   * @throws ConfigurationException when there is no such folder, or it is no layout
   * @throws MalformedInputException when its index cannot be read
   */
  public static OciLayout open(Path folder, String shown)
      throws ConfigurationException, MalformedInputException {
    String index = Quoted.plain(shown, 1000) + "/index.json";
    Path file = folder.resolve("index.json");
    if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
      throw new ConfigurationException(
          "stat "
              + index
              + ": "
              + (Files.exists(file, LinkOption.NOFOLLOW_LINKS)
                  ? "not a regular file"
                  : "no such file or directory"));
    }
    try (InputStream in = Files.newInputStream(file)) {
      Bytes json = LimitedInput.readAll(in, Limits.MAX_MANIFEST, index);
      return new OciLayout(folder, shown, false, ImageIndex.parse(json).manifests());
    } catch (MalformedInputException e) {
      throw e.in(index);
    } catch (IOException e) {
      throw new ConfigurationException("open " + index + ": " + reason(e), e);
    }
  }

  /**
   * A folder to be filled. What an earlier index named stays listed until {@link #commit}.
   *
   * @throws ConfigurationException when the folder cannot be made, or is a link
   */
  public static OciLayout create(Path folder, String shown) throws ConfigurationException {
    try {
      if (Files.isSymbolicLink(folder.resolve("blobs"))) {
        throw new FileSystemException(shown + "/blobs", null, "a link instead of a folder");
      }
      Files.createDirectories(folder.resolve("blobs").resolve("sha256"));
    } catch (IOException e) {
      throw new ConfigurationException(
          "creating " + Quoted.plain(shown, 1000) + ": " + reason(e), e);
    }
    return new OciLayout(folder, shown, true, List.of());
  }

  /** What the index names, in its order. */
  public List<Descriptor> entries() {
    return content.entries();
  }

  /** What the folder is about. */
  LayoutContent content() {
    return content;
  }

  boolean isWritable() {
    return writable;
  }

  /** As the user typed it. */
  public String shown() {
    return shown;
  }

  /** A failure of this machine, not of the content, that came in the way of filling the folder. */
  public Optional<ConfigurationException> failure() {
    return Optional.ofNullable(failure);
  }

  void noteFailure(IOException why) {
    if (why.getCause() instanceof BullaException) {
      return; // where the content comes from failed, and says so itself
    }
    failure =
        new ConfigurationException(
            "writing to " + Quoted.plain(shown, 1000) + " failed: " + reason(why), why);
  }

  /**
   * The image that the folder holds: what cosign marked as such, else the only entry that is no
   * evidence.
   *
   * @throws MalformedInputException when there is none, or no telling which
   */
  public Descriptor image() throws MalformedInputException {
    List<Descriptor> images = new ArrayList<>();
    for (Descriptor entry : entries()) {
      String kind = entry.annotations().getOrDefault(KIND, "");
      if (kind.equals(IMAGE) || kind.equals(IMAGE_INDEX)) {
        return entry;
      }
      if (kind.isEmpty() && !content.isEvidence(entry)) {
        images.add(entry);
      }
    }
    if (images.size() == 1) {
      return images.get(0);
    }
    throw new MalformedInputException(
        WHAT,
        Quoted.plain(shown, 1000)
            + (images.isEmpty()
                ? " holds no image"
                : " holds "
                    + images.size()
                    + " images; name one: oci:PATH:TAG or oci:PATH@DIGEST"));
  }

  /**
   * Writes the index, which makes the folder complete.
   *
   * @param image what the folder is about; it is there, with everything that it needs
   * @throws MalformedInputException when something is missing: then nothing is written
   */
  public void commit(Descriptor image) throws ConfigurationException, MalformedInputException {
    try {
      List<Descriptor> entries = content.index(image);
      ImageIndex index = new ImageIndex(entries);
      Bytes json = GoJson.writeIndented(JsonParser.parse(index.toJson(), WHAT), 3);
      replace("oci-layout", VERSION);
      replace("index.json", json);
    } catch (IOException e) {
      noteFailure(e);
      throw new ConfigurationException(
          "writing to " + Quoted.plain(shown, 1000) + " failed: " + reason(e), e);
    }
  }

  private void replace(String name, Bytes bytes) throws IOException {
    Path part = folder.resolve(".bulla-" + UUID.randomUUID() + ".part");
    try {
      try (OutputStream out = Files.newOutputStream(part, StandardOpenOption.CREATE_NEW)) {
        bytes.writeTo(out);
      }
      Files.move(
          part,
          folder.resolve(name),
          StandardCopyOption.ATOMIC_MOVE,
          StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(part);
    }
  }

  static String reason(IOException failure) {
    if (failure instanceof NoSuchFileException) {
      return "no such file or directory";
    }
    if (failure instanceof AccessDeniedException) {
      return "permission denied";
    }
    if (failure instanceof FileSystemException named && named.getReason() != null) {
      return Quoted.plain(named.getReason());
    }
    return Quoted.plain(String.valueOf(failure.getMessage()));
  }

  /** The annotations by which cosign finds the image itself. */
  static Map<String, String> kindOf(Descriptor image) {
    MediaType type = image.mediaType();
    return Map.of(KIND, type.isIndex() ? IMAGE_INDEX : IMAGE);
  }
}
