package dev.bulla.sigstore.tuf;

import dev.bulla.bytes.Bytes;
import dev.bulla.digest.Digest;
import dev.bulla.error.MalformedInputException;
import dev.bulla.error.Quoted;
import dev.bulla.json.JsonObject;
import dev.bulla.json.JsonValue;
import dev.bulla.sigstore.tuf.TufException.Reason;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The targets of a repository as they are now. Only {@link TufClient} makes one. */
public final class TufTargets {

  /** One target. */
  static final int MAX_TARGET = 16 << 20;

  /** Roles that are asked for one target. */
  private static final int MAX_ROLES = 32;

  private static final int MAX_DELEGATIONS = 64;
  private static final int MAX_PATTERNS = 256;

  private record Delegation(String name, Keys keys, Keys.Role signers) {}

  private final SnapshotFiles files;
  private final Metadata top;

  TufTargets(SnapshotFiles files, Metadata top) {
    this.files = files;
    this.top = top;
  }

  /**
   * A target by its name, verified.
   *
   * @throws TufException with {@link Reason#NO_SUCH_TARGET} when nobody lists it who may
   */
  public Bytes target(String name) throws TufException {
    // before anybody is asked: a name that leads elsewhere is no name of a target
    PercentText.encode(name);
    try {
      return files.target(name, listed(name));
    } catch (MalformedInputException e) {
      throw new TufException(Reason.MALFORMED, "targets: " + e.message(), e);
    }
  }

  /** §5.6.7: the roles in the order of their importance, each once. */
  private Listed listed(String name) throws TufException, MalformedInputException {
    Deque<Delegation> waiting = new ArrayDeque<>();
    Set<String> asked = new HashSet<>();
    Metadata role = top;
    while (true) {
      Optional<JsonValue> entry = TufJson.object(role.signed(), "targets").get(name);
      if (entry.isPresent()) {
        return Listed.target(TufJson.object(entry.get()), MAX_TARGET);
      }
      delegate(role, name, waiting);
      Delegation next = waiting.poll();
      while (next != null && !asked.add(next.name())) {
        next = waiting.poll();
      }
      if (next == null || asked.size() > MAX_ROLES) {
        throw new TufException(
            Reason.NO_SUCH_TARGET, "the repository lists no target " + Quoted.text(name));
      }
      String file = next.name() + ".json";
      Listed listed = TufClient.entry(files.snapshot(), file, TufClient.MAX_TARGETS);
      role = files.metadata("a delegated role", file, listed, next.keys(), next.signers());
    }
  }

  /** Puts the roles that may speak of the name before those that wait. */
  private static void delegate(Metadata role, String name, Deque<Delegation> waiting)
      throws MalformedInputException {
    if (role.signed().get("delegations").isEmpty()) {
      return;
    }
    JsonObject delegations = TufJson.object(role.signed(), "delegations");
    Keys keys = Keys.read(TufJson.object(delegations, "keys"));
    Deque<Delegation> found = new ArrayDeque<>();
    for (JsonValue value : TufJson.array(delegations, "roles", MAX_DELEGATIONS)) {
      JsonObject one = TufJson.object(value);
      if (!covers(one, name)) {
        continue;
      }
      found.addFirst(new Delegation(TufJson.string(one, "name"), keys, Keys.Role.read(one)));
      if (TufJson.bool(one, "terminating")) {
        waiting.clear();
        break;
      }
    }
    found.forEach(waiting::addFirst);
  }

  private static boolean covers(JsonObject delegation, String name) throws MalformedInputException {
    boolean byPath = delegation.get("paths").isPresent();
    if (byPath == delegation.get("path_hash_prefixes").isPresent()) {
      throw new MalformedInputException(
          TufJson.WHAT, "a delegation has either paths or prefixes of their digests");
    }
    if (byPath) {
      for (JsonValue pattern : TufJson.array(delegation, "paths", MAX_PATTERNS)) {
        if (matches(TufJson.string(pattern), name)) {
          return true;
        }
      }
      return false;
    }
    String hash = Digest.sha256(Bytes.utf8(name)).hex();
    List<JsonValue> prefixes = TufJson.array(delegation, "path_hash_prefixes", 65536);
    for (JsonValue prefix : prefixes) {
      if (hash.startsWith(TufJson.string(prefix))) {
        return true;
      }
    }
    return false;
  }

  /** A shell's pattern with {@code *} and {@code ?}, neither of which stands for a slash. */
  static boolean matches(String pattern, String name) {
    int p = 0;
    int n = 0;
    int star = -1;
    int mark = 0;
    while (n < name.length()) {
      char c = name.charAt(n);
      char expected = p < pattern.length() ? pattern.charAt(p) : '\0';
      if (p < pattern.length() && expected == '*') {
        star = p++;
        mark = n;
      } else if (p < pattern.length() && (expected == c || (expected == '?' && c != '/'))) {
        p++;
        n++;
      } else if (star >= 0 && name.charAt(mark) != '/') {
        p = star + 1;
        n = ++mark;
      } else {
        return false;
      }
    }
    while (p < pattern.length() && pattern.charAt(p) == '*') {
      p++;
    }
    return p == pattern.length();
  }
}
