package dev.bulla.admission.review;

/**
 * Places in an object that the API server lets no update change. Pinning one would have the update
 * refused, and denying it would change nothing of what runs. Source: Kubernetes API reference and
 * {@code pkg/registry} of Kubernetes 1.36, the update strategies of the kinds.
 */
final class FixedPlaces {

  private FixedPlaces() {}

  /**
   * Whether the request leaves the place as it is. What is not known to stay may change.
   *
   * @param pointer RFC 6901, to the name of an image
   */
  static boolean isFixed(ReviewRequest request, String pointer) {
    if (!request.operation().equals("UPDATE")) {
      return false;
    }
    boolean pod = request.kind().equals(new ReviewRequest.Kind("", "Pod"));
    return switch (request.subResource()) {
      case "" ->
          pod
              ? pointer.startsWith("/spec/ephemeralContainers/")
                  || pointer.startsWith("/spec/volumes/")
              : request.kind().equals(new ReviewRequest.Kind("batch", "Job"));
      // those that are there stay too; a new one has no counterpart in the old object
      case "ephemeralcontainers", "resize" -> pod;
      case "status" -> true;
      default -> false;
    };
  }
}
