package dev.bulla.registry;

import dev.bulla.digest.Digest;
import dev.bulla.error.RegistryException;
import dev.bulla.oci.Repository;
import dev.bulla.registry.auth.Scope;

/** {@code HEAD /v2/<name>/blobs/<digest>} (distribution-spec 1.1, end-2). */
final class HeadBlob {

  private final Call call;
  private final Digest digest;
  private final boolean missingIs403;

  HeadBlob(Repository repository, Digest digest, boolean missingIs403) {
    this.digest = digest;
    this.missingIs403 = missingIs403;
    this.call =
        Call.of(repository, "HEAD", "blobs/" + digest, Scope.pull(repository.path()))
            .with("Accept", "*/*");
  }

  boolean run(RegistryCaller caller, CallBudget budget) throws RegistryException {
    Answer answer = caller.ask(call, budget);
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
