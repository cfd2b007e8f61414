package dev.bulla.admission.cluster;

import dev.bulla.admission.config.RuleConfig;
import dev.bulla.admission.decide.Decision;
import dev.bulla.admission.decide.ImageDecision;
import dev.bulla.admission.decide.ImageDecision.Fate;
import dev.bulla.admission.review.ReviewRequest;
import dev.bulla.admission.review.Workload;
import dev.bulla.digest.Digest;
import dev.bulla.error.MalformedInputException;
import dev.bulla.json.JsonObject;
import dev.bulla.json.JsonString;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * Which objects were admitted here, and with which digests: in this process, since it started or
 * read its configuration. What was let through with a warning, in a dry run, without a digest, or
 * in a namespace that is not looked at never comes in.
 *
 * <p>Bounded: the objects that nobody asked about for longest are forgotten, which costs a look at
 * signatures. Thread-safe.
 */
public final class AdmittedImages {

  /** Objects that are remembered. */
  static final int MAX_OBJECTS = 20_000;

  /** Images of one object; one that has more is not remembered. */
  static final int MAX_IMAGES = 100;

  private final int capacity;

  /** Names of server-made objects are not reused, and neither are these. */
  private record Key(String namespace, String uid) {}

  private final Map<Key, Map<String, Digest>> objects;

  public AdmittedImages() {
    this(MAX_OBJECTS);
  }

  AdmittedImages(int capacity) {
    this.capacity = capacity;
    this.objects = new LinkedHashMap<>(16, 0.75f, true);
  }

  /**
   * Remembers what was decided, if it says that the object may run as it is. An object gets its
   * identity after it was changed, so of new ones it is {@code /validate} that can be remembered.
   */
  public void note(ReviewRequest request, Decision decision) {
    String uid = uid(request);
    if (uid.isEmpty()
        || request.namespace().isEmpty()
        || request.dryRun()
        || !decision.answer().isAllowed()
        || !decision.answer().warnings().isEmpty()
        || !decision.answer().changes().isEmpty()
        || decision.images().size() > MAX_IMAGES) {
      return;
    }
    Map<String, Digest> images = new LinkedHashMap<>();
    for (ImageDecision image : decision.images()) {
      if (isRecorded(image)) {
        images.put(image.image(), image.admitted().orElseThrow().digest().orElseThrow());
      }
    }
    Key key = new Key(request.namespace(), uid);
    keepUnasked(request, decision, of(key), images);
    put(key, images);
  }

  /** What this request could not change was not looked at, and is on record as before. */
  private static void keepUnasked(
      ReviewRequest request,
      Decision decision,
      Map<String, Digest> before,
      Map<String, Digest> images) {
    Set<String> asked = new HashSet<>();
    decision.images().forEach(image -> asked.add(image.image()));
    if (asked.containsAll(before.keySet())) {
      return;
    }
    try {
      JsonObject object = request.object().orElse(JsonObject.EMPTY);
      for (Workload.Place place : Workload.parse(request.kind(), object).images()) {
        Digest digest = before.get(place.image());
        if (digest != null && !asked.contains(place.image())) {
          images.put(place.image(), digest);
        }
      }
    } catch (MalformedInputException e) {
      images.clear(); // an object that nobody can read owns nothing
    }
  }

  /** Pinned by a rule that pins, after a look at its signatures or at such an owner. */
  private static boolean isRecorded(ImageDecision image) {
    return (image.fate() == Fate.VERIFIED || image.fate() == Fate.CHILD)
        && image.rule().isPresent()
        && image.rule().get().mode() == RuleConfig.Mode.MUTATE
        && image.admitted().isPresent()
        && image.admitted().get().digest().isPresent()
        && image.image().endsWith("@" + image.admitted().get().digest().get());
  }

  private static String uid(ReviewRequest request) {
    return request.object().orElse(JsonObject.EMPTY).get("metadata").orElse(JsonObject.EMPTY)
                instanceof JsonObject metadata
            && metadata.get("uid").orElse(JsonObject.EMPTY) instanceof JsonString uid
        ? uid.value()
        : "";
  }

  private synchronized void put(Key key, Map<String, Digest> images) {
    objects.remove(key);
    if (images.isEmpty()) {
      return;
    }
    objects.put(key, Map.copyOf(images));
    if (objects.size() > capacity) {
      objects.remove(objects.keySet().iterator().next());
    }
  }

  /** The images of an object as it spells them; empty when it was not admitted here. */
  Map<String, Digest> of(String namespace, String uid) {
    return of(new Key(namespace, uid));
  }

  private synchronized Map<String, Digest> of(Key key) {
    return objects.getOrDefault(key, Map.of());
  }
}
