package dev.bulla.registry;

import dev.bulla.digest.Digest;
import dev.bulla.error.RegistryException;
import dev.bulla.limits.Limits;
import dev.bulla.oci.Descriptor;
import dev.bulla.oci.MediaType;
import dev.bulla.oci.Repository;
import dev.bulla.registry.auth.Scope;
import dev.bulla.registry.cache.KeptTag;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** {@code GET /v2/<name>/manifests/<reference>} (distribution-spec 1.1, end-3). */
final class GetManifest {

  private final Call call;
  private final Optional<Digest> digest;
  private final @Nullable KeptTag kept;
  private final boolean missingIs403;

  GetManifest(Repository repository, String tagOrDigest, boolean missingIs403) {
    this(repository, tagOrDigest, Limits.MAX_MANIFEST, missingIs403, null);
  }

  /**
   * @param kept what the tag named before: sent again by the registry only if it names something
   *     else now
   */
  GetManifest(
      Repository repository,
      String tagOrDigest,
      long maxBytes,
      boolean missingIs403,
      @Nullable KeptTag kept) {
    this.digest = TagOrDigest.digest(tagOrDigest);
    Call get =
        Call.of(
                repository,
                "GET",
                "manifests/" + TagOrDigest.checked(tagOrDigest),
                Scope.pull(repository.path()))
            .with("Accept", ManifestTypes.ACCEPT)
            .reading(Math.min(maxBytes, Limits.MAX_MANIFEST));
    Call asking = kept == null ? get : get.with("If-None-Match", kept.etag());
    this.call = digest.isPresent() ? asking.expecting(digest.get()) : asking;
    this.kept = kept;
    this.missingIs403 = missingIs403;
  }

  /** The manifest; empty only when the registry says that there is none. */
  Optional<FetchedManifest> find(RegistryCaller caller, CallBudget budget)
      throws RegistryException {
    Answer answer = caller.ask(call, budget);
    return isAbsent(answer) ? Optional.empty() : Optional.of(read(answer));
  }

  /** The manifest; its absence is an exception in the registry's words. */
  FetchedManifest fetch(RegistryCaller caller, CallBudget budget) throws RegistryException {
    Answer answer = caller.ask(call, budget);
    if (isAbsent(answer)) {
      throw RegistryErrors.absent(answer);
    }
    return read(answer);
  }

  private boolean isAbsent(Answer answer) {
    return RegistryErrors.saysAbsent(answer) || (missingIs403 && answer.status() == 403);
  }

  private FetchedManifest read(Answer answer) throws RegistryException {
    if (answer.status() == 304 && kept != null) {
      NamedDigest.mustBe(kept.digest(), answer);
      return new FetchedManifest(
          new Descriptor(new MediaType(kept.mediaType()), kept.content().size(), kept.digest()),
          kept.content(),
          Optional.of(kept.etag()));
    }
    if (answer.status() != 200) {
      throw RegistryErrors.of(answer);
    }
    Digest found = digest.isPresent() ? digest.get() : NamedDigest.checked(answer, answer.body());
    return new FetchedManifest(
        new Descriptor(ManifestTypes.of(answer), answer.body().size(), found),
        answer.body(),
        answer.headers().first("ETag"));
  }
}
