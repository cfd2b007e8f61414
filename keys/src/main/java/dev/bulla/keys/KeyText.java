package dev.bulla.keys;

import dev.bulla.bytes.Bytes;
import dev.bulla.error.KeyException;
import dev.bulla.error.MalformedInputException;
import dev.bulla.error.Quoted;
import dev.bulla.keys.KeyReference.EnvironmentVariable;
import dev.bulla.keys.KeyReference.KeyProvider;
import dev.bulla.keys.KeyReference.LocalFile;
import dev.bulla.keys.KeyReference.Url;
import dev.bulla.limits.LimitedInput;
import dev.bulla.limits.Limits;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/** Reads the text a reference stands for, up to {@link Limits#MAX_KEY_FILE}. */
final class KeyText {

  private KeyText() {}

  static Bytes fetch(Url url, KeyContext context) throws KeyException {
    String loading = "loading URL " + url.shown() + ": ";
    KeyFetcher.Answer answer;
    try {
      answer = context.fetcher().get(url.address(), Limits.MAX_KEY_FILE);
    } catch (IOException e) {
      String reason = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
      throw new KeyException(loading + Quoted.plain(reason), e);
    }
    int status = answer.status();
    if (status >= 300 && status < 400) {
      throw new KeyException(
          loading + "server returned HTTP " + status,
          "redirects are not followed, since whoever sends them would choose the key; give the"
              + " final address");
    }
    if (status < 200 || status >= 300) {
      throw new KeyException(loading + "server returned HTTP " + status);
    }
    if (answer.body().size() > Limits.MAX_KEY_FILE) {
      throw new KeyException(loading + "larger than " + Limits.MAX_KEY_FILE + " bytes");
    }
    return answer.body();
  }

  static Bytes variable(EnvironmentVariable variable, KeyContext context) throws KeyException {
    return context
        .environment()
        .get(variable.name())
        .map(Bytes::utf8)
        .orElseThrow(() ->
            new KeyException(
                "loading URL: env var $" + Quoted.plain(variable.name()) + " not found"));
  }

  static KeyException notAvailable(KeyProvider provider) {
    return new KeyException(
        "the key provider "
            + provider.description()
            + " ("
            + provider.prefix()
            + ") is not available in this version of bulla");
  }

  /** A file that may be read. */
  record Located(Path path, String name) {

    /** The path cleaned lexically, as cosign does before it opens and reports it. */
    static Located of(LocalFile file, KeyContext context) throws KeyException {
      try {
        Path cleaned = context.directory().getFileSystem().getPath(file.path()).normalize();
        String name = cleaned.toString().isEmpty() ? "." : cleaned.toString();
        return new Located(context.directory().resolve(cleaned), name);
      } catch (InvalidPathException e) {
        throw new KeyException("open " + Quoted.text(file.path()) + ": invalid argument", e);
      }
    }

    /**
     * @throws IOException when it cannot be opened or read
     */
    Bytes read() throws IOException, KeyException {
      if (Files.isDirectory(path)) {
        throw FileProblem.directory(name);
      }
      try (InputStream in = Files.newInputStream(path)) {
        return LimitedInput.readAll(in, Limits.MAX_KEY_FILE, "read " + Quoted.plain(name));
      } catch (MalformedInputException e) {
        throw new KeyException(e.message(), e);
      }
    }
  }
}
