package dev.bulla.registry;

import dev.bulla.digest.Digest;
import dev.bulla.error.MalformedInputException;
import dev.bulla.error.RegistryException;
import dev.bulla.error.RegistryException.Kind;
import dev.bulla.limits.Limits;
import dev.bulla.oci.Descriptor;
import dev.bulla.oci.ImageIndex;
import dev.bulla.oci.MediaType;
import dev.bulla.oci.Repository;
import dev.bulla.registry.auth.Scope;
import dev.bulla.registry.transport.HttpUrl;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * {@code GET /v2/<name>/referrers/<digest>} with all its pages (distribution-spec 1.1, end-12a).
 */
final class ListReferrers {

  private final Call call;
  private final boolean missingIs403;

  ListReferrers(Repository repository, Digest digest, boolean missingIs403) {
    this.call =
        Call.of(repository, "GET", "referrers/" + digest, Scope.pull(repository.path()))
            .with("Accept", MediaType.OCI_INDEX.value());
    this.missingIs403 = missingIs403;
  }

  ReferrersAnswer run(RegistryCaller caller, CallBudget budget) throws RegistryException {
    Answer answer = caller.ask(call, budget);
    if (isNotSupported(answer)) {
      return new ReferrersAnswer.NotSupported();
    }
    List<Descriptor> found = new ArrayList<>();
    Pages pages = new Pages();
    while (true) {
      add(found, answer);
      Optional<HttpUrl> next = pages.after(answer);
      if (next.isEmpty()) {
        return new ReferrersAnswer.Listed(found);
      }
      answer = caller.ask(call.at(next.get()), budget);
    }
  }

  /** The fallback tag is asked then, so a wrong guess costs a request and hides nothing. */
  private boolean isNotSupported(Answer answer) {
    return switch (answer.status()) {
      case 200 -> !answer.contentType().equals(MediaType.OCI_INDEX.value());
      case 400, 405, 406 -> true;
      case 403 -> missingIs403;
      case 404 -> RegistryErrors.of(answer).kind() == Kind.NOT_FOUND;
      default -> false;
    };
  }

  private static void add(List<Descriptor> found, Answer answer) throws RegistryException {
    if (answer.status() != 200) {
      throw RegistryErrors.of(answer);
    }
    try {
      found.addAll(ImageIndex.parse(answer.body()).manifests());
    } catch (MalformedInputException e) {
      throw RegistryErrors.bad(answer, e);
    }
    if (found.size() > Limits.MAX_REFERRERS) {
      throw new RegistryException(
          Kind.TOO_LARGE,
          RegistryErrors.prefix(answer.method(), answer.url())
              + "more than "
              + Limits.MAX_REFERRERS
              + " referrers");
    }
  }
}
