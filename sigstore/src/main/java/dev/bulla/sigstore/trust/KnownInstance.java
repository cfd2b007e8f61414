package dev.bulla.sigstore.trust;

import dev.bulla.bytes.Bytes;
import dev.bulla.error.BullaBug;
import dev.bulla.error.MalformedInputException;
import dev.bulla.limits.LimitedInput;
import dev.bulla.limits.Limits;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;

/** The instances that Sigstore runs itself. We bring the first root of each. */
public enum KnownInstance {
  PUBLIC_GOOD("https://tuf-repo-cdn.sigstore.dev", "public-good"),
  STAGING("https://tuf-repo-cdn.sigstage.dev", "staging");

  private final String mirror;
  private final String name;

  KnownInstance(String mirror, String name) {
    this.mirror = mirror;
    this.name = name;
  }

  /** The address of its TUF repository. */
  public String mirror() {
    return mirror;
  }

  /** Its root as of this release. It may have expired; its successors must not. */
  public Bytes root() {
    return resource(name + "-root.json");
  }

  /** Its trusted root as of this release; of the public instance only. */
  Optional<Bytes> trustedRoot() {
    return this == PUBLIC_GOOD
        ? Optional.of(resource(name + "-trusted_root.json"))
        : Optional.empty();
  }

  private static Bytes resource(String file) {
    try (InputStream in = KnownInstance.class.getResourceAsStream(file)) {
      if (in == null) {
        throw new BullaBug("our own " + file + " is missing");
      }
      return LimitedInput.readAll(in, Limits.MAX_KEY_FILE, file);
    } catch (IOException | MalformedInputException e) {
      throw new BullaBug("our own " + file + " cannot be read", e);
    }
  }
}
