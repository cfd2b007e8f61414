package dev.bulla.testkit.sigstore;

import dev.bulla.bytes.Base64Text;
import dev.bulla.bytes.Bytes;
import dev.bulla.digest.HashAlgorithm;
import dev.bulla.error.MalformedInputException;
import dev.bulla.json.JsonArray;
import dev.bulla.json.JsonNull;
import dev.bulla.json.JsonObject;
import dev.bulla.json.JsonString;
import dev.bulla.json.ProtoFields;
import dev.bulla.testkit.http.WireRequest;
import dev.bulla.testkit.http.WireResponse;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Rekor v2 over HTTP: writing, the checkpoint, tiles (C2SP tlog-tiles). Source: rekor-tiles' {@code
 * rekor_service.proto}.
 */
final class Rekor2Endpoint implements Endpoint {

  private static final int TILE_WIDTH = 256;
  private static final Pattern TILE =
      Pattern.compile(
          "/api/v2/tile/(entries|[0-9]|[1-5][0-9])/((?:x[0-9]{3}/)*[0-9]{3})(?:\\.p/([0-9]{1,3}))?");
  private static final Map<String, HashAlgorithm> HASHES =
      Map.of(
          "PKIX_ECDSA_P384_SHA_384", HashAlgorithm.SHA384,
          "PKIX_ECDSA_P521_SHA_512", HashAlgorithm.SHA512,
          "PKIX_ED25519_PH", HashAlgorithm.SHA512);

  private final VirtualSigstore sigstore;
  private final VirtualRekor2 log;

  Rekor2Endpoint(VirtualSigstore sigstore) {
    this.sigstore = sigstore;
    this.log = sigstore.rekor2();
  }

  @Override
  public WireResponse answer(WireRequest request, Bytes body)
      throws Refused, MalformedInputException {
    String path = request.path();
    if (request.method().equals("POST") && path.equals("/api/v2/log/entries")) {
      return create(Endpoint.body(request, body, "entry"));
    }
    if (!request.method().equals("GET")) {
      throw Endpoint.notFound();
    }
    if (path.equals("/api/v2/checkpoint")) {
      return Endpoint.bytes("text/plain", Bytes.utf8(log.checkpoint(sigstore.now())));
    }
    Matcher tile = TILE.matcher(path);
    if (!tile.matches()) {
      throw Endpoint.notFound();
    }
    long number = Long.parseLong(tile.group(2).replaceAll("[x/]", ""));
    int width = tile.group(3) == null ? TILE_WIDTH : Integer.parseInt(tile.group(3));
    return Endpoint.bytes(
        "application/octet-stream",
        tile.group(1).equals("entries")
            ? entries(number, width)
            : hashes(Integer.parseInt(tile.group(1)), number, width));
  }

  private WireResponse create(JsonObject json) throws Refused, MalformedInputException {
    ProtoFields fields = ProtoFields.of(json, "entry");
    ProtoFields request =
        fields
            .fields("hashedRekordRequestV002")
            .orElseThrow(() -> new Refused(400, "only hashedrekord is taken"));
    Bytes digest = request.requiredBytes("digest");
    ProtoFields signature = request.requiredFields("signature");
    Bytes content = signature.requiredBytes("content");
    ProtoFields verifier = signature.requiredFields("verifier");
    Optional<ProtoFields> certificate = verifier.fields("x509Certificate");
    Optional<ProtoFields> publicKey = verifier.fields("publicKey");
    String details = verifier.requiredString("keyDetails");
    if (certificate.isPresent() == publicKey.isPresent()) {
      throw new Refused(400, "either a certificate or a public key");
    }
    ForeignKey key =
        certificate.isPresent()
            ? ForeignKey.parseCertificate(certificate.get().requiredBytes("rawBytes"))
            : ForeignKey.parseSpki(publicKey.orElseThrow().requiredBytes("rawBytes"));
    fields.finish();
    HashAlgorithm hash = HASHES.getOrDefault(details, HashAlgorithm.SHA256);
    if (!details.equals(key.keyDetails())) {
      throw new Refused(400, "the key is not of the type that the entry says");
    }
    if (digest.size() != hash.lengthBytes() || !key.verifiesDigest(hash, digest, content)) {
      throw new Refused(400, "the signature does not verify");
    }
    VirtualRekor2.Signer signer =
        new VirtualRekor2.Signer(certificate.isPresent(), key.der(), details);
    return Endpoint.json(
        201, spelledOut(log.hashedrekord(hash, digest, content, signer, sigstore.now())));
  }

  /** As the real one answers: with the members that proto JSON could leave out. */
  private static JsonObject spelledOut(VirtualEntry entry) {
    VirtualEntry.Proof proof = entry.proof().orElseThrow();
    JsonObject proved =
        JsonObject.builder()
            .put("logIndex", Long.toString(proof.logIndex()))
            .put("rootHash", Base64Text.encode(proof.rootHash()))
            .put("treeSize", Long.toString(proof.treeSize()))
            .put(
                "hashes",
                JsonArray.of(
                    proof.hashes().stream()
                        .map(h -> new JsonString(Base64Text.encode(h)))
                        .toList()))
            .put("checkpoint", JsonObject.builder().put("envelope", proof.checkpoint()).build())
            .build();
    return JsonObject.builder()
        .put("logIndex", Long.toString(entry.logIndex()))
        .put("logId", JsonObject.builder().put("keyId", Base64Text.encode(entry.logId())).build())
        .put(
            "kindVersion",
            JsonObject.builder().put("kind", entry.kind()).put("version", entry.version()).build())
        .put("integratedTime", "0")
        .put("inclusionPromise", JsonNull.INSTANCE)
        .put("inclusionProof", proved)
        .put("canonicalizedBody", Base64Text.encode(entry.body()))
        .build();
  }

  /** Each leaf with two bytes of its length before it. */
  private Bytes entries(long number, int width) throws Refused {
    Bytes all = Bytes.EMPTY;
    for (Bytes body : part(log.bodies(), number, width)) {
      all = Bytes.concat(all, Bytes.of((byte) (body.size() >> 8), (byte) body.size()), body);
    }
    return all;
  }

  private Bytes hashes(int level, long number, int width) throws Refused {
    return Bytes.concat(
        part(MerkleTree.level(log.leafHashes(), level), number, width).toArray(Bytes[]::new));
  }

  private static List<Bytes> part(List<Bytes> all, long number, int width) throws Refused {
    long from = number * TILE_WIDTH;
    if (width < 1 || width > TILE_WIDTH || from + width > all.size()) {
      throw new Refused(404, "no such tile");
    }
    return all.subList((int) from, (int) from + width);
  }
}
