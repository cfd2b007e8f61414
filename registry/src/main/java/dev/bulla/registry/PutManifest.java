package dev.bulla.registry;

import dev.bulla.bytes.Bytes;
import dev.bulla.digest.Digest;
import dev.bulla.error.RegistryException;
import dev.bulla.oci.MediaType;
import dev.bulla.oci.Repository;
import dev.bulla.registry.auth.Scope;
import dev.bulla.registry.transport.RequestBody;
import java.util.Optional;

/**
 * {@code PUT /v2/<name>/manifests/<reference>} (distribution-spec 1.1, end-7). By digest it may be
 * repeated at will; a tag is written again only when the registry has surely not written it, since
 * another writer may have come between.
 */
final class PutManifest {

  private final Call call;
  private final Digest digest;

  PutManifest(Repository repository, String tagOrDigest, MediaType mediaType, Bytes content) {
    this(repository, tagOrDigest, mediaType, content, PutCondition.none(), false);
  }

  /**
   * As given, with a condition.
   *
   * @param ours whether nobody else writes another content to this tag, so that it may be written
   *     again at will
   */
  PutManifest(
      Repository repository,
      String tagOrDigest,
      MediaType mediaType,
      Bytes content,
      PutCondition condition,
      boolean ours) {
    Optional<Digest> named = TagOrDigest.digest(tagOrDigest);
    this.digest = named.isPresent() ? named.get() : Digest.sha256(content);
    if (named.isPresent() && !named.get().matches(content)) {
      throw new IllegalArgumentException("the content does not have digest " + named.get());
    }
    Call put =
        Call.of(
                repository,
                "PUT",
                "manifests/" + TagOrDigest.checked(tagOrDigest),
                Scope.push(repository.path()))
            .with("Content-Type", mediaType.value())
            .withBody(RequestBody.of(content))
            .repeating(named.isPresent() || ours ? Call.Repeat.ALWAYS : Call.Repeat.UNLESS_DONE);
    this.call = condition.on(put);
  }

  PutResult run(RegistryCaller caller, CallBudget budget) throws RegistryException {
    Answer answer = caller.ask(call, budget);
    if (answer.status() != 201 && answer.status() != 200 && answer.status() != 202) {
      throw RegistryErrors.of(answer);
    }
    NamedDigest.mustBe(digest, answer);
    return new PutResult(
        digest, answer.headers().first("OCI-Subject").isPresent(), answer.headers().first("ETag"));
  }
}
