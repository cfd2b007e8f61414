package dev.bulla.testkit.sigstore;

import dev.bulla.bytes.Base64Text;
import dev.bulla.bytes.Bytes;
import dev.bulla.error.MalformedInputException;
import dev.bulla.json.JsonArray;
import dev.bulla.json.JsonObject;
import dev.bulla.json.JsonString;
import dev.bulla.json.JsonValue;
import dev.bulla.testkit.http.WireRequest;
import dev.bulla.testkit.http.WireResponse;
import java.util.ArrayList;
import java.util.List;

/**
 * What a certificate authority asks of a certificate log (RFC 6962 §4.1 and §4.2). Any root is
 * fine, and nothing is kept.
 */
final class CtLogEndpoint implements Endpoint {

  private final VirtualSigstore sigstore;

  CtLogEndpoint(VirtualSigstore sigstore) {
    this.sigstore = sigstore;
  }

  @Override
  public WireResponse answer(WireRequest request, Bytes body)
      throws Refused, MalformedInputException {
    boolean pre = request.path().equals("/ct/v1/add-pre-chain");
    if (!request.method().equals("POST") || (!pre && !request.path().equals("/ct/v1/add-chain"))) {
      throw Endpoint.notFound();
    }
    List<Bytes> chain = chain(Endpoint.body(request, body, "chain"));
    VirtualCtLog log = sigstore.ctLog();
    return Endpoint.json(
        200,
        pre
            ? log.promise(sigstore.now(), PreCertificate.parse(chain.get(0), chain.get(1)))
            : log.detached(sigstore.now(), chain.get(0)));
  }

  /** A certificate and its issuer at least. */
  private static List<Bytes> chain(JsonObject json) throws Refused, MalformedInputException {
    List<Bytes> chain = new ArrayList<>();
    if (json.get("chain").orElse(null) instanceof JsonArray given) {
      for (JsonValue one : given.values()) {
        if (!(one instanceof JsonString text)) {
          throw new Refused(400, "a chain is of strings");
        }
        chain.add(Base64Text.decode(text.value(), "certificate"));
      }
    }
    if (chain.size() < 2) {
      throw new Refused(400, "a chain without an issuer");
    }
    return chain;
  }
}
