package dev.bulla.registry;

import dev.bulla.bytes.Bytes;
import dev.bulla.digest.Digest;
import dev.bulla.error.RegistryException;
import dev.bulla.oci.Repository;
import dev.bulla.registry.auth.Scope;
import dev.bulla.registry.transport.HttpUrl;
import dev.bulla.registry.transport.RequestBody;

/**
 * {@code POST /v2/<name>/blobs/uploads/} (distribution-spec 1.1, end-4a, end-4b, end-6). Small
 * content goes along with the first request; a registry that ignores it there is not offered it
 * again. A failed upload starts over, since its session may be lost.
 */
final class UploadBlob {

  private static final int SMALL = 1 << 20;

  private final Repository repository;
  private final Bytes content;
  private final Digest digest;

  UploadBlob(Repository repository, Bytes content) {
    this.repository = repository;
    this.content = content;
    this.digest = Digest.sha256(content);
  }

  void run(RegistryCaller caller, CallBudget budget) throws RegistryException {
    Answer answer = caller.repeating(Call.Repeat.ALWAYS, budget, () -> attempt(caller, budget));
    if (answer.status() != 201 && answer.status() != 204) {
      throw RegistryErrors.of(answer);
    }
    NamedDigest.mustBe(digest, answer);
  }

  private Answer attempt(RegistryCaller caller, CallBudget budget)
      throws FailedExchange, RegistryException {
    HostState host = caller.host(repository);
    boolean together = content.size() <= SMALL && !host.refusesSinglePost();
    Call start =
        Call.of(
            repository,
            "POST",
            together ? "blobs/uploads/?digest=" + digest : "blobs/uploads/",
            Scope.push(repository.path()));
    start =
        together
            ? start
                .with("Content-Type", "application/octet-stream")
                .withBody(RequestBody.of(content))
            : start.withBody(RequestBody.of(Bytes.EMPTY));
    Answer started = caller.askOnce(start, budget);
    if (started.status() != 202) {
      return started;
    }
    if (together) {
      host.noteRefusesSinglePost();
    }
    HttpUrl location = caller.uploadLocation(start, started).withQuery("digest", digest.toString());
    return caller.askOnce(
        Call.of(repository, "PUT", "blobs/uploads/", Scope.push(repository.path()))
            .at(location)
            .with("Content-Type", "application/octet-stream")
            .withBody(RequestBody.of(content))
            .withPatience(Call.LONG),
        budget);
  }
}
