package dev.bulla.registry;

import dev.bulla.bytes.Bytes;
import dev.bulla.error.RegistryException;
import dev.bulla.oci.Repository;
import dev.bulla.registry.auth.Scope;
import dev.bulla.registry.transport.HttpUrl;
import dev.bulla.registry.transport.RequestBody;
import java.util.Optional;

/**
 * {@code POST /v2/<name>/blobs/uploads/} and what follows (distribution-spec 1.1, end-4a, end-4b,
 * end-5, end-6, end-11).
 *
 * <ul>
 *   <li>Another repository of the same registry may have the blob: then it is mounted, and nothing
 *       is sent.
 *   <li>Small content goes along with the first request; a registry that ignores it there is not
 *       offered it again.
 *   <li>Larger content is asked for first, and sent in one piece.
 *   <li>What is larger than a chunk is sent in chunks, so that a cut costs one of them. A registry
 *       that takes no chunks gets it in one piece.
 * </ul>
 */
final class UploadBlob {

  private static final int SMALL = 1 << 20;

  private final Repository repository;
  private final BlobContent content;
  private final long chunk;
  private final boolean missingIs403;
  private Optional<Repository> mountFrom;

  /**
   * @param mountFrom a repository of the same registry that has the blob
   * @param chunk bytes; content up to that size is sent in one piece
   */
  UploadBlob(
      Repository repository,
      BlobContent content,
      Optional<Repository> mountFrom,
      long chunk,
      boolean missingIs403) {
    this.repository = repository;
    this.content = content;
    this.mountFrom = mountFrom;
    this.chunk = chunk;
    this.missingIs403 = missingIs403;
  }

  void run(RegistryCaller caller, CallBudget budget) throws RegistryException {
    boolean ask = content.size() > SMALL && mountFrom.isEmpty();
    if (ask && new HeadBlob(repository, content.digest(), missingIs403).run(caller, budget)) {
      return;
    }
    Answer answer = upload(caller, budget);
    if (answer.status() != 201 && answer.status() != 204) {
      throw RegistryErrors.of(answer);
    }
    NamedDigest.mustBe(content.digest(), answer);
  }

  private Answer upload(RegistryCaller caller, CallBudget budget) throws RegistryException {
    HostState host = caller.host(repository);
    if (content.size() > chunk && !host.refusesChunks()) {
      Answer begun =
          caller.repeating(
              repository, Call.Repeat.ALWAYS, budget, () -> begin(caller, budget, false));
      if (begun.status() != 202) {
        return begun;
      }
      Optional<Answer> done =
          new ChunkedUpload(repository, content, chunk, begun, caller, budget).run();
      if (done.isPresent()) {
        return done.get();
      }
      // the registry takes no chunks, or has forgotten what it had
    }
    // a failed upload starts over, since its session may be lost
    return caller.repeating(repository, Call.Repeat.ALWAYS, budget, () -> attempt(caller, budget));
  }

  private Answer attempt(RegistryCaller caller, CallBudget budget)
      throws FailedExchange, RegistryException {
    HostState host = caller.host(repository);
    boolean together = mountFrom.isEmpty() && content.size() <= SMALL && !host.refusesSinglePost();
    Answer started = begin(caller, budget, together);
    if (started.status() != 202) {
      return started;
    }
    if (together) {
      host.noteRefusesSinglePost();
    }
    HttpUrl location =
        caller
            .uploadLocation(post(""), started, budget)
            .withQuery("digest", content.digest().toString());
    return caller.askOnce(
        Call.of(repository, "PUT", "blobs/uploads/", Scope.push(repository.path()))
            .at(location)
            .with("Content-Type", "application/octet-stream")
            .withBody(body())
            .withPatience(Call.toTransfer(content.size())),
        budget);
  }

  private Answer begin(RegistryCaller caller, CallBudget budget, boolean together)
      throws FailedExchange, RegistryException {
    if (mountFrom.isPresent()) {
      Repository from = mountFrom.get();
      Answer mounted =
          caller.askOnce(
              post("?mount=" + content.digest() + "&from=" + encoded(from.path()))
                  .needing(Scope.pull(from.path()))
                  .withBody(RequestBody.of(Bytes.EMPTY)),
              budget);
      if (mounted.status() == 201
          || mounted.status() == 202
          || RegistryCaller.isPassing(mounted.status())) {
        return mounted;
      }
      // whatever it has against mounting says nothing about uploads
      mountFrom = Optional.empty();
      return begin(caller, budget, together);
    }
    Call start = post(together ? "?digest=" + content.digest() : "");
    return caller.askOnce(
        together
            ? start.with("Content-Type", "application/octet-stream").withBody(body())
            : start.withBody(RequestBody.of(Bytes.EMPTY)),
        budget);
  }

  private Call post(String query) {
    return Call.of(repository, "POST", "blobs/uploads/" + query, Scope.push(repository.path()));
  }

  private static String encoded(String text) {
    StringBuilder out = new StringBuilder();
    HttpUrl.encode(out, text);
    return out.toString();
  }

  private RequestBody body() {
    return RequestBody.streaming(content.size(), () -> content.source().open(0));
  }
}
