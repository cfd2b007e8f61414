package dev.bulla.testkit.sigstore;

import dev.bulla.bytes.Base64Text;
import dev.bulla.bytes.Bytes;
import dev.bulla.error.MalformedInputException;
import dev.bulla.json.GoJson;
import dev.bulla.json.JsonArray;
import dev.bulla.json.JsonObject;
import dev.bulla.json.JsonString;
import dev.bulla.json.ProtoFields;
import dev.bulla.key.Pem;
import dev.bulla.testkit.http.WireRequest;
import dev.bulla.testkit.http.WireResponse;
import java.util.List;
import java.util.Optional;

/**
 * Fulcio over HTTP: API v2, and of v1 what cosign 2 uses. Source: Fulcio's {@code fulcio.proto} and
 * {@code fulcio_legacy.proto}.
 */
final class FulcioEndpoint implements Endpoint {

  private final VirtualSigstore sigstore;
  private final List<VirtualOidc> issuers;
  private final TokenCheck tokens;
  private volatile boolean detached;

  FulcioEndpoint(VirtualSigstore sigstore, List<VirtualOidc> issuers) {
    this.sigstore = sigstore;
    this.issuers = issuers;
    this.tokens = new TokenCheck(issuers);
  }

  void detached(boolean yes) {
    detached = yes;
  }

  @Override
  public WireResponse answer(WireRequest request, Bytes body)
      throws Refused, MalformedInputException {
    return switch (request.method() + " " + request.path()) {
      case "POST /api/v2/signingCert" -> certify2(request, body);
      case "GET /api/v2/trustBundle" -> Endpoint.json(200, trustBundle());
      case "GET /api/v2/configuration" -> Endpoint.json(200, configuration());
      case "POST /api/v1/signingCert" -> certify1(request, body);
      case "GET /api/v1/rootCert" ->
          Endpoint.bytes(
              "application/pem-certificate-chain", Bytes.utf8(sigstore.fulcio().chainPem()));
      default -> throw Endpoint.notFound();
    };
  }

  private WireResponse certify2(WireRequest request, Bytes body)
      throws Refused, MalformedInputException {
    ProtoFields fields = ProtoFields.of(Endpoint.body(request, body, "request"), "request");
    Optional<ProtoFields> credentials = fields.fields("credentials");
    Optional<String> inBody =
        credentials.isPresent() ? credentials.get().string("oidcIdentityToken") : Optional.empty();
    Optional<ProtoFields> keyRequest = fields.fields("publicKeyRequest");
    Optional<Bytes> signingRequest = fields.bytes("certificateSigningRequest");
    Bytes proof = Bytes.EMPTY;
    ForeignKey key = null;
    if (keyRequest.isPresent()) {
      ProtoFields publicKey = keyRequest.get().requiredFields("publicKey");
      String algorithm = publicKey.string("algorithm").orElse("");
      key = ForeignKey.parsePem(Bytes.utf8(publicKey.requiredString("content")));
      proof = keyRequest.get().requiredBytes("proofOfPossession");
      // RSA is what cosign sends; the message definition says RSA_PSS and that nobody looks
      if (!List.of("", "ECDSA", "RSA", "RSA_PSS", "ED25519").contains(algorithm)) {
        throw new Refused(400, "unknown algorithm");
      }
    }
    fields.finish();
    if (keyRequest.isPresent() == signingRequest.isPresent()) {
      throw new Refused(400, "either a public key or a certificate signing request");
    }
    TokenCheck.Holder holder = tokens.check(token(request, inBody), sigstore.now());
    if (key == null) {
      key = fromSigningRequest(signingRequest.orElseThrow());
    } else if (!key.verifies(Bytes.utf8(holder.challenge()), proof)) {
      throw new Refused(400, "the signature supplied in the request could not be verified");
    }
    IssuedCertificate leaf = issue(key, holder, !detached);
    JsonObject chain = JsonObject.builder().put("chain", pems(leaf.chain())).build();
    if (!detached) {
      return Endpoint.json(
          200, JsonObject.builder().put("signedCertificateEmbeddedSct", chain).build());
    }
    return Endpoint.json(
        200,
        JsonObject.builder()
            .put(
                "signedCertificateDetachedSct",
                JsonObject.builder()
                    .put("chain", pems(leaf.chain()))
                    .put("signedCertificateTimestamp", Base64Text.encode(sct(leaf)))
                    .build())
            .build());
  }

  private Bytes sct(IssuedCertificate leaf) {
    return GoJson.write(sigstore.ctLog().detached(sigstore.now(), leaf.der()));
  }

  private WireResponse certify1(WireRequest request, Bytes body)
      throws Refused, MalformedInputException {
    ProtoFields fields = ProtoFields.of(Endpoint.body(request, body, "request"), "request");
    ProtoFields publicKey = fields.requiredFields("publicKey");
    Bytes content = publicKey.requiredBytes("content");
    publicKey.string("algorithm");
    Bytes proof = fields.requiredBytes("signedEmailAddress");
    if (fields.bytes("certificateSigningRequest").isPresent()) {
      throw new Refused(400, "either a public key or a certificate signing request");
    }
    fields.finish();
    TokenCheck.Holder holder = tokens.check(token(request, Optional.empty()), sigstore.now());
    ForeignKey key =
        content.startsWith(Bytes.utf8("-----BEGIN"))
            ? ForeignKey.parsePem(content)
            : ForeignKey.parseSpki(content);
    if (!key.verifies(Bytes.utf8(holder.challenge()), proof)) {
      throw new Refused(400, "the signature supplied in the request could not be verified");
    }
    IssuedCertificate leaf = issue(key, holder, !detached);
    return Endpoint.bytes("application/pem-certificate-chain", Bytes.utf8(leaf.chainPem()))
        .withStatus(201)
        .with("SCT", detached ? Base64Text.encode(sct(leaf)) : "");
  }

  private IssuedCertificate issue(ForeignKey key, TokenCheck.Holder holder, boolean embedded) {
    LeafBuilder leaf =
        sigstore.fulcio().leaf(key.spki(), sigstore.now()).identity(holder.identity());
    return (embedded ? leaf.logged(sigstore.ctLog()) : leaf).issue();
  }

  private static String token(WireRequest request, Optional<String> inBody) throws Refused {
    String header = request.headers().first("Authorization").orElse("");
    if (header.startsWith("Bearer ")) {
      return header.substring("Bearer ".length());
    }
    return inBody.orElseThrow(() -> new Refused(401, "no token"));
  }

  /** The key of a PKCS#10 request (RFC 2986), which has to be signed by it. */
  private static ForeignKey fromSigningRequest(Bytes pem) throws Refused, MalformedInputException {
    Pem block = Pem.parseFirst(pem, "signing request");
    Asn1Reader outer = new Asn1Reader(block.content(), "signing request");
    Asn1Reader whole = outer.enter(Asn1.SEQUENCE);
    outer.end();
    Bytes info = whole.readWhole(Asn1.SEQUENCE);
    whole.read(Asn1.SEQUENCE);
    Bytes signature = whole.read(3);
    whole.end();
    Asn1Reader fields = new Asn1Reader(info, "signing request").enter(Asn1.SEQUENCE);
    fields.integer();
    fields.read(Asn1.SEQUENCE);
    ForeignKey key = ForeignKey.parseSpki(fields.readWhole(Asn1.SEQUENCE));
    if (signature.isEmpty() || !key.verifies(info, signature.slice(1, signature.size()))) {
      throw new Refused(400, "the certificate signing request is not signed by its key");
    }
    return key;
  }

  private static JsonObject pems(List<Bytes> certificates) {
    return JsonObject.builder()
        .put(
            "certificates",
            JsonArray.of(
                certificates.stream()
                    .map(der -> new JsonString(PemText.of("CERTIFICATE", der)))
                    .toList()))
        .build();
  }

  private JsonObject trustBundle() {
    return JsonObject.builder()
        .put("chains", JsonArray.of(pems(sigstore.fulcio().chain())))
        .build();
  }

  private JsonObject configuration() {
    return JsonObject.builder()
        .put(
            "issuers",
            JsonArray.of(
                issuers.stream()
                    .map(issuer ->
                        JsonObject.builder()
                            .put("issuerUrl", issuer.issuer())
                            .put("audience", VirtualOidc.AUDIENCE)
                            .put("challengeClaim", "email")
                            .put("issuerType", "email")
                            .build())
                    .toList()))
        .build();
  }
}
