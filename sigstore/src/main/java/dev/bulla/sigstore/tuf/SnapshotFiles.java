package dev.bulla.sigstore.tuf;

import dev.bulla.bytes.Bytes;
import dev.bulla.digest.Digest;
import dev.bulla.sigstore.tuf.TufException.Reason;
import java.time.Instant;
import java.util.Optional;

/** The files that one snapshot lists, from the store or the source. */
record SnapshotFiles(
    TufSource source, TufStore store, Metadata snapshot, boolean consistent, Instant now) {

  /** §5.6: metadata of targets, exactly of the version that the snapshot lists. */
  Metadata metadata(String role, String name, Listed entry, Keys keys, Keys.Role signers)
      throws TufException {
    // kept under the digest of its name: names of roles are no paths
    String place = "targets-" + Digest.sha256(Bytes.utf8(name)).hex() + ".json";
    Optional<Bytes> kept = store.read(place, entry.length());
    if (kept.isPresent() && entry.matches(kept.get())) {
      try {
        return verified(role, kept.get(), entry, keys, signers);
      } catch (TufException e) {
        // of an older version, over or damaged: replaced once a sound one came
      }
    }
    String path = PercentText.encodeWhole((consistent ? entry.version() + "." : "") + name);
    Bytes file =
        source
            .fetch(path, entry.length())
            .orElseThrow(() -> new TufException(Reason.MISSING, "the repository has no " + path));
    entry.check(role, file);
    Metadata metadata = verified(role, file, entry, keys, signers);
    store.write(place, file);
    return metadata;
  }

  private Metadata verified(String role, Bytes file, Listed entry, Keys keys, Keys.Role signers)
      throws TufException {
    Metadata metadata = Metadata.read(file, "targets");
    keys.check(metadata, signers);
    TufClient.exactly(role, metadata.version(), entry.version());
    metadata.checkFresh(now);
    return metadata;
  }

  /** §5.7: a target, by the digest that is listed. */
  Bytes target(String name, Listed entry) throws TufException {
    Digest digest = entry.digests().get(0);
    String place = "target-" + digest.hex();
    Optional<Bytes> kept = store.read(place, entry.length());
    if (kept.isPresent() && entry.matches(kept.get())) {
      return kept.get();
    }
    int slash = name.lastIndexOf('/');
    String folder = name.substring(0, slash + 1);
    String file = name.substring(slash + 1);
    String path = PercentText.encode(folder + (consistent ? digest.hex() + "." : "") + file);
    Bytes content =
        source
            .fetch("targets/" + path, entry.length())
            .orElseThrow(
                () -> new TufException(Reason.MISSING, "the repository lacks a target it lists"));
    entry.check("the target", content);
    store.write(place, content);
    return content;
  }
}
