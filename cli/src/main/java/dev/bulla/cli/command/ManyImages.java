package dev.bulla.cli.command;

import dev.bulla.error.BullaBug;
import dev.bulla.error.BullaException;
import dev.bulla.error.RegistryException;
import dev.bulla.oci.DigestReference;
import dev.bulla.oci.Reference;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.Semaphore;

/**
 * Does the same to many images, several at a time. Each is resolved to a digest, and each digest is
 * worked on once, however often it is named (among ten thousand); one failure does not stop the
 * rest. Outcomes come in the order of the images, on the caller's thread.
 *
 * @param <T> what an image is resolved to
 * @param <R> what comes of it
 */
final class ManyImages<T, R> {

  /** How far work may be ahead of the oldest image that is not finished, per worker. */
  private static final int AHEAD = 4;

  private static final int REMEMBERED = 10_000;

  /** Finds out what a reference means. */
  interface Resolver<T> {
    T resolve(String typed, Reference reference) throws BullaException;
  }

  /** What is done with one image. */
  interface Work<T, R> {
    R with(Reference reference, T resolved) throws BullaException;
  }

  /** Takes the outcomes. */
  interface Sink<R> {
    void accept(Outcome<R> outcome) throws BullaException;
  }

  /**
   * What became of one image: a result, a failure, or, when an earlier run had finished it,
   * neither.
   *
   * @param typed as given
   * @param reference absent when it is no reference
   * @param image absent when it could not be resolved
   * @param key what is remembered of it; absent together with the image
   */
  record Outcome<R>(
      String typed,
      Optional<Reference> reference,
      Optional<DigestReference> image,
      Optional<String> key,
      Optional<R> result,
      Optional<BullaException> failure) {

    /** Whether an earlier run had finished it. */
    boolean wasDoneBefore() {
      return result.isEmpty() && failure.isEmpty();
    }
  }

  /** Says which image a word means. */
  @FunctionalInterface
  interface Names {
    Reference reference(String typed) throws BullaException;
  }

  private final int workers;
  private final Names names;
  private final Resolver<T> resolver;
  private final java.util.function.Function<T, DigestReference> digest;
  private final java.util.function.Function<T, String> key;
  private final Work<T, R> work;
  private final Optional<ResumeJournal> journal;
  private final Semaphore permits;

  /** The latest ones; an image that is named again much later is worked on again. */
  private final Map<String, FutureTask<R>> started =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, FutureTask<R>> eldest) {
          return size() > REMEMBERED;
        }
      };

  /**
   * Nothing is done yet.
   *
   * @param workers how many at a time; with one, everything happens on the caller's thread
   * @param digest what of the resolved image is worked on once
   */
  ManyImages(
      int workers,
      Resolver<T> resolver,
      java.util.function.Function<T, DigestReference> digest,
      Work<T, R> work,
      Optional<ResumeJournal> journal) {
    this(
        workers,
        Reference::parse,
        resolver,
        digest,
        resolved -> digest.apply(resolved).toString(),
        work,
        journal);
  }

  /**
   * As the other one.
   *
   * @param names which images are meant, when not only those in registries
   * @param key what is worked on once, and remembered in the journal: ends with the digest
   */
  ManyImages(
      int workers,
      Names names,
      Resolver<T> resolver,
      java.util.function.Function<T, DigestReference> digest,
      java.util.function.Function<T, String> key,
      Work<T, R> work,
      Optional<ResumeJournal> journal) {
    this.workers = workers;
    this.names = names;
    this.resolver = resolver;
    this.digest = digest;
    this.key = key;
    this.work = work;
    this.journal = journal;
    this.permits = new Semaphore(workers);
  }

  /**
   * Works through all of them.
   *
   * @throws BullaException what the sink or the journal throws, or that the caller was interrupted
   */
  void run(List<String> images, Sink<R> sink) throws BullaException {
    if (workers == 1) {
      for (String image : images) {
        finish(List.of(one(image)), sink);
      }
      return;
    }
    Deque<FutureTask<Outcome<R>>> window = new ArrayDeque<>();
    List<Thread> threads = new ArrayList<>();
    int next = 0;
    try {
      while (next < images.size() || !window.isEmpty()) {
        while (next < images.size() && window.size() < workers * AHEAD) {
          String image = images.get(next++);
          FutureTask<Outcome<R>> task = new FutureTask<>(() -> permitted(image));
          window.add(task);
          // no virtual ones: see SocketTransport.threads()
          threads.add(Thread.ofPlatform().daemon().name("image-" + next).start(task));
        }
        List<Outcome<R>> done = new ArrayList<>();
        done.add(window.remove().get());
        while (!window.isEmpty() && window.element().isDone()) {
          done.add(window.remove().get());
        }
        threads.removeIf(thread -> !thread.isAlive());
        finish(done, sink);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new RegistryException(RegistryException.Kind.UNREACHABLE, "interrupted", e);
    } catch (ExecutionException e) {
      throw unforeseen(e);
    } finally {
      threads.forEach(Thread::interrupt);
    }
  }

  private Outcome<R> permitted(String image) throws InterruptedException {
    permits.acquire();
    try {
      return one(image);
    } finally {
      permits.release();
    }
  }

  private Outcome<R> one(String typed) {
    Optional<Reference> reference = Optional.empty();
    Optional<DigestReference> image = Optional.empty();
    Optional<String> name = Optional.empty();
    try {
      reference = Optional.of(names.reference(typed));
      T resolved = resolver.resolve(typed, reference.get());
      image = Optional.of(digest.apply(resolved));
      name = Optional.of(key.apply(resolved));
      if (journal.isPresent() && journal.get().contains(name.get())) {
        return new Outcome<>(typed, reference, image, name, Optional.empty(), Optional.empty());
      }
      R result = once(name.get(), reference.get(), resolved);
      return new Outcome<>(typed, reference, image, name, Optional.of(result), Optional.empty());
    } catch (BullaException e) {
      return new Outcome<>(typed, reference, image, name, Optional.empty(), Optional.of(e));
    }
  }

  private R once(String name, Reference reference, T resolved) throws BullaException {
    FutureTask<R> task;
    synchronized (started) {
      task =
          started.computeIfAbsent(
              name, ignored -> new FutureTask<>(() -> work.with(reference, resolved)));
    }
    task.run(); // does nothing when another image of the same digest did or does it
    try {
      return task.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof BullaException failure) {
        throw failure;
      }
      throw unforeseen(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new RegistryException(RegistryException.Kind.UNREACHABLE, "interrupted", e);
    }
  }

  private static RuntimeException unforeseen(ExecutionException e) {
    if (e.getCause() instanceof RuntimeException unchecked) {
      return unchecked;
    }
    if (e.getCause() instanceof Error error) {
      throw error;
    }
    return new BullaBug("work on an image failed in an unforeseen way", e);
  }

  /** First told, then remembered: what is remembered has been told. */
  private void finish(List<Outcome<R>> outcomes, Sink<R> sink) throws BullaException {
    List<String> done = new ArrayList<>();
    for (Outcome<R> outcome : outcomes) {
      sink.accept(outcome);
      if (outcome.result().isPresent()) {
        outcome.key().ifPresent(done::add);
      }
    }
    if (journal.isPresent()) {
      journal.get().add(done);
    }
  }
}
