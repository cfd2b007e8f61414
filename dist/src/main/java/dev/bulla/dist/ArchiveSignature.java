package dev.bulla.dist;

import dev.bulla.bytes.Base64Text;
import dev.bulla.bytes.Bytes;
import dev.bulla.error.BullaException;
import dev.bulla.key.KeyType;
import dev.bulla.key.PrivateKey;
import dev.bulla.key.SignatureCheck;
import dev.bulla.key.Signer;
import dev.bulla.key.VerificationKey;
import dev.bulla.keys.Environment;
import dev.bulla.keys.KeyContext;
import dev.bulla.keys.PasswordSource;
import dev.bulla.keys.Signers;
import dev.bulla.limits.LimitedInput;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Optional;

/**
 * Signs an archive with bulla's own keys: writes {@code FILE.sig}, base64 of a signature over the
 * file, and {@code FILE.pub}, the key that made it. {@code openssl dgst -sha256 -verify} and
 * cosign's {@code verify-blob --signature} check it.
 *
 * <p>Without a release key the archive gets a key of its own, made for this build and thrown away,
 * which proves only that file and signature belong together.
 */
public final class ArchiveSignature {

  private static final long MAX_ARCHIVE = 512L << 20;

  private ArchiveSignature() {}

  /**
   * Signs one file, or checks one that was signed.
   *
   * @param args {@code sign}, the file, and the reference of the release key, possibly empty, whose
   *     password is in {@code COSIGN_PASSWORD}; or {@code check}, the file, and the file with the
   *     public key
   */
  public static void main(String[] args) throws IOException, BullaException {
    Path file = Path.of(args[1]);
    Bytes content;
    try (InputStream in = Files.newInputStream(file)) {
      content = LimitedInput.readAll(in, MAX_ARCHIVE, "archive");
    }
    switch (args[0]) {
      case "sign" -> sign(file, content, args[2]);
      case "check" -> check(file, content, Path.of(args[2]));
      default -> throw new IllegalArgumentException(args[0]);
    }
  }

  private static void sign(Path file, Bytes content, String reference)
      throws IOException, BullaException {
    try (Signer signer = signer(reference)) {
      Files.writeString(beside(file, ".sig"), Base64Text.encode(signer.sign(content)) + "\n");
      Files.writeString(beside(file, ".pub"), signer.publicKey().toPem());
    }
  }

  private static void check(Path file, Bytes content, Path keyFile)
      throws IOException, BullaException {
    VerificationKey key =
        VerificationKey.parsePem(Bytes.of(Files.readAllBytes(keyFile)), keyFile.toString());
    Bytes signature =
        Base64Text.decode(Files.readString(beside(file, ".sig")).strip(), "signature");
    if (!(key.check(content, signature, Optional.empty()) instanceof SignatureCheck.Matched)) {
      throw new IOException(keyFile + " did not sign " + file);
    }
  }

  private static Path beside(Path file, String suffix) {
    return file.resolveSibling(file.getFileName() + suffix);
  }

  private static Signer signer(String reference) throws BullaException {
    if (reference.isEmpty()) {
      try (PrivateKey key = PrivateKey.generate(KeyType.EC_P256, new SecureRandom())) {
        return key.toSigner();
      }
    }
    // the build's script is an edge of its own: it hands over what the release needs
    Environment environment = Environment.of(System.getenv());
    return Signers.open(
        reference,
        PasswordSource.fromEnvironment(environment, PasswordSource.none()),
        KeyContext.filesIn(Path.of("").toAbsolutePath()).withEnvironment(environment));
  }
}
