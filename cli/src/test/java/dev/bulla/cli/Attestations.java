package dev.bulla.cli;

import dev.bulla.bundle.Bundle;
import dev.bulla.bundle.BundleJson;
import dev.bulla.bytes.Base64Text;
import dev.bulla.bytes.Bytes;
import dev.bulla.digest.Digest;
import dev.bulla.dsse.Envelope;
import dev.bulla.dsse.EnvelopeText;
import dev.bulla.dsse.PreAuthEncoding;
import dev.bulla.error.BullaException;
import dev.bulla.key.Signer;
import java.util.List;

/** Bundles that say something else of an image than that it is signed. */
final class Attestations {

  static final String PREDICATE = "https://slsa.dev/provenance/v1";

  private Attestations() {}

  static Bytes of(Signer signer, Digest image) throws BullaException {
    return of(signer, image, PREDICATE);
  }

  static Bytes of(Signer signer, Digest image, String predicateType) throws BullaException {
    Bytes statement = statement(image, predicateType);
    return BundleJson.write(
        Bundle.signedWithKey(
            signer.publicKey().hint(),
            new Bundle.DsseContent(
                new Envelope(
                    Envelope.IN_TOTO,
                    statement,
                    List.of(
                        new Envelope.Signature(
                            signer.sign(PreAuthEncoding.of(Envelope.IN_TOTO, statement)), ""))))));
  }

  /** The older format: a DSSE envelope by itself. */
  static Bytes envelope(Signer signer, Digest image, String predicateType) throws BullaException {
    Bytes statement = statement(image, predicateType);
    Bytes signature = signer.sign(PreAuthEncoding.of(Envelope.IN_TOTO, statement));
    return new EnvelopeText(
            Envelope.IN_TOTO,
            Base64Text.encode(statement),
            List.of(new EnvelopeText.Signature("", Base64Text.encode(signature))))
        .toJson();
  }

  private static Bytes statement(Digest image, String predicateType) {
    return Bytes.utf8(
        "{\"_type\":\"https://in-toto.io/Statement/v1\",\"subject\":[{\"name\":\"app\","
            + "\"digest\":{\"sha256\":\""
            + image.hex()
            + "\"}}],\"predicateType\":\""
            + predicateType
            + "\",\"predicate\":{}}");
  }
}
