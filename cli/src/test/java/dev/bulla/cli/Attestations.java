package dev.bulla.cli;

import dev.bulla.bundle.Bundle;
import dev.bulla.bundle.BundleJson;
import dev.bulla.bytes.Bytes;
import dev.bulla.digest.Digest;
import dev.bulla.dsse.Envelope;
import dev.bulla.dsse.PreAuthEncoding;
import dev.bulla.error.BullaException;
import dev.bulla.key.Signer;
import java.util.List;

/** Bundles that say something else of an image than that it is signed. */
final class Attestations {

  static final String PREDICATE = "https://slsa.dev/provenance/v1";

  private Attestations() {}

  static Bytes of(Signer signer, Digest image) throws BullaException {
    Bytes statement =
        Bytes.utf8(
            "{\"_type\":\"https://in-toto.io/Statement/v1\",\"subject\":[{\"name\":\"app\","
                + "\"digest\":{\"sha256\":\""
                + image.hex()
                + "\"}}],\"predicateType\":\""
                + PREDICATE
                + "\",\"predicate\":{}}");
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
}
