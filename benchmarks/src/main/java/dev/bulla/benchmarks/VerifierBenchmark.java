package dev.bulla.benchmarks;

import dev.bulla.bytes.Base64Text;
import dev.bulla.bytes.Bytes;
import dev.bulla.digest.Digest;
import dev.bulla.error.BullaException;
import dev.bulla.evidence.LegacySignature;
import dev.bulla.evidence.Origin;
import dev.bulla.key.KeyType;
import dev.bulla.key.PrivateKey;
import dev.bulla.key.Signer;
import dev.bulla.oci.Repository;
import dev.bulla.payload.SimpleSigningPayload;
import dev.bulla.verify.Policy;
import dev.bulla.verify.SignedImage;
import dev.bulla.verify.Verified;
import dev.bulla.verify.VerifiedImage;
import dev.bulla.verify.Verifier;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Verifying a legacy signature with everything in memory, beside the bare P-256 check: the
 * difference is our own work.
 */
@State(Scope.Thread)
@Fork(1)
@Warmup(iterations = 5, time = 2)
@Measurement(iterations = 8, time = 2)
public class VerifierBenchmark {

  /**
   * {@code jdk}, or {@code accp} for the Amazon Corretto Crypto Provider, whose jar then has to be
   * on the class path.
   */
  @Param("jdk")
  public String provider = "jdk";

  private @Nullable SignedImage image;
  private @Nullable Policy policy;
  private byte @Nullable [] payload;
  private byte @Nullable [] signature;
  private @Nullable PublicKey key;

  /** Makes a key and one signed image. */
  @Setup
  public void sign() throws BullaException, GeneralSecurityException, ReflectiveOperationException {
    Providers.install(provider);
    try (PrivateKey privateKey = PrivateKey.generate(KeyType.EC_P256, new SecureRandom());
        Signer signer = privateKey.toSigner()) {
      Repository repository = Repository.parse("registry.example.com/team/app");
      Digest digest = Digest.sha256(Bytes.utf8("an image"));
      Bytes claims = SimpleSigningPayload.of(repository.toString(), digest, Map.of()).toBytes();
      Bytes signed = signer.sign(claims);
      image =
          new SignedImage(
              repository.at(digest),
              List.of(
                  new LegacySignature(
                      new Origin("benchmark", 1), claims, Base64Text.encode(signed), Map.of())));
      policy = Policy.requiringKey(signer.publicKey()).insecurelyIgnoringLog();
      payload = claims.toByteArray();
      signature = signed.toByteArray();
      key =
          KeyFactory.getInstance("EC")
              .generatePublic(new X509EncodedKeySpec(signer.publicKey().spki().toByteArray()));
    }
  }

  /** What the verifier does for one image with one signature. */
  @Benchmark
  public Verified<VerifiedImage> verifier() throws BullaException {
    return Verifier.verify(Objects.requireNonNull(image), Objects.requireNonNull(policy));
  }

  /** What the provider needs for the signature alone. */
  @Benchmark
  public boolean bareSignature() throws GeneralSecurityException {
    Signature check = Signature.getInstance("SHA256withECDSA");
    check.initVerify(Objects.requireNonNull(key));
    check.update(Objects.requireNonNull(payload));
    return check.verify(Objects.requireNonNull(signature));
  }
}
