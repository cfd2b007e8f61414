package dev.bulla.sigstore.tuf;

import dev.bulla.bytes.Bytes;
import dev.bulla.bytes.HexText;
import dev.bulla.error.MalformedInputException;
import dev.bulla.json.JsonObject;
import dev.bulla.json.JsonValue;
import dev.bulla.key.SignatureAlgorithm;
import dev.bulla.key.SignatureCheck.Matched;
import dev.bulla.key.VerificationKey;
import dev.bulla.sigstore.tuf.TufException.Reason;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The keys that a root or a delegation names, by their ids. An id is a name within that file (TAP
 * 12): thresholds count keys, so one key under many ids is one.
 */
final class Keys {

  private static final int MAX_KEYS = 64;

  /** A key with the one way in which it signs. */
  private record Key(VerificationKey key, SignatureAlgorithm algorithm) {}

  /** Who signs for a role, and how many of them have to. */
  record Role(Set<String> keyIds, long threshold) {

    static Role read(JsonObject role) throws MalformedInputException {
      Set<String> ids = new LinkedHashSet<>();
      for (JsonValue id : TufJson.array(role, "keyids", MAX_KEYS)) {
        if (!ids.add(TufJson.string(id))) {
          throw new MalformedInputException(TufJson.WHAT, "a role names a key twice");
        }
      }
      long threshold = TufJson.positive(role, "threshold");
      return new Role(Set.copyOf(ids), threshold);
    }
  }

  /** Those that we cannot use are left out, and so never count. */
  private final Map<String, Key> byId = new HashMap<>();

  static Keys read(JsonObject keys) throws MalformedInputException {
    if (keys.size() > MAX_KEYS) {
      throw new MalformedInputException(TufJson.WHAT, "more than " + MAX_KEYS + " keys");
    }
    Keys all = new Keys();
    for (JsonObject.Member member : keys.members()) {
      JsonObject key = TufJson.object(member.value());
      usable(key).ifPresent(usable -> all.byId.put(member.name(), usable));
    }
    return all;
  }

  private static Optional<Key> usable(JsonObject key) throws MalformedInputException {
    String scheme = TufJson.string(key, "scheme");
    String value = TufJson.string(TufJson.object(key, "keyval"), "public");
    Optional<SignatureAlgorithm> algorithm =
        switch (scheme) {
          case "ecdsa-sha2-nistp256" -> Optional.of(SignatureAlgorithm.ECDSA_P256_SHA256);
          case "ecdsa-sha2-nistp384" -> Optional.of(SignatureAlgorithm.ECDSA_P384_SHA384);
          case "ed25519" -> Optional.of(SignatureAlgorithm.ED25519);
          case "rsassa-pss-sha256" -> Optional.of(SignatureAlgorithm.RSA_PSS_SHA256);
          default -> Optional.empty();
        };
    if (algorithm.isEmpty()) {
      return Optional.empty();
    }
    VerificationKey read;
    try {
      read =
          value.startsWith("-----BEGIN")
              ? VerificationKey.parsePem(Bytes.utf8(value), TufJson.WHAT)
              : VerificationKey.ofRawEd25519(HexText.decode(value, TufJson.WHAT));
    } catch (MalformedInputException e) {
      return Optional.empty();
    }
    return algorithm.filter(named -> named.fits(read.type())).map(named -> new Key(read, named));
  }

  /** Refuses what too few different keys of the role signed. */
  void check(Metadata metadata, Role role) throws TufException {
    Set<VerificationKey> signers = new HashSet<>();
    for (Metadata.Signature signature : metadata.signatures()) {
      Key key = role.keyIds().contains(signature.keyId()) ? byId.get(signature.keyId()) : null;
      if (key != null
          && key.key().check(metadata.signedBytes(), signature.value(), key.algorithm())
              instanceof Matched) {
        signers.add(key.key());
      }
    }
    if (signers.size() < role.threshold()) {
      throw new TufException(
          Reason.UNSIGNED,
          metadata.type()
              + " is signed by "
              + signers.size()
              + " of its keys, needs "
              + role.threshold());
    }
  }

  /** The usable keys of a role, for telling whether they changed. */
  Set<VerificationKey> of(Role role) {
    Set<VerificationKey> keys = new HashSet<>();
    for (String id : role.keyIds()) {
      Key key = byId.get(id);
      if (key != null) {
        keys.add(key.key());
      }
    }
    return keys;
  }
}
