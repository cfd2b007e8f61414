package dev.bulla.registry;

import dev.bulla.bytes.Bytes;
import dev.bulla.error.RegistryException;
import dev.bulla.oci.Repository;
import dev.bulla.registry.auth.Scope;
import dev.bulla.registry.transport.HttpUrl;
import dev.bulla.registry.transport.RequestBody;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * One blob in chunks (distribution-spec 1.1, "Pushing a blob in chunks"). When an answer is
 * missing, the registry is asked how much it has (end-13), and the upload goes on from there. What
 * it says is believed only as far as we have sent; the digest decides in the end.
 */
final class ChunkedUpload {

  private final Repository repository;
  private final BlobContent content;
  private final RegistryCaller caller;
  private final CallBudget budget;
  private final long chunk;
  private final Call session;

  private HttpUrl location;
  private long offset;
  private long sent;
  private boolean uncertain;
  private boolean lost;

  /**
   * An upload that has not sent anything yet.
   *
   * @param begun the answer that opened the session
   */
  ChunkedUpload(
      Repository repository,
      BlobContent content,
      long chunk,
      Answer begun,
      RegistryCaller caller,
      CallBudget budget)
      throws RegistryException {
    this.repository = repository;
    this.content = content;
    this.caller = caller;
    this.budget = budget;
    this.session = session("POST");
    this.location = caller.uploadLocation(session, begun, budget);
    this.chunk = Math.max(chunk, leastChunk(begun));
  }

  private Call session(String method) {
    return Call.of(repository, method, "blobs/uploads/", Scope.push(repository.path()));
  }

  /**
   * Sends everything.
   *
   * @return the last answer; empty when it does not work this way and nothing is known to be wrong
   */
  Optional<Answer> run() throws RegistryException {
    while (offset < content.size()) {
      long length = Math.min(chunk, content.size() - offset);
      boolean first = offset == 0;
      Answer answer =
          caller.repeating(repository, Call.Repeat.ALWAYS, budget, () -> attempt(length));
      if (lost) {
        return Optional.empty();
      }
      if (answer.status() >= 300) {
        if (first && refusesChunks(answer.status())) {
          caller.host(repository).noteRefusesChunks();
          return Optional.empty();
        }
        throw RegistryErrors.of(answer);
      }
    }
    return finish();
  }

  private static boolean refusesChunks(int status) {
    return switch (status) {
      case 400, 404, 405, 411, 415, 501 -> true;
      default -> false;
    };
  }

  /** Sends the chunk at the offset, after finding out where that is. */
  private Answer attempt(long length) throws FailedExchange, RegistryException {
    if (uncertain) {
      Answer status = caller.askOnce(session("GET").at(location), budget);
      if (status.status() != 204 && status.status() != 202 && status.status() != 200) {
        if (!RegistryCaller.isPassing(status.status())) {
          lost = true;
        }
        return status;
      }
      moveOn(status, offset);
      if (lost || offset == content.size()) {
        return status;
      }
    }
    long at = offset;
    long many = Math.min(length, content.size() - at);
    uncertain = true;
    sent = Math.max(sent, at + many);
    Answer answer =
        caller.askOnce(
            session("PATCH")
                .at(location)
                .with("Content-Type", "application/octet-stream")
                .with("Content-Range", at + "-" + (at + many - 1))
                .withBody(
                    RequestBody.streaming(many, () -> new Span(content.source().open(at), many)))
                .withPatience(Call.toTransfer(many)),
            budget);
    if (answer.status() >= 200 && answer.status() <= 299) {
      uncertain = false;
      moveOn(answer, at + many);
      lost |= offset <= at; // a registry that takes chunks and keeps none
    } else if (answer.status() == 416) {
      throw new FailedExchange(answer); // it has more, or less, than we think: ask
    }
    return answer;
  }

  private void moveOn(Answer answer, long without) throws RegistryException {
    if (answer.headers().first("Location").isPresent()) {
      location = caller.uploadLocation(session, answer, budget);
    }
    OptionalLong held = held(answer);
    offset = held.isPresent() ? held.getAsLong() : without;
    if (offset > sent || (held.isEmpty() && uncertain)) {
      lost = true;
    }
  }

  /** {@code 0-N}, both included; {@code 0-0} is how many registries say that they have nothing. */
  private static OptionalLong held(Answer answer) {
    String range = answer.headers().first("Range").orElse("");
    int start = range.startsWith("bytes=") ? 6 : 0;
    if (!range.startsWith("0-", start)) {
      return OptionalLong.empty();
    }
    OptionalLong last = number(range.substring(start + 2));
    return last.isEmpty() || last.getAsLong() == 0 ? last : OptionalLong.of(last.getAsLong() + 1);
  }

  private static OptionalLong number(String text) {
    if (text.isEmpty() || text.length() > 18) {
      return OptionalLong.empty();
    }
    long number = 0;
    for (int i = 0; i < text.length(); i++) {
      int digit = text.charAt(i) - '0';
      if (digit < 0 || digit > 9) {
        return OptionalLong.empty();
      }
      number = number * 10 + digit;
    }
    return OptionalLong.of(number);
  }

  /** How much a registry wants at least, when it says so; nobody may want all of our memory. */
  private static long leastChunk(Answer begun) {
    return number(begun.headers().first("OCI-Chunk-Min-Length").orElse("")).orElse(0);
  }

  private Optional<Answer> finish() throws RegistryException {
    HttpUrl last = location.withQuery("digest", content.digest().toString());
    boolean[] again = {false};
    Answer answer =
        caller.repeating(
            repository,
            Call.Repeat.ALWAYS,
            budget,
            () -> {
              if (again[0]) {
                // the answer was lost, and with it perhaps the news that all is done
                Answer there =
                    caller.askOnce(
                        Call.of(
                            repository,
                            "HEAD",
                            "blobs/" + content.digest(),
                            Scope.pull(repository.path())),
                        budget);
                if (there.status() == 200) {
                  return new Answer(
                      there.method(), there.url(), 201, there.headers(), there.body());
                }
              }
              again[0] = true;
              return caller.askOnce(
                  session("PUT")
                      .at(last)
                      .with("Content-Type", "application/octet-stream")
                      .withBody(RequestBody.of(Bytes.EMPTY))
                      .withPatience(Call.toTransfer(content.size())),
                  budget);
            });
    // pieces that do not fit together, or a session that is gone: once more, in one piece
    return answer.status() == 400 || answer.status() == 404
        ? Optional.empty()
        : Optional.of(answer);
  }
}
