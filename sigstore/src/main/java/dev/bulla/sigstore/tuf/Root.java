package dev.bulla.sigstore.tuf;

import dev.bulla.bytes.Bytes;
import dev.bulla.error.MalformedInputException;
import dev.bulla.json.JsonObject;
import dev.bulla.sigstore.tuf.TufException.Reason;

/** A root: whose keys sign for which role (TUF specification §4.3). */
record Root(
    Metadata metadata,
    Keys keys,
    Keys.Role root,
    Keys.Role timestamp,
    Keys.Role snapshot,
    Keys.Role targets,
    boolean consistent) {

  /** Reads a root that enough of its own keys signed. */
  static Root read(Bytes file) throws TufException {
    Metadata metadata = Metadata.read(file, "root");
    Root root;
    try {
      JsonObject signed = metadata.signed();
      JsonObject roles = TufJson.object(signed, "roles");
      root =
          new Root(
              metadata,
              Keys.read(TufJson.object(signed, "keys")),
              Keys.Role.read(TufJson.object(roles, "root")),
              Keys.Role.read(TufJson.object(roles, "timestamp")),
              Keys.Role.read(TufJson.object(roles, "snapshot")),
              Keys.Role.read(TufJson.object(roles, "targets")),
              TufJson.bool(signed, "consistent_snapshot"));
    } catch (MalformedInputException e) {
      throw new TufException(Reason.MALFORMED, "root: " + e.message(), e);
    }
    root.keys.check(metadata, root.root);
    return root;
  }

  long version() {
    return metadata.version();
  }

  /** Whether another root lets other keys speak of what is current (§5.3.11). */
  boolean speaksOtherwise(Root other) {
    return !keys.of(timestamp).equals(other.keys.of(other.timestamp))
        || !keys.of(snapshot).equals(other.keys.of(other.snapshot));
  }
}
