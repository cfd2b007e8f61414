package dev.bulla.sigstore.fulcio;

import dev.bulla.bytes.Base64Text;
import dev.bulla.bytes.Bytes;
import dev.bulla.certificate.Certificate;
import dev.bulla.error.BullaException;
import dev.bulla.error.KeyException;
import dev.bulla.error.MalformedInputException;
import dev.bulla.error.Quoted;
import dev.bulla.error.ServiceException;
import dev.bulla.json.JsonObject;
import dev.bulla.json.ProtoFields;
import dev.bulla.json.ProtoJson;
import dev.bulla.key.KeyType;
import dev.bulla.key.Pem;
import dev.bulla.key.SignatureAlgorithm;
import dev.bulla.key.Signer;
import dev.bulla.limits.Limits;
import dev.bulla.sigstore.http.ServiceAnswer;
import dev.bulla.sigstore.http.ServiceCaller;
import dev.bulla.sigstore.http.ServiceRequest;
import dev.bulla.sigstore.http.ServiceUrl;
import dev.bulla.sigstore.oidc.IdentityToken;
import java.util.ArrayList;
import java.util.List;

/**
 * Asks a Fulcio for certificates (its HTTP API v2). Safe for use by many threads at once. Source:
 * sigstore/fulcio, fulcio.proto.
 */
public final class FulcioClient {

  private static final int MAX_ANSWER = 1 << 20;
  private static final int BAD_REQUEST = 400;
  private static final String WHAT = "certificate";

  private final ServiceCaller caller;
  private final ServiceUrl base;

  /**
   * A client of one authority.
   *
   * @param base without the path of the API
   */
  public FulcioClient(ServiceCaller caller, ServiceUrl base) {
    this.caller = caller;
    this.base = base;
  }

  /**
   * As the other form, with what the token itself says that has to be signed.
   *
   * @throws dev.bulla.error.ConfigurationException when the token's address is not verified
   * @throws MalformedInputException when the token names nobody
   */
  public List<Bytes> certificate(IdentityToken token, Signer key) throws BullaException {
    return certificate(token.text(), token.subjectForProof(), key);
  }

  /**
   * A certificate for a key, in the name of whoever the token speaks of.
   *
   * @param token an identity token, which goes to this authority only
   * @param subjectForProof what the token says that has to be signed: the address, or the subject
   * @param key signs the proof that it is there, by the one algorithm that its type has for this
   * @return the chain in DER, the certificate of the key first; its promise to be logged, when it
   *     came beside it, is left out
   * @throws KeyException when the key cannot be certified
   * @throws ServiceException when the authority could not be asked, refuses, or answers with a
   *     certificate for another key
   */
  public List<Bytes> certificate(String token, String subjectForProof, Signer key)
      throws BullaException {
    KeyType type = key.publicKey().type();
    if (key.algorithm() != SignatureAlgorithm.natural(type)) {
      throw KeyException.of(
          KeyException.Problem.WRONG_KEY,
          "no certificate for a key that signs by " + key.algorithm(),
          "certificates are for keys that sign by " + SignatureAlgorithm.natural(type),
          null);
    }
    Bytes proof = key.sign(Bytes.utf8(subjectForProof));
    ServiceRequest request = request(token, key, algorithm(type), proof);
    ServiceAnswer answer = caller.ask(request);
    if (answer.status() == BAD_REQUEST && type.family() == KeyType.Family.RSA) {
      // cosign says RSA, the definition of the message knows RSA_PSS only; most look at neither
      request = request(token, key, "RSA_PSS", proof);
      answer = caller.ask(request);
    }
    if (!answer.isOk()) {
      throw ServiceCaller.refused(request, answer);
    }
    return chain(request, answer, key);
  }

  private static String algorithm(KeyType type) {
    return switch (type.family()) {
      case EC -> "ECDSA";
      case RSA -> "RSA";
      case ED25519 -> "ED25519";
    };
  }

  private ServiceRequest request(String token, Signer key, String algorithm, Bytes proof)
      throws MalformedInputException {
    JsonObject publicKey =
        JsonObject.builder()
            .put("algorithm", algorithm)
            .put("content", key.publicKey().toPem())
            .build();
    JsonObject body =
        JsonObject.builder()
            .put(
                "publicKeyRequest",
                JsonObject.builder()
                    .put("publicKey", publicKey)
                    .put("proofOfPossession", Base64Text.encode(proof))
                    .build())
            .build();
    return ServiceRequest.post(
            base.below("/api/v2/signingCert"),
            "application/json",
            ProtoJson.write(body),
            MAX_ANSWER)
        .with("Accept", "application/json")
        .bearer(token);
  }

  private static List<Bytes> chain(ServiceRequest request, ServiceAnswer answer, Signer key)
      throws ServiceException {
    JsonObject json = ServiceCaller.json(request, answer);
    try {
      ProtoFields fields = ProtoFields.of(json, "answer");
      boolean embedded = fields.has("signedCertificateEmbeddedSct");
      if (embedded == fields.has("signedCertificateDetachedSct")) {
        throw new MalformedInputException("answer", "expected one certificate");
      }
      List<String> texts =
          fields
              .requiredFields(
                  embedded ? "signedCertificateEmbeddedSct" : "signedCertificateDetachedSct")
              .requiredFields("chain")
              .strings("certificates");
      if (texts.isEmpty() || texts.size() > Limits.MAX_CHAIN) {
        throw new MalformedInputException(
            "answer", "expected 1 to " + Limits.MAX_CHAIN + " certificates");
      }
      List<Bytes> chain = new ArrayList<>(texts.size());
      for (String text : texts) {
        chain.add(certificate(text));
      }
      if (!Certificate.parse(chain.get(0)).publicKey().equals(key.publicKey())) {
        throw new MalformedInputException("answer", "the certificate is for another key");
      }
      return List.copyOf(chain);
    } catch (MalformedInputException e) {
      throw ServiceCaller.badAnswer(request, e.message(), e);
    }
  }

  private static Bytes certificate(String text) throws MalformedInputException {
    List<Pem> blocks = Pem.parseAll(Bytes.utf8(text), WHAT);
    if (blocks.size() != 1
        || !blocks.get(0).type().equals("CERTIFICATE")
        || blocks.get(0).content().size() > Limits.MAX_CERTIFICATE) {
      throw new MalformedInputException(
          WHAT, "expected one certificate in PEM, found " + Quoted.text(text));
    }
    return blocks.get(0).content();
  }
}
