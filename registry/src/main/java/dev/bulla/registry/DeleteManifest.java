package dev.bulla.registry;

import dev.bulla.error.RegistryException;
import dev.bulla.oci.Repository;
import dev.bulla.registry.auth.Scope;

/** {@code DELETE /v2/<name>/manifests/<reference>} (distribution-spec 1.1, end-9). */
final class DeleteManifest {

  private final Call call;

  DeleteManifest(Repository repository, String tagOrDigest) {
    this.call =
        Call.of(
                repository,
                "DELETE",
                "manifests/" + TagOrDigest.checked(tagOrDigest),
                Scope.delete(repository.path()))
            .repeating(Call.Repeat.UNLESS_DONE);
  }

  void run(RegistryCaller caller, CallBudget budget) throws RegistryException {
    Answer answer = caller.ask(call, budget);
    switch (answer.status()) {
      case 200, 202, 204 -> {
        // gone
      }
      default -> throw RegistryErrors.of(answer);
    }
  }
}
