package dev.bulla.testkit.sigstore;

import dev.bulla.bytes.Bytes;
import dev.bulla.digest.HashAlgorithm;
import dev.bulla.error.MalformedInputException;
import dev.bulla.testkit.http.WireRequest;
import dev.bulla.testkit.http.WireResponse;
import java.math.BigInteger;
import java.util.Optional;

/** The timestamp authority over HTTP (RFC 3161 §3.4). */
final class TsaEndpoint implements Endpoint {

  private final VirtualSigstore sigstore;

  TsaEndpoint(VirtualSigstore sigstore) {
    this.sigstore = sigstore;
  }

  @Override
  public WireResponse answer(WireRequest request, Bytes body)
      throws Refused, MalformedInputException {
    return switch (request.method() + " " + request.path()) {
      case "POST /api/v1/timestamp" -> {
        Endpoint.requireType(request, "application/timestamp-query");
        yield Endpoint.bytes(
            "application/timestamp-reply", sigstore.tsa().stamp(parse(body), sigstore.now()));
      }
      case "GET /api/v1/timestamp/certchain" ->
          Endpoint.bytes(
              "application/pem-certificate-chain",
              Bytes.utf8(sigstore.tsa().certificate().chainPem()));
      default -> throw Endpoint.notFound();
    };
  }

  /** A TimeStampReq; a policy or extensions are refused. */
  private static VirtualTsa.Query parse(Bytes body) throws Refused, MalformedInputException {
    Asn1Reader outer = new Asn1Reader(body, "timestamp query");
    Asn1Reader query = outer.enter(Asn1.SEQUENCE);
    outer.end();
    if (!query.integer().equals(BigInteger.ONE)) {
      throw new Refused(400, "another version of the query");
    }
    Asn1Reader imprint = query.enter(Asn1.SEQUENCE);
    Bytes algorithm = imprint.readWhole(Asn1.SEQUENCE);
    Bytes digest = imprint.read(Asn1.OCTETS);
    imprint.end();
    HashAlgorithm hash = null;
    for (HashAlgorithm one : HashAlgorithm.values()) {
      // the parameters may be there as NULL or not at all
      Bytes with = VirtualTsa.algorithm(one);
      if (algorithm.equals(with)
          || algorithm.equals(Asn1.sequence(with.slice(2, with.size() - Asn1.NULL.size())))) {
        hash = one;
      }
    }
    if (hash == null || hash.lengthBytes() != digest.size()) {
      throw new Refused(400, "a hash that is not stamped, or a digest of another length");
    }
    if (query.tag() == 6) {
      throw new Refused(400, "a policy was asked for");
    }
    Optional<BigInteger> nonce = query.tag() == 2 ? Optional.of(query.integer()) : Optional.empty();
    boolean certificates = false;
    if (query.tag() == 1) {
      certificates = !query.read(1).equals(Bytes.of((byte) 0));
    }
    query.end();
    return new VirtualTsa.Query(hash, digest, nonce, certificates);
  }
}
