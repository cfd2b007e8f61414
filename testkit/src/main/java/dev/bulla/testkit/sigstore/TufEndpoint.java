package dev.bulla.testkit.sigstore;

import dev.bulla.bytes.Bytes;
import dev.bulla.testkit.http.WireRequest;
import dev.bulla.testkit.http.WireResponse;
import java.util.Map;

/** A mirror of a TUF repository: files, and nothing else. */
final class TufEndpoint implements Endpoint {

  private final VirtualTuf repository;

  TufEndpoint(VirtualTuf repository) {
    this.repository = repository;
  }

  @Override
  public WireResponse answer(WireRequest request, Bytes body) throws Refused {
    Map<String, Bytes> files = repository.files();
    Bytes file = request.path().isEmpty() ? null : files.get(request.path().substring(1));
    if (!request.method().equals("GET") || file == null) {
      throw Endpoint.notFound();
    }
    return Endpoint.bytes("application/json", file);
  }
}
