package dev.bulla.sigstore.rekor;

import dev.bulla.bytes.Base64Text;
import dev.bulla.bytes.Bytes;
import dev.bulla.digest.Digest;
import dev.bulla.digest.HashAlgorithm;
import dev.bulla.dsse.Envelope;
import dev.bulla.dsse.PreAuthEncoding;
import dev.bulla.json.JsonArray;
import dev.bulla.json.JsonObject;
import dev.bulla.json.ProtoJson;
import dev.bulla.key.KeyType;
import dev.bulla.key.PrivateKey;
import dev.bulla.key.SignatureAlgorithm;
import dev.bulla.key.Signer;
import dev.bulla.testkit.sigstore.VirtualIdentity;
import dev.bulla.testkit.sigstore.VirtualKey;
import dev.bulla.testkit.sigstore.VirtualSigstore;
import java.util.List;
import java.util.Optional;

/** Things to record. */
final class Proposals {

  private Proposals() {}

  /** A signer whose signatures a log can check. */
  static Signer signer(KeyType type) throws Exception {
    PrivateKey key = PrivateKey.importPem(Bytes.utf8(VirtualKey.create(type).privatePem()));
    return type == KeyType.ED25519 ? key.toSigner(SignatureAlgorithm.ED25519PH) : key.toSigner();
  }

  static LogProposal message(Signer signer, String text, Optional<Bytes> certificate)
      throws Exception {
    HashAlgorithm hash = signer.algorithm().hash();
    Bytes message = Bytes.utf8(text);
    return LogProposal.ofDigest(
        hash,
        Digest.of(hash, message).bytes(),
        signer.sign(message),
        signer.publicKey(),
        certificate);
  }

  static LogProposal envelope(Signer signer, String payload, Optional<Bytes> certificate)
      throws Exception {
    Bytes content = Bytes.utf8(payload);
    Bytes signature = signer.sign(PreAuthEncoding.of(Envelope.IN_TOTO, content));
    Envelope envelope =
        new Envelope(Envelope.IN_TOTO, content, List.of(new Envelope.Signature(signature, "")));
    Bytes text =
        ProtoJson.write(
            JsonObject.builder()
                .put("payload", Base64Text.encode(content))
                .put("payloadType", Envelope.IN_TOTO)
                .put(
                    "signatures",
                    JsonArray.of(
                        JsonObject.builder().put("sig", Base64Text.encode(signature)).build()))
                .build());
    return LogProposal.ofEnvelope(envelope, text, signer.publicKey(), certificate);
  }

  /** A certificate for the signer's key. */
  static Optional<Bytes> certificate(VirtualSigstore sigstore, Signer signer) {
    return Optional.of(
        sigstore
            .fulcio()
            .leaf(signer.publicKey().spki(), sigstore.now())
            .identity(VirtualIdentity.email("me@example.com", "https://issuer.example"))
            .issue()
            .der());
  }
}
