package dev.bulla.testkit.registry;

import dev.bulla.testkit.http.WireRequest;
import java.util.EnumSet;
import java.util.Set;

/** What a path speaks of. The names in it are not checked yet. */
sealed interface Route {

  /** {@code /v2/} */
  record Base() implements Route {}

  /** {@code /v2/<name>/tags/list} */
  record Tags(String repository) implements Route {}

  /** {@code /v2/<name>/manifests/<reference>} */
  record Manifest(String repository, String reference) implements Route {}

  /** {@code /v2/<name>/blobs/<digest>} */
  record Blob(String repository, String digest) implements Route {}

  /** {@code /v2/<name>/blobs/uploads/} */
  record Uploads(String repository) implements Route {}

  /** {@code /v2/<name>/blobs/uploads/<id>} */
  record Upload(String repository, String id) implements Route {}

  /** {@code /v2/<name>/referrers/<digest>} */
  record Referrers(String repository, String digest) implements Route {}

  /** Not of this API. */
  record Unknown() implements Route {}

  static Route of(String path) {
    if (path.equals("/v2/") || path.equals("/v2")) {
      return new Base();
    }
    if (!path.startsWith("/v2/")) {
      return new Unknown();
    }
    // from the end, since a repository may be called "blobs/uploads"
    String rest = path.substring(4);
    String last = tail(rest);
    String front = front(rest);
    String kind = tail(front);
    String name = front(front);
    if (kind.equals("uploads") && tail(name).equals("blobs")) {
      return last.isEmpty() ? new Uploads(front(name)) : new Upload(front(name), last);
    }
    return switch (kind) {
      case "tags" -> last.equals("list") ? new Tags(name) : new Unknown();
      case "manifests" -> new Manifest(name, last);
      case "blobs" -> last.equals("uploads") ? new Uploads(name) : new Blob(name, last);
      case "referrers" -> new Referrers(name, last);
      default -> new Unknown();
    };
  }

  private static String tail(String path) {
    return path.substring(path.lastIndexOf('/') + 1);
  }

  private static String front(String path) {
    int slash = path.lastIndexOf('/');
    return slash < 0 ? "" : path.substring(0, slash);
  }

  /** The repository; empty for the routes of none. */
  default String repositoryName() {
    return switch (this) {
      case Tags r -> r.repository();
      case Manifest r -> r.repository();
      case Blob r -> r.repository();
      case Uploads r -> r.repository();
      case Upload r -> r.repository();
      case Referrers r -> r.repository();
      case Base r -> "";
      case Unknown r -> "";
    };
  }

  /** What the request needs to be allowed on that repository. */
  default Set<Action> needs(WireRequest request) {
    if (repositoryName().isEmpty()) {
      return EnumSet.noneOf(Action.class);
    }
    boolean upload = this instanceof Upload || this instanceof Uploads;
    return switch (request.method()) {
      case "GET", "HEAD" -> upload ? EnumSet.of(Action.PULL, Action.PUSH) : EnumSet.of(Action.PULL);
      case "DELETE" -> upload ? EnumSet.of(Action.PULL, Action.PUSH) : EnumSet.of(Action.DELETE);
      default -> EnumSet.of(Action.PULL, Action.PUSH);
    };
  }
}
