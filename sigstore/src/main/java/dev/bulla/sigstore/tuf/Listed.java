package dev.bulla.sigstore.tuf;

import dev.bulla.bytes.Bytes;
import dev.bulla.bytes.HexText;
import dev.bulla.digest.Digest;
import dev.bulla.digest.HashAlgorithm;
import dev.bulla.error.MalformedInputException;
import dev.bulla.json.JsonObject;
import dev.bulla.sigstore.tuf.TufException.Reason;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What metadata says of another file.
 *
 * @param version of metadata; 0 for a target
 * @param length the most bytes, or for a target exactly so many
 * @param digests all have to be the file's
 */
record Listed(long version, int length, List<Digest> digests) {

  /** Of metadata (TUF specification §4.4): length and digests may be left out. */
  static Listed metadata(JsonObject entry, int limit) throws MalformedInputException {
    return new Listed(
        TufJson.positive(entry, "version"),
        entry.get("length").isPresent() ? length(entry, limit) : limit,
        entry.get("hashes").isPresent() ? digests(TufJson.object(entry, "hashes")) : List.of());
  }

  /** Of a target (§4.5). */
  static Listed target(JsonObject entry, int limit) throws MalformedInputException {
    return new Listed(0, length(entry, limit), digests(TufJson.object(entry, "hashes")));
  }

  private static int length(JsonObject entry, int limit) throws MalformedInputException {
    long length = TufJson.positive(entry, "length");
    if (length > limit) {
      throw new MalformedInputException(
          TufJson.WHAT, "lists a file of " + length + " bytes; the limit is " + limit);
    }
    return (int) length;
  }

  private static List<Digest> digests(JsonObject hashes) throws MalformedInputException {
    List<Digest> all = new ArrayList<>();
    for (JsonObject.Member member : hashes.members()) {
      Optional<HashAlgorithm> algorithm = HashAlgorithm.named(member.name());
      String hex = TufJson.string(member.value());
      if (algorithm.isPresent()) {
        if (!HexText.isLowerHex(hex, algorithm.get().lengthBytes())) {
          throw new MalformedInputException(TufJson.WHAT, "a digest of another length");
        }
        all.add(new Digest(algorithm.get(), hex));
      }
    }
    if (all.isEmpty()) {
      throw new MalformedInputException(TufJson.WHAT, "no digest that we can check");
    }
    return List.copyOf(all);
  }

  boolean matches(Bytes file) {
    for (Digest digest : digests) {
      if (!digest.matches(file)) {
        return false;
      }
    }
    return file.size() <= length && (version > 0 || file.size() == length);
  }

  void check(String what, Bytes file) throws TufException {
    if (!matches(file)) {
      throw new TufException(Reason.WRONG_CONTENT, what + " is not what is listed");
    }
  }
}
