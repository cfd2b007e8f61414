package dev.bulla.cli.command;

import dev.bulla.bundle.BundleJson;
import dev.bulla.bytes.Base64Text;
import dev.bulla.bytes.Bytes;
import dev.bulla.digest.Digest;
import dev.bulla.error.BullaException;
import dev.bulla.evidence.BundleSignature;
import dev.bulla.evidence.LegacySignature;
import dev.bulla.evidence.Origin;
import dev.bulla.key.KeyType;
import dev.bulla.key.PrivateKey;
import dev.bulla.key.Signer;
import dev.bulla.key.VerificationKey;
import dev.bulla.oci.Repository;
import dev.bulla.payload.SimpleSigningPayload;
import dev.bulla.verify.Policy;
import dev.bulla.verify.SignedImage;
import dev.bulla.verify.Verifier;
import java.security.SecureRandom;
import java.util.List;
import java.util.Map;

/**
 * Does in advance what a command will do later, while it waits for something else, so that
 * everything is loaded by then: in a fresh JVM the first signature costs more than a round trip.
 * What comes of it is dropped.
 */
final class WarmUp {

  /** A key that was thrown away, and what it once signed. */
  private static final String KEY =
      "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAELC+EzOb2TnmH1c45Rr7uy4Ny/OZxWsBHebivxK49em6lf7Xb4iPYBJDaHvJ1"
          + "AqeIMSp+XrRDOYgRHNqi9oRN1A==";

  private static final String IMAGE =
      "d9d3be628e986937aeedf1ea32086367fffa32cd154b3b8cfbf1ec0fe45248e4";

  private static final String LEGACY_SIGNATURE =
      "MEUCIQC2qF4HuHjfh8V4m20fvedv0aoC//iaqZ7oaPfBhlH4VwIgY1qMdQRjB3/RPWt17c0YDtzGOBF71/Jrjk9chncHHvs=";

  private static final String BUNDLE_SIGNATURE =
      "MEQCIGMP4+Hm41Ot2xux8OZ+5JkN3fKaK8DBN+yU9RGn5jVbAiAyw+r2zBGZfa+LXf6KWgwE7Gca+1E4Eg1Gtl12HKcbNg==";

  private WarmUp() {}

  private interface Task {
    void run() throws BullaException;
  }

  /** Verifies signatures of our own while the registry is being asked for the real ones. */
  static void forVerifying() {
    start(WarmUp::verifyConstant);
  }

  /** Signs with a new key while the real one is being opened, which takes longer, on purpose. */
  static void forSigning() {
    start(WarmUp::signWithNewKey);
  }

  /** On a thread of its own, which does not keep the process alive. */
  private static void start(Task task) {
    Thread thread =
        new Thread(
            () -> {
              try {
                task.run();
              } catch (BullaException e) {
                // costs time later and nothing else
              }
            },
            "warm-up");
    thread.setDaemon(true);
    thread.start();
  }

  static void signWithNewKey() throws BullaException {
    try (PrivateKey key = PrivateKey.generate(KeyType.EC_P256, new SecureRandom());
        Signer signer = key.toSigner()) {
      signer.sign(Bytes.EMPTY);
    }
  }

  static void verifyConstant() throws BullaException {
    Policy policy =
        Policy.requiringKey(VerificationKey.ofSpki(Base64Text.decode(KEY, "key")).forOneShot())
            .insecurelyIgnoringLog();
    Repository repository = Repository.parse("127.0.0.1:25686/warm/up");
    Digest image = Digest.parse("sha256:" + IMAGE);
    Bytes bundle = Bytes.utf8(bundle(image));
    Verifier.verify(
        new SignedImage(
            repository.at(image),
            List.of(
                new LegacySignature(
                    new Origin("warm-up", 1),
                    SimpleSigningPayload.of(repository.toString(), image, Map.of()).toBytes(),
                    LEGACY_SIGNATURE,
                    Map.of()),
                new BundleSignature(new Origin("warm-up", 2), BundleJson.parse(bundle), bundle))),
        policy);
  }

  private static String bundle(Digest image) {
    return "{\"mediaType\":\"application/vnd.dev.sigstore.bundle.v0.3+json\",\"verificationMaterial\":"
        + "{\"publicKey\":{\"hint\":\"\"}},\"dsseEnvelope\":{\"payload\":\""
        + Base64Text.encode(dev.bulla.intoto.Statement.forImage(image, Map.of()))
        + "\",\"payloadType\":\"application/vnd.in-toto+json\",\"signatures\":[{\"sig\":\""
        + BUNDLE_SIGNATURE
        + "\"}]}}";
  }
}
