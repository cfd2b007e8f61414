package dev.bulla.benchmarks;

import dev.bulla.bytes.Base64Text;
import dev.bulla.bytes.Bytes;
import dev.bulla.error.BullaException;
import dev.bulla.evidence.LegacySignature;
import dev.bulla.evidence.SignatureObject;
import dev.bulla.key.KeyType;
import dev.bulla.key.PrivateKey;
import dev.bulla.key.Signer;
import dev.bulla.oci.MediaType;
import dev.bulla.payload.SimpleSigningPayload;
import dev.bulla.testkit.registry.EmbeddedRegistry;
import dev.bulla.testkit.registry.SampleImage;
import dev.bulla.testkit.registry.StoredRepository;
import java.io.IOException;
import java.security.SecureRandom;
import java.util.Map;

/** Images with one legacy signature each, or none, put behind a registry's API. */
final class SignedImages implements AutoCloseable {

  private final EmbeddedRegistry registry;
  private final Signer signer;

  SignedImages(EmbeddedRegistry registry) {
    this.registry = registry;
    this.signer = PrivateKey.generate(KeyType.EC_P256, new SecureRandom()).toSigner();
  }

  /** PEM. */
  String publicKey() {
    return signer.publicKey().toPem();
  }

  /**
   * Adds an image.
   *
   * @return its reference, by tag
   */
  String unsigned(String repository, String tag) {
    SampleImage.image(repository + tag).pushTo(registry.repository(repository), tag);
    return registry.host() + "/" + repository + ":" + tag;
  }

  /** The same, with a signature. */
  String signed(String repository, String tag) throws IOException {
    StoredRepository stored = registry.repository(repository);
    SampleImage image = SampleImage.image(repository + tag);
    image.pushTo(stored, tag);
    try {
      Bytes payload =
          SimpleSigningPayload.of(registry.host() + "/" + repository, image.digest(), Map.of())
              .toBytes();
      SignatureObject object =
          SignatureObject.empty(SignatureObject.Flavour.OCI)
              .append(
                  SignatureObject.layer(
                      payload,
                      Map.of(
                          LegacySignature.SIGNATURE_ANNOTATION,
                          Base64Text.encode(signer.sign(payload)))));
      stored.putBlob(payload);
      stored.putBlob(object.config());
      stored.putManifest(
          MediaType.OCI_MANIFEST.value(),
          object.manifest().toJson(),
          "sha256-" + image.digest().hex() + ".sig");
    } catch (BullaException e) {
      throw new IOException(e);
    }
    return registry.host() + "/" + repository + ":" + tag;
  }

  @Override
  public void close() {
    signer.close();
  }
}
