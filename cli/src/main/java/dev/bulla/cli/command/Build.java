package dev.bulla.cli.command;

import dev.bulla.error.BullaBug;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.Properties;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.jspecify.annotations.Nullable;

/**
 * Which program this is, and what it runs on. Values consist of letters, digits and {@code ._+-:/}
 * only, so that they can be printed in any form.
 *
 * @param version the release, or {@code devel}
 * @param commit the commit it was built from
 * @param treeState {@code clean} or {@code dirty}
 * @param date when it was built, RFC 3339
 * @param runtime the Java runtime
 * @param compiler what compiled it
 * @param platform operating system and processor, as Go and the OCI specs name them
 */
public record Build(
    String version,
    String commit,
    String treeState,
    String date,
    String runtime,
    String compiler,
    String platform) {

  private static final String RESOURCE = "dev/bulla/cli/build.properties";
  private static final int LONGEST_RESOURCE = 64 << 10;
  private static final String UNKNOWN = "unknown";

  /** The program that is running; what the build did not record is {@code unknown}. */
  public static Build ofThisProgram() {
    Properties recorded = new Properties();
    try {
      recorded.load(new ByteArrayInputStream(resource()));
    } catch (IOException e) {
      throw new BullaBug("our own " + RESOURCE + " cannot be read", e);
    }
    return new Build(
        value(recorded, "version", "devel"),
        value(recorded, "commit", UNKNOWN),
        value(recorded, "treeState", UNKNOWN),
        value(recorded, "date", UNKNOWN),
        "java" + plain(System.getProperty("java.runtime.version", UNKNOWN)),
        "javac",
        operatingSystem() + "/" + processor());
  }

  /**
   * The resource, out of the archive or folder that this class came from. The class loader would
   * look through every module of the JDK first, which costs more than all the rest of {@code
   * version}.
   */
  private static byte[] resource() throws IOException {
    Optional<Path> program = Installation.program();
    if (program.isEmpty()) {
      return read(Build.class.getClassLoader().getResourceAsStream(RESOURCE));
    }
    Path place = program.get();
    if (Files.isDirectory(place)) {
      Path file = place.resolve(RESOURCE);
      return read(Files.exists(file) ? Files.newInputStream(file) : null);
    }
    try (ZipFile archive = new ZipFile(place.toFile())) {
      ZipEntry entry = archive.getEntry(RESOURCE);
      return read(entry == null ? null : archive.getInputStream(entry));
    }
  }

  private static byte[] read(@Nullable InputStream in) throws IOException {
    try (in) {
      return in == null ? new byte[0] : in.readNBytes(LONGEST_RESOURCE);
    }
  }

  private static String value(Properties recorded, String name, String otherwise) {
    String value = recorded.getProperty(name, "").strip();
    // a placeholder that the build did not fill
    return value.isEmpty() || value.contains("${") || value.contains("@")
        ? otherwise
        : plain(value);
  }

  private static String plain(String value) {
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      boolean alphanumeric =
          (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
      out.append(alphanumeric || "._+-:/".indexOf(c) >= 0 ? c : '-');
    }
    return out.toString();
  }

  private static String operatingSystem() {
    String name = System.getProperty("os.name", UNKNOWN).toLowerCase(Locale.ROOT);
    if (name.startsWith("windows")) {
      return "windows";
    }
    return name.startsWith("mac") ? "darwin" : plain(name);
  }

  private static String processor() {
    String name = System.getProperty("os.arch", UNKNOWN);
    return switch (name) {
      case "x86_64", "amd64" -> "amd64";
      case "aarch64" -> "arm64";
      default -> plain(name);
    };
  }
}
