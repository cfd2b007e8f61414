package dev.bulla.registry;

import dev.bulla.bytes.Bytes;
import dev.bulla.digest.Digest;
import dev.bulla.error.RegistryException;
import dev.bulla.oci.Repository;
import dev.bulla.registry.auth.Scope;

/**
 * {@code GET /v2/<name>/blobs/<digest>} (distribution-spec 1.1, end-2). Registries often redirect
 * to a storage service.
 */
final class GetBlob {

  private final Call call;

  GetBlob(Repository repository, Digest digest, long maxBytes) {
    this.call =
        Call.of(repository, "GET", "blobs/" + digest, Scope.pull(repository.path()))
            .with("Accept", "*/*")
            .reading(maxBytes)
            .expecting(digest)
            .withPatience(Call.LONG);
  }

  Bytes run(RegistryCaller caller, CallBudget budget) throws RegistryException {
    Answer answer = caller.ask(call, budget);
    if (answer.status() != 200) {
      throw RegistryErrors.of(answer);
    }
    return answer.body();
  }
}
