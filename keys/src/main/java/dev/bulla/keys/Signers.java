package dev.bulla.keys;

import dev.bulla.bytes.Bytes;
import dev.bulla.error.KeyException;
import dev.bulla.error.Quoted;
import dev.bulla.key.EncryptedPrivateKeyFile;
import dev.bulla.key.Password;
import dev.bulla.key.PrivateKey;
import dev.bulla.key.Signer;
import dev.bulla.keys.KeyReference.EnvironmentVariable;
import dev.bulla.keys.KeyReference.LocalFile;
import dev.bulla.keys.KeyReference.Managed;
import dev.bulla.keys.KeyReference.Stored;
import dev.bulla.keys.KeyReference.Url;
import dev.bulla.keys.kms.KmsKey;
import dev.bulla.keys.kms.KmsSigner;
import dev.bulla.keys.kms.StoredKeys;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Set;

/** Opens the keys that sign. */
public final class Signers {

  private Signers() {}

  /**
   * A signer for the private key that a reference stands for, with the key's natural algorithm. The
   * caller closes it.
   *
   * @throws KeyException in cosign's words, without its {@code reading key: } before them
   */
  public static Signer open(KeyReference reference, PasswordSource passwords, KeyContext context)
      throws KeyException {
    if (reference instanceof Managed managed) {
      return openManaged(managed, context);
    }
    try (PrivateKey key = openPrivateKey(reference, passwords, context)) {
      return key.toSigner();
    }
  }

  private static Signer openManaged(Managed reference, KeyContext context) throws KeyException {
    KmsKey key;
    try {
      key =
          reference.isOnToken()
              ? TokenKeys.openToSign(reference, context)
              : KmsKeys.open(reference, context);
    } catch (KeyException e) {
      throw context.providers().find(reference.scheme()).isPresent() ? e.in("kms get") : e;
    }
    boolean done = false;
    try {
      Signer signer = KmsSigner.open(key);
      done = true;
      return signer;
    } finally {
      if (!done) {
        key.close();
      }
    }
  }

  /** As {@link #open(KeyReference, PasswordSource, KeyContext)}, from the text of the reference. */
  public static Signer open(String reference, PasswordSource passwords, KeyContext context)
      throws KeyException {
    return open(KeyReference.parse(reference), passwords, context);
  }

  /**
   * The private key itself, for callers that choose the algorithm. The password is asked for once
   * the rest of the file is found to be in order; a key that is stored with its password needs
   * nobody to ask. The caller closes the key.
   */
  public static PrivateKey openPrivateKey(
      KeyReference reference, PasswordSource passwords, KeyContext context) throws KeyException {
    if (reference instanceof Stored stored) {
      try (StoredKeys pair = StoredPairs.open(stored, context)) {
        Bytes pem = pair.privateKey();
        try (Password password = pair.password()) {
          return EncryptedPrivateKeyFile.open(pem, password);
        }
      }
    }
    Bytes pem = encrypted(reference, context);
    EncryptedPrivateKeyFile.requireReadable(pem);
    try (Password password = passwords.forExistingKey()) {
      return EncryptedPrivateKeyFile.open(pem, password);
    }
  }

  private static Bytes encrypted(KeyReference reference, KeyContext context) throws KeyException {
    if (reference instanceof LocalFile file) {
      return fromFile(file, context);
    }
    if (reference instanceof Url url) {
      if (!url.address().getScheme().equals("https")) {
        context
            .warnings()
            .accept(
                "the private key at "
                    + url.shown()
                    + " travels over http://: everybody on the way can keep a copy and try"
                    + " passwords on it");
      }
      return KeyText.fetch(url, context);
    }
    if (reference instanceof EnvironmentVariable variable) {
      return KeyText.variable(variable, context);
    }
    throw new KeyException(
        "the private key of "
            + Quoted.plain(((Managed) reference).scheme())
            + ": stays where it is");
  }

  /**
   * An unencrypted private key in a file, for {@code import-key-pair}. The caller closes it.
   *
   * @throws KeyException see {@link PrivateKey#importPem}
   */
  public static PrivateKey importFile(String path, KeyContext context) throws KeyException {
    KeyText.Located located = KeyText.Located.of(new LocalFile(path), context);
    try {
      return PrivateKey.importPem(located.read());
    } catch (IOException e) {
      throw FileProblem.opening(located.name(), e);
    }
  }

  private static Bytes fromFile(LocalFile file, KeyContext context) throws KeyException {
    KeyText.Located located = KeyText.Located.of(file, context);
    try {
      Bytes text = located.read();
      warnIfOthersCanRead(located, context);
      return text;
    } catch (IOException e) {
      throw FileProblem.opening(located.name(), e);
    }
  }

  private static void warnIfOthersCanRead(KeyText.Located located, KeyContext context)
      throws IOException {
    Path path = located.path();
    PosixFileAttributeView view = Files.getFileAttributeView(path, PosixFileAttributeView.class);
    if (view == null || !Files.isRegularFile(path)) {
      return;
    }
    Set<PosixFilePermission> permissions = view.readAttributes().permissions();
    boolean others =
        permissions.contains(PosixFilePermission.GROUP_READ)
            || permissions.contains(PosixFilePermission.GROUP_WRITE)
            || permissions.contains(PosixFilePermission.OTHERS_READ)
            || permissions.contains(PosixFilePermission.OTHERS_WRITE);
    if (others) {
      String name = Quoted.plain(located.name());
      context
          .warnings()
          .accept(
              "the private key "
                  + name
                  + " is open to other users of this machine; chmod 600 "
                  + name
                  + " closes it");
    }
  }
}
