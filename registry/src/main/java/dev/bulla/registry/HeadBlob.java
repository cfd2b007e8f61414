package dev.bulla.registry;

import dev.bulla.digest.Digest;
import dev.bulla.error.RegistryException;
import dev.bulla.oci.Repository;
import dev.bulla.registry.auth.Scope;

/**
 * {@code HEAD /v2/<name>/blobs/<digest>} (distribution-spec 1.1, end-2). Where a registry cannot do
 * that, the first byte of the blob is asked for.
 */
final class HeadBlob {

  private final Repository repository;
  private final Digest digest;
  private final boolean missingIs403;

  HeadBlob(Repository repository, Digest digest, boolean missingIs403) {
    this.repository = repository;
    this.digest = digest;
    this.missingIs403 = missingIs403;
  }

  private Call call(String method) {
    return Call.of(repository, method, "blobs/" + digest, Scope.pull(repository.path()))
        .with("Accept", "*/*");
  }

  boolean run(RegistryCaller caller, CallBudget budget) throws RegistryException {
    Answer answer = caller.ask(call("HEAD"), budget);
    if (answer.status() == 405 || answer.status() == 501) {
      answer =
          caller.ask(
              call("GET")
                  .with("Range", "bytes=0-0")
                  .reading(Long.MAX_VALUE)
                  .into((status, headers, body) -> {}), // the status is the answer
              budget);
      if (answer.status() == 206 || answer.status() == 416) {
        return true; // 416: it is empty, and there
      }
    }
    if (answer.status() == 200) {
      NamedDigest.mustBe(digest, answer);
      return true;
    }
    // a storage service's 404 would say that the registry lost it, which comes to the same
    if (answer.status() == 404 || (missingIs403 && answer.status() == 403)) {
      return false;
    }
    throw RegistryErrors.of(answer);
  }
}
