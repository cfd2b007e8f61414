package dev.bulla.admission.cluster;

import dev.bulla.admission.decide.Decision;
import dev.bulla.admission.decide.OwnerImages;
import dev.bulla.admission.review.ReviewRequest;
import dev.bulla.admission.review.Workload;
import dev.bulla.digest.Digest;
import dev.bulla.error.KeyException;
import dev.bulla.error.MalformedInputException;
import dev.bulla.error.Quoted;
import dev.bulla.json.JsonObject;
import dev.bulla.json.JsonString;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/**
 * The images that the owners of an object have now, as far as they were admitted here with just
 * these digests. An owner counts when the API server has it, in the namespace of the object, under
 * the name and with the UID of the owner reference.
 *
 * <p>Owners that are not on record are not asked for. Thread-safe.
 */
public final class ClusterOwners implements OwnerImages {

  /** Owners of one object; who has more is looked at without them. */
  static final int MAX_OWNERS = 10;

  /** What is left after that belongs to the registry. */
  private static final Duration PATIENCE = Duration.ofSeconds(3);

  private static final ReviewRequest.Kind POD = new ReviewRequest.Kind("", "Pod");

  private final Cluster cluster;
  private final AdmittedImages admitted = new AdmittedImages();
  private final boolean strict;
  private final InstantSource clock;
  private final Consumer<String> notices;

  /**
   * For one configuration: what another one admitted says nothing.
   *
   * @param strict whether the images of pods are looked at whatever their owners have
   * @param notices takes one line of text for each owner that could not be asked for
   */
  public ClusterOwners(
      Cluster cluster, boolean strict, InstantSource clock, Consumer<String> notices) {
    this.cluster = cluster;
    this.strict = strict;
    this.clock = clock;
    this.notices = notices;
  }

  @Override
  public void decided(ReviewRequest request, Decision decision) {
    admitted.note(request, decision);
  }

  @Override
  public Map<String, Digest> of(ReviewRequest request, Instant deadline)
      throws InterruptedException {
    if (request.object().isEmpty() || (strict && request.kind().equals(POD))) {
      return Map.of();
    }
    List<Workload.Owner> owners;
    try {
      owners = Workload.parse(request.kind(), request.object().get()).owners();
    } catch (MalformedInputException e) {
      return Map.of();
    }
    List<Workload.Owner> known =
        owners.stream()
            .filter(owner -> !admitted.of(request.namespace(), owner.uid()).isEmpty())
            .toList();
    if (known.isEmpty() || known.size() > MAX_OWNERS) {
      return Map.of();
    }
    return asked(request.namespace(), known, deadline);
  }

  private Map<String, Digest> asked(String namespace, List<Workload.Owner> owners, Instant deadline)
      throws InterruptedException {
    Duration left = Duration.between(clock.instant(), deadline).dividedBy(2);
    Duration patience = left.compareTo(PATIENCE) < 0 ? left : PATIENCE;
    ExecutorService thread = Executors.newVirtualThreadPerTaskExecutor();
    try {
      Future<Map<String, Digest>> answer = thread.submit(() -> images(namespace, owners));
      return answer.get(Math.max(0, patience.toMillis()), TimeUnit.MILLISECONDS);
    } catch (TimeoutException | ExecutionException e) {
      return Map.of();
    } finally {
      thread.shutdownNow();
    }
  }

  private Map<String, Digest> images(String namespace, List<Workload.Owner> owners) {
    Map<String, Digest> all = new LinkedHashMap<>();
    for (Workload.Owner owner : owners) {
      Map<String, Digest> recorded = admitted.of(namespace, owner.uid());
      for (Workload.Place place : images(namespace, owner)) {
        Digest digest = recorded.get(place.image());
        if (digest != null) {
          all.put(place.image(), digest);
        }
      }
    }
    return all;
  }

  /** The images of an owner that is there; of another none. */
  private List<Workload.Place> images(String namespace, Workload.Owner owner) {
    Optional<OwnerKind> kind = OwnerKind.of(owner);
    Optional<String> path = kind.flatMap(known -> known.path(namespace, owner.name()));
    if (kind.isEmpty() || path.isEmpty()) {
      return List.of();
    }
    try {
      JsonObject object =
          cluster.get(path.get(), kind.get().right(namespace)).orElse(JsonObject.EMPTY);
      return metadata(object, "uid").equals(owner.uid())
              && metadata(object, "namespace").equals(namespace)
          ? Workload.parse(kind.get().kind(), object).images()
          : List.of();
    } catch (KeyException | MalformedInputException e) {
      notices.accept(
          "child approval: no images of "
              + Quoted.plain(owner.kind() + " " + namespace + "/" + owner.name())
              + ": "
              + e.message());
      return List.of();
    }
  }

  private static String metadata(JsonObject object, String name) {
    return object.get("metadata").orElse(JsonObject.EMPTY) instanceof JsonObject metadata
            && metadata.get(name).orElse(JsonObject.EMPTY) instanceof JsonString text
        ? text.value()
        : "";
  }
}
