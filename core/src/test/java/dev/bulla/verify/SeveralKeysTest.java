package dev.bulla.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.bulla.bytes.Base64Text;
import dev.bulla.bytes.Bytes;
import dev.bulla.digest.Digest;
import dev.bulla.error.KeyException;
import dev.bulla.error.VerificationException;
import dev.bulla.error.VerificationException.Outcome;
import dev.bulla.evidence.LegacySignature;
import dev.bulla.evidence.Origin;
import dev.bulla.key.KeyType;
import dev.bulla.key.PrivateKey;
import dev.bulla.key.Signer;
import dev.bulla.oci.Repository;
import dev.bulla.payload.SimpleSigningPayload;
import java.security.SecureRandom;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A key that was rotated: any of its versions counts; and a service that has to agree. */
class SeveralKeysTest {

  private final Signer old = newSigner();
  private final Signer current = newSigner();
  private final Digest digest = Digest.sha256(Bytes.utf8("image"));

  private static Signer newSigner() {
    return PrivateKey.generate(KeyType.EC_P256, new SecureRandom()).toSigner();
  }

  private SignedImage signedBy(Signer... signers) throws Exception {
    Repository repository = Repository.parse("registry.example/app");
    Bytes payload = SimpleSigningPayload.of(repository.toString(), digest, Map.of()).toBytes();
    List<LegacySignature> signatures = new java.util.ArrayList<>();
    for (Signer signer : signers) {
      signatures.add(
          new LegacySignature(
              new Origin("test", signatures.size() + 1),
              payload,
              Base64Text.encode(signer.sign(payload)),
              Map.of()));
    }
    return new SignedImage(repository.at(digest), List.copyOf(signatures));
  }

  private Policy any() {
    return Policy.requiringAnyOf(List.of(current.publicKey(), old.publicKey()))
        .insecurelyIgnoringLog();
  }

  @Test
  void anyOfThemCounts() throws Exception {
    assertThat(Verifier.verify(signedBy(old), any()).value().signatures()).hasSize(1);
    assertThat(Verifier.verify(signedBy(current, old), any()).value().signatures()).hasSize(2);
    assertThatExceptionOfType(VerificationException.class)
        .isThrownBy(() -> Verifier.verify(signedBy(newSigner()), any()))
        .matches(e -> e.outcome() == Outcome.REFUSED);
  }

  @Test
  void noKeyIsNoPolicy() {
    assertThatIllegalArgumentException().isThrownBy(() -> Policy.requiringAnyOf(List.of()));
  }

  @Test
  void aSecondOpinionCanOnlyTakeAway() throws Exception {
    assertThat(
            Verifier.verify(
                    signedBy(old),
                    any()
                        .withSecondOpinion(
                            (key, algorithm, message, signature) -> key.equals(old.publicKey())))
                .value()
                .signatures())
        .hasSize(1);
    assertThatExceptionOfType(VerificationException.class)
        .isThrownBy(
            () -> Verifier.verify(signedBy(old), any().withSecondOpinion((k, a, m, s) -> false)))
        .matches(e -> e.outcome() == Outcome.REFUSED);
    assertThatExceptionOfType(VerificationException.class)
        .isThrownBy(() ->
            Verifier.verify(signedBy(newSigner()), any().withSecondOpinion((k, a, m, s) -> true)))
        .matches(e -> e.outcome() == Outcome.REFUSED);
  }

  @Test
  void nobodyToAskLeavesTheQuestionOpen() {
    assertThatExceptionOfType(VerificationException.class)
        .isThrownBy(() ->
            Verifier.verify(
                signedBy(old),
                any()
                    .withSecondOpinion((k, a, m, s) -> {
                      throw new KeyException("no answer");
                    })))
        .matches(e -> e.outcome() == Outcome.UNDECIDED);
  }
}
