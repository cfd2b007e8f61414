package dev.bulla.sigstore.trust;

import dev.bulla.error.ConfigurationException;
import dev.bulla.error.MalformedInputException;
import dev.bulla.error.Quoted;
import dev.bulla.sigstore.http.ServiceCaller;
import dev.bulla.sigstore.http.ServiceUrl;
import dev.bulla.sigstore.tuf.FolderTufSource;
import dev.bulla.sigstore.tuf.TufSource;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.FileSystemNotFoundException;
import java.nio.file.Path;
import java.util.function.Supplier;

/** Opens mirrors of TUF repositories. No request is made before a file is fetched. */
@FunctionalInterface
public interface TufMirrors {

  /**
   * The repository at an address.
   *
   * @throws ConfigurationException when it is no address that we can fetch from
   */
  TufSource open(String mirror) throws ConfigurationException;

  /**
   * Mirrors over HTTP, and copies of them in folders, {@code file:///path}.
   *
   * @param caller asked for when a mirror over HTTP is opened
   */
  static TufMirrors of(Supplier<ServiceCaller> caller) {
    return mirror -> {
      if (mirror.startsWith("file:")) {
        return new FolderTufSource(folder(mirror));
      }
      try {
        return new HttpTufSource(caller.get(), ServiceUrl.parse(mirror));
      } catch (MalformedInputException e) {
        throw new ConfigurationException("malformed config mirror: " + e.message(), e);
      }
    };
  }

  private static Path folder(String mirror) throws ConfigurationException {
    try {
      return Path.of(new URI(mirror));
    } catch (URISyntaxException | IllegalArgumentException | FileSystemNotFoundException e) {
      throw new ConfigurationException(
          "malformed config mirror: " + Quoted.plain(mirror) + " names no folder", e);
    }
  }
}
