package dev.bulla.benchmarks;

import dev.bulla.bundle.BundleJson;
import dev.bulla.bytes.Bytes;
import dev.bulla.error.BullaException;
import dev.bulla.evidence.BundleSignature;
import dev.bulla.evidence.Candidate;
import dev.bulla.evidence.Origin;
import dev.bulla.key.KeyType;
import dev.bulla.testkit.sigstore.VirtualBundle;
import dev.bulla.testkit.sigstore.VirtualIdentity;
import dev.bulla.testkit.sigstore.VirtualKey;
import dev.bulla.testkit.sigstore.VirtualSigstore;
import dev.bulla.trust.TrustedRoot;
import dev.bulla.verify.IdentityPolicy;
import dev.bulla.verify.Policy;
import dev.bulla.verify.SignedBlob;
import dev.bulla.verify.Verified;
import dev.bulla.verify.VerifiedBlob;
import dev.bulla.verify.Verifier;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.Signature;
import java.time.Instant;
import java.util.List;
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
 * Verifying a keyless bundle with everything in memory: signature, log entry with promise, proof
 * and checkpoint, chain of three certificates, promise of the certificate log, identity. Beside it
 * the bare P-256 check of the same provider.
 */
@State(Scope.Thread)
@Fork(1)
@Warmup(iterations = 5, time = 2)
@Measurement(iterations = 8, time = 2)
public class KeylessBenchmark {

  private static final String NAME = "alice@example.com";
  private static final String ISSUER = "https://issuer.example.com";
  private static final int OTHER_ENTRIES = 1000;

  /**
   * {@code jdk}, or {@code accp} for the Amazon Corretto Crypto Provider, whose jar then has to be
   * on the class path.
   */
  @Param("jdk")
  public String provider = "jdk";

  private @Nullable Bytes raw;
  private @Nullable SignedBlob blob;
  private @Nullable Policy policy;
  private byte @Nullable [] message;
  private byte @Nullable [] signature;
  private @Nullable PublicKey key;

  /** Signs once, in a log with other entries. */
  @Setup
  public void sign() throws BullaException, ReflectiveOperationException {
    Providers.install(provider);
    VirtualSigstore sigstore = VirtualSigstore.at(Instant.parse("2026-03-01T10:00:00Z"));
    VirtualKey own = VirtualKey.create(KeyType.EC_P256);
    for (int i = 0; i < OTHER_ENTRIES; i++) {
      sigstore.rekor1().add("hashedrekord", "0.0.1", Bytes.utf8("entry " + i), sigstore.now());
    }
    Bytes artifact = Bytes.utf8("an artifact");
    VirtualBundle bundle =
        sigstore
            .signer(VirtualIdentity.email(NAME, ISSUER))
            .key(own)
            .loggedIn(sigstore.rekor1())
            .message(artifact);
    Bytes bytes = bundle.bytes();
    Candidate candidate =
        new BundleSignature(new Origin("benchmark", 1), BundleJson.parse(bytes), bytes);
    raw = bytes;
    blob = SignedBlob.of(artifact, List.of(candidate));
    policy =
        Policy.requiringIdentity(
            IdentityPolicy.exactly(NAME, ISSUER),
            TrustedRoot.parse(sigstore.trustedRoot().bytes()));
    message = artifact.toByteArray();
    signature = bundle.signature().toByteArray();
    key = own.publicKey();
  }

  /** What the verifier does for one bundle that was read. */
  @Benchmark
  public Verified<VerifiedBlob> verifier() throws BullaException {
    return Verifier.verify(Objects.requireNonNull(blob), Objects.requireNonNull(policy));
  }

  /** Reading the bundle alone. */
  @Benchmark
  public Object parser() throws BullaException {
    return BundleJson.parse(Objects.requireNonNull(raw));
  }

  /**
   * What the provider needs for one signature by P-256; a verdict checks four, and two by P-384.
   */
  @Benchmark
  public boolean bareSignature() throws GeneralSecurityException {
    Signature check = Signature.getInstance("SHA256withECDSA");
    check.initVerify(Objects.requireNonNull(key));
    check.update(Objects.requireNonNull(message));
    return check.verify(Objects.requireNonNull(signature));
  }
}
