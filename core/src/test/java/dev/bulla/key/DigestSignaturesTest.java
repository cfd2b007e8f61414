package dev.bulla.key;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.bulla.bytes.Bytes;
import dev.bulla.digest.HashAlgorithm;
import dev.bulla.key.SignatureCheck.Matched;
import dev.bulla.key.SignatureCheck.Mismatch;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Signatures by digests, and keys whose keeper says how they sign; the JDK signs. */
class DigestSignaturesTest {

  private static final Bytes MESSAGE = Bytes.utf8("message");

  private static KeyPair pair(SignatureAlgorithm algorithm) throws Exception {
    String name = algorithm.name();
    if (name.startsWith("RSA")) {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
      generator.initialize(2048);
      return generator.generateKeyPair();
    }
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(
        new ECGenParameterSpec("secp" + name.replaceAll("ECDSA_P([0-9]+)_.*", "$1") + "r1"));
    return generator.generateKeyPair();
  }

  private static Bytes signed(KeyPair pair, SignatureAlgorithm algorithm) throws Exception {
    Signature signer = Signature.getInstance(algorithm.jcaName());
    VerificationKey.configure(signer, algorithm);
    signer.initSign(pair.getPrivate());
    MESSAGE.feed(signer);
    return Bytes.of(signer.sign());
  }

  private static Bytes digest(HashAlgorithm hash, Bytes message) {
    MessageDigest digest = hash.newDigest();
    message.feed(digest);
    return Bytes.of(digest.digest());
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.MATCH_NONE, names = "ED25519.*")
  void aDigestStandsForItsMessageAndNoOther(SignatureAlgorithm algorithm) throws Exception {
    KeyPair pair = pair(algorithm);
    VerificationKey key = VerificationKey.ofSpki(Bytes.of(pair.getPublic().getEncoded()));
    Bytes signature = signed(pair, algorithm);
    Bytes digest = digest(algorithm.hash(), MESSAGE);

    assertThat(key.matchesDigest(digest, signature, algorithm)).isTrue();
    assertThat(
            key.matchesDigest(digest(algorithm.hash(), Bytes.utf8("other")), signature, algorithm))
        .isFalse();
    assertThat(key.matchesDigest(digest.slice(1, digest.size()), signature, algorithm)).isFalse();
    assertThat(key.matchesDigest(digest, Bytes.utf8("no signature"), algorithm)).isFalse();
    assertThat(key.matchesDigest(digest, Bytes.EMPTY, algorithm)).isFalse();
    for (SignatureAlgorithm other : SignatureAlgorithm.values()) {
      if (other != algorithm && !other.name().startsWith("ED25519")) {
        assertThat(key.matchesDigest(digest, signature, other)).as(other.name()).isFalse();
      }
    }
  }

  @Test
  void ed25519SignsMessages() throws Exception {
    KeyPair pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
    VerificationKey key = VerificationKey.ofSpki(Bytes.of(pair.getPublic().getEncoded()));

    assertThatExceptionOfType(IllegalArgumentException.class)
        .isThrownBy(() ->
            key.matchesDigest(
                digest(HashAlgorithm.SHA512, MESSAGE), MESSAGE, SignatureAlgorithm.ED25519));
  }

  @Test
  void aKeyIsCheckedByTheAlgorithmThatItsKeeperNames() throws Exception {
    SignatureAlgorithm pss = SignatureAlgorithm.RSA_PSS_SHA256;
    KeyPair pair = pair(pss);
    VerificationKey key = VerificationKey.ofSpki(Bytes.of(pair.getPublic().getEncoded()));
    VerificationKey known = key.signingBy(pss);
    Bytes byPss = signed(pair, pss);
    Bytes byPkcs1 = signed(pair, SignatureAlgorithm.RSA_PKCS1_SHA256);

    assertThat(key.check(MESSAGE, byPss, Optional.empty())).isInstanceOf(Mismatch.class);
    for (VerificationKey same : new VerificationKey[] {known, known.forOneShot()}) {
      assertThat(same.check(MESSAGE, byPss, Optional.empty())).isEqualTo(new Matched(pss));
      assertThat(same.check(MESSAGE, byPkcs1, Optional.empty())).isInstanceOf(Mismatch.class);
    }
    assertThat(known.check(MESSAGE, byPkcs1, Optional.of(HashAlgorithm.SHA256)))
        .isInstanceOf(Matched.class);
    assertThat(known).isEqualTo(key).hasSameHashCodeAs(key);
    assertThatExceptionOfType(IllegalArgumentException.class)
        .isThrownBy(() -> key.signingBy(SignatureAlgorithm.ECDSA_P256_SHA256));
  }
}
