package dev.bulla.admission.review;

import dev.bulla.error.MalformedInputException;
import dev.bulla.error.Quoted;
import dev.bulla.json.JsonArray;
import dev.bulla.json.JsonNull;
import dev.bulla.json.JsonObject;
import dev.bulla.json.JsonString;
import dev.bulla.json.JsonValue;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * An object that runs images, and every place in it where one is named.
 *
 * @param name its name, or what its name will begin with
 * @param images in the order in which they stand in the object
 * @param owners who made it
 * @param pulls what its pods may pull with
 * @param deleting whether it is on its way out
 */
public record Workload(
    String name, List<Place> images, List<Owner> owners, Pulls pulls, boolean deleting) {

  /** How many images one object may name. */
  static final int MAX_IMAGES = 1000;

  private static final String DEFAULT_ACCOUNT = "default";

  /**
   * Where an image is named.
   *
   * @param pointer RFC 6901, to the text with the name
   * @param image as written
   * @param name of the container or volume
   */
  public record Place(String pointer, String image, String name) {}

  /** An owner reference. */
  public record Owner(String apiVersion, String kind, String name, String uid) {}

  /**
   * What pods may pull their images with, by name, in their own namespace. Names are as written,
   * and may be none that objects can have.
   *
   * @param secrets of the pod itself
   * @param serviceAccount which may name more of them
   */
  public record Pulls(List<String> secrets, String serviceAccount) {
    public Pulls {
      secrets = List.copyOf(secrets);
    }
  }

  private static final List<String> CONTAINERS =
      List.of("containers", "initContainers", "ephemeralContainers");

  public Workload {
    images = List.copyOf(images);
    owners = List.copyOf(owners);
  }

  /**
   * Reads an object.
   *
   * @throws MalformedInputException {@code unknown workload kind "…"}, {@code deserialize
   *     conversion to "…" has failed} and why, {@code no containers found in workload object}
   */
  public static Workload parse(ReviewRequest.Kind kind, JsonObject object)
      throws MalformedInputException {
    List<String> path = podSpec(kind);
    if (path.isEmpty()) {
      throw MalformedInputException.verbatim(
          "unknown workload kind "
              + Quoted.text(
                  kind.group().isEmpty() ? kind.name() : kind.name() + "." + kind.group()));
    }
    try {
      JsonObject metadata = child(object, "metadata", "/metadata");
      List<Place> places = new ArrayList<>();
      String pointer = "";
      JsonObject spec = object;
      for (String step : path) {
        pointer = pointer + "/" + step;
        spec = child(spec, step, pointer);
      }
      for (String list : CONTAINERS) {
        places(spec, list, pointer, places);
      }
      if (places.isEmpty() && list(spec, "containers", pointer).isEmpty()) {
        throw MalformedInputException.verbatim("no containers found in workload object");
      }
      volumes(spec, pointer, places);
      String name = text(metadata, "name", "/metadata");
      return new Workload(
          name.isEmpty() ? text(metadata, "generateName", "/metadata") : name,
          places,
          owners(metadata),
          pulls(spec, pointer),
          !text(metadata, "deletionTimestamp", "/metadata").isEmpty());
    } catch (WrongShapeException e) {
      throw MalformedInputException.verbatim(
          "deserialize conversion to " + Quoted.text(kind.name()) + " has failed: " + e.why);
    }
  }

  /** The same object with only the places that a request can change. */
  public Workload changeableBy(ReviewRequest request, Workload before) {
    List<Place> places = new ArrayList<>();
    for (Place place : images) {
      if (!FixedPlaces.isFixed(request, place.pointer()) || !before.images.contains(place)) {
        places.add(place);
      }
    }
    return new Workload(name, places, owners, pulls, deleting);
  }

  /** Each image with all places that name it, in the order of the first. */
  public Map<String, List<Place>> placesByImage() {
    Map<String, List<Place>> byImage = new LinkedHashMap<>();
    for (Place place : images) {
      byImage.computeIfAbsent(place.image(), image -> new ArrayList<>()).add(place);
    }
    return byImage;
  }

  /** Where the pod's specification is in an object of that kind; empty where there is none. */
  static List<String> podSpec(ReviewRequest.Kind kind) {
    return switch (kind.group() + "/" + kind.name()) {
      case "/Pod" -> List.of("spec");
      case "batch/CronJob" -> List.of("spec", "jobTemplate", "spec", "template", "spec");
      case "/ReplicationController",
          "apps/Deployment",
          "apps/ReplicaSet",
          "apps/DaemonSet",
          "apps/StatefulSet",
          "batch/Job" ->
          List.of("spec", "template", "spec");
      default -> List.of();
    };
  }

  private static void places(JsonObject spec, String list, String pointer, List<Place> places)
      throws WrongShapeException {
    List<JsonValue> containers = list(spec, list, pointer);
    for (int i = 0; i < containers.size(); i++) {
      String at = pointer + "/" + list + "/" + i;
      JsonObject container = element(containers.get(i), at);
      addImage(container, "image", at, text(container, "name", at), places);
    }
  }

  private static void volumes(JsonObject spec, String pointer, List<Place> places)
      throws WrongShapeException {
    List<JsonValue> volumes = list(spec, "volumes", pointer);
    for (int i = 0; i < volumes.size(); i++) {
      String at = pointer + "/volumes/" + i;
      JsonObject volume = element(volumes.get(i), at);
      JsonObject image = child(volume, "image", at + "/image");
      addImage(image, "reference", at + "/image", text(volume, "name", at), places);
    }
  }

  /** Without a name nothing runs: it is left to the API server to refuse that or to allow it. */
  private static void addImage(
      JsonObject in, String member, String pointer, String name, List<Place> places)
      throws WrongShapeException {
    String image = text(in, member, pointer);
    if (!image.isEmpty()) {
      if (places.size() == MAX_IMAGES) {
        throw wrong(pointer, "the object names more than " + MAX_IMAGES + " images");
      }
      places.add(new Place(pointer + "/" + member, image, name));
    }
  }

  private static List<Owner> owners(JsonObject metadata) throws WrongShapeException {
    List<Owner> owners = new ArrayList<>();
    for (JsonValue value : list(metadata, "ownerReferences", "/metadata")) {
      String at = "/metadata/ownerReferences";
      JsonObject owner = element(value, at);
      owners.add(
          new Owner(
              text(owner, "apiVersion", at),
              text(owner, "kind", at),
              text(owner, "name", at),
              text(owner, "uid", at)));
    }
    return owners;
  }

  private static Pulls pulls(JsonObject spec, String pointer) throws WrongShapeException {
    List<String> secrets = new ArrayList<>();
    String at = pointer + "/imagePullSecrets";
    for (JsonValue value : list(spec, "imagePullSecrets", pointer)) {
      String secret = text(element(value, at), "name", at);
      if (!secret.isEmpty()) {
        secrets.add(secret);
      }
    }
    String account = text(spec, "serviceAccountName", pointer);
    if (account.isEmpty()) {
      account = text(spec, "serviceAccount", pointer); // its older name
    }
    return new Pulls(secrets, account.isEmpty() ? DEFAULT_ACCOUNT : account);
  }

  private static JsonObject child(JsonObject in, String name, String pointer)
      throws WrongShapeException {
    JsonValue value = in.get(name).orElse(JsonNull.INSTANCE);
    return value instanceof JsonNull ? JsonObject.EMPTY : element(value, pointer);
  }

  private static JsonObject element(JsonValue value, String pointer) throws WrongShapeException {
    if (value instanceof JsonObject object) {
      return object;
    }
    throw wrong(pointer, "is no object");
  }

  private static List<JsonValue> list(JsonObject in, String name, String pointer)
      throws WrongShapeException {
    JsonValue value = in.get(name).orElse(JsonNull.INSTANCE);
    if (value instanceof JsonNull) {
      return List.of();
    }
    if (value instanceof JsonArray array) {
      return array.values();
    }
    throw wrong(pointer + "/" + name, "is no list");
  }

  private static String text(JsonObject in, String name, String pointer)
      throws WrongShapeException {
    JsonValue value = in.get(name).orElse(JsonNull.INSTANCE);
    if (value instanceof JsonNull) {
      return "";
    }
    if (value instanceof JsonString text) {
      return text.value();
    }
    throw wrong(pointer + "/" + name, "is no text");
  }

  private static WrongShapeException wrong(String pointer, String why) {
    return new WrongShapeException(pointer + " " + why);
  }

  private static final class WrongShapeException extends Exception {
    private static final long serialVersionUID = 1L;
    private final String why;

    WrongShapeException(String why) {
      super(why);
      this.why = why;
    }
  }
}
