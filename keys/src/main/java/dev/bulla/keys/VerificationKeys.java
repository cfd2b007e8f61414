package dev.bulla.keys;

import dev.bulla.bytes.Base64Text;
import dev.bulla.bytes.Bytes;
import dev.bulla.error.KeyException;
import dev.bulla.error.MalformedInputException;
import dev.bulla.key.VerificationKey;
import dev.bulla.keys.KeyReference.EnvironmentVariable;
import dev.bulla.keys.KeyReference.LocalFile;
import dev.bulla.keys.KeyReference.Managed;
import dev.bulla.keys.KeyReference.Stored;
import dev.bulla.keys.KeyReference.Url;
import dev.bulla.keys.kms.KmsKey;
import dev.bulla.keys.kms.KmsKeyVersion;
import dev.bulla.keys.kms.StoredKeys;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.util.List;
import java.util.Optional;

/** Loads the public keys that signatures are checked with. */
public final class VerificationKeys {

  private static final String WHAT = "pem to public key";
  private static final int RAW_ED25519_BYTES = 32;

  private VerificationKeys() {}

  /**
   * The public key that a reference stands for: PEM in a file, at an {@code https://} address or in
   * a variable; or, where no file has that name, standard base64 of 32 Ed25519 bytes or of a DER
   * SubjectPublicKeyInfo. An {@code http://} address is refused: who sits on the way would choose
   * the key.
   *
   * @throws KeyException in cosign's words, without its {@code loading public key: } before them
   */
  public static VerificationKey load(KeyReference reference, KeyContext context)
      throws KeyException {
    if (reference instanceof LocalFile file) {
      return fromFileOrText(file, context);
    }
    if (reference instanceof Url url) {
      if (!url.address().getScheme().equals("https")) {
        throw new KeyException(
            "loading URL " + url.shown() + ": a public key over http:// could be anybody's",
            "use https://, or fetch the key once, compare it with its owner's, and give the"
                + " file");
      }
      return parse(KeyText.fetch(url, context));
    }
    if (reference instanceof EnvironmentVariable variable) {
      return parse(KeyText.variable(variable, context));
    }
    if (reference instanceof Stored stored) {
      try (StoredKeys pair = StoredPairs.open(stored, context)) {
        return parse(pair.publicKey());
      }
    }
    return loadManaged((Managed) reference, context).get(0);
  }

  /** As {@link #load(KeyReference, KeyContext)}, from the text of the reference. */
  public static VerificationKey load(String reference, KeyContext context) throws KeyException {
    return load(KeyReference.parse(reference), context);
  }

  /**
   * Every public key whose signatures count for the reference: one, except for a key in a service
   * that was rotated, where each version that the service still accepts counts, newest first. The
   * service is asked here and not again.
   *
   * @throws KeyException as {@link #load(KeyReference, KeyContext)}
   */
  public static List<VerificationKey> loadAll(KeyReference reference, KeyContext context)
      throws KeyException {
    return reference instanceof Managed managed
        ? loadManaged(managed, context)
        : List.of(load(reference, context));
  }

  private static List<VerificationKey> loadManaged(Managed reference, KeyContext context)
      throws KeyException {
    try (KmsKey key = KmsKeys.open(reference, context)) {
      return key.versions().stream().map(KmsKeyVersion::publicKey).toList();
    }
  }

  private static VerificationKey fromFileOrText(LocalFile file, KeyContext context)
      throws KeyException {
    KeyText.Located located = KeyText.Located.of(file, context);
    Bytes text;
    try {
      text = located.read();
    } catch (IOException e) {
      // a file that is there wins also when it cannot be read; otherwise any failure will do, as a
      // long key is "file name too long"
      Optional<VerificationKey> spelledOut =
          e instanceof AccessDeniedException ? Optional.empty() : fromBase64(file.path());
      if (spelledOut.isPresent()) {
        return spelledOut.get();
      }
      throw FileProblem.opening(located.name(), e);
    }
    return parse(text);
  }

  private static Optional<VerificationKey> fromBase64(String text) {
    try {
      Bytes decoded = Base64Text.decode(text, "public key");
      return Optional.of(
          decoded.size() == RAW_ED25519_BYTES
              ? VerificationKey.ofRawEd25519(decoded)
              : VerificationKey.ofSpki(decoded));
    } catch (MalformedInputException e) {
      return Optional.empty();
    }
  }

  private static VerificationKey parse(Bytes pem) throws KeyException {
    try {
      return VerificationKey.parsePem(pem, WHAT);
    } catch (MalformedInputException e) {
      throw e.hint().isPresent()
          ? new KeyException(e.message(), e.hint().get(), e)
          : new KeyException(e.message(), e);
    }
  }
}
