package dev.bulla.testkit.sigstore;

import dev.bulla.key.KeyType;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/**
 * A whole Sigstore in one process: authority, certificate log, both kinds of transparency log,
 * timestamp authority, token issuer, and a clock that the test sets. It shares no code with the
 * verifier, so that agreeing with it means something.
 *
 * <p>{@link #signer(VirtualIdentity)} makes bundles; {@link #trustedRoot()} is what verifies them;
 * {@link VirtualSigstoreServer} serves it over HTTP.
 */
public final class VirtualSigstore {

  /** How long before and after its first moment everything in it is valid. */
  public static final Duration LIFETIME = Duration.ofDays(3650);

  private final Instant from;
  private final Instant to;
  private volatile InstantSource clock;
  private final VirtualCa fulcio;
  private final VirtualCtLog ctLog;
  private final VirtualRekor1 rekor1;
  private final VirtualRekor2 rekor2;
  private final VirtualTsa tsa;
  private final VirtualOidc oidc;

  private VirtualSigstore(InstantSource clock) {
    this.clock = clock;
    Instant now = Instant.ofEpochSecond(clock.instant().getEpochSecond());
    this.from = now.minus(LIFETIME);
    this.to = now.plus(LIFETIME);
    this.fulcio = VirtualCa.codeSigning("virtual-fulcio", KeyType.EC_P384, from, to);
    this.ctLog = VirtualCtLog.create(KeyType.EC_P256);
    this.rekor1 = VirtualRekor1.create("rekor1.virtual.test");
    this.rekor2 = VirtualRekor2.create("rekor2.virtual.test");
    this.tsa = VirtualTsa.create("virtual-tsa", KeyType.EC_P256, from, to);
    this.oidc = VirtualOidc.create("https://oidc.virtual.test");
  }

  /** One whose clock stands at that time. */
  public static VirtualSigstore at(Instant time) {
    return new VirtualSigstore(InstantSource.fixed(time));
  }

  /** One whose clock is the machine's, for programs that look at it. */
  public static VirtualSigstore live() {
    return new VirtualSigstore(InstantSource.system());
  }

  /** Its time. */
  public Instant now() {
    return clock.instant();
  }

  /** Sets its clock, which then stands. */
  public void setTime(Instant time) {
    clock = InstantSource.fixed(time);
  }

  /** When everything in it begins to be valid. */
  public Instant validFrom() {
    return from;
  }

  /** When everything in it ends. */
  public Instant validTo() {
    return to;
  }

  public VirtualCa fulcio() {
    return fulcio;
  }

  public VirtualCtLog ctLog() {
    return ctLog;
  }

  public VirtualRekor1 rekor1() {
    return rekor1;
  }

  public VirtualRekor2 rekor2() {
    return rekor2;
  }

  public VirtualTsa tsa() {
    return tsa;
  }

  public VirtualOidc oidc() {
    return oidc;
  }

  /** Signs keyless: with a fresh key for each signature, certified for that identity. */
  public VirtualSigner signer(VirtualIdentity identity) {
    return new VirtualSigner(this, identity, null);
  }

  /** Signs with a key. */
  public VirtualSigner signer(VirtualKey key) {
    return new VirtualSigner(this, null, key);
  }

  /** Everything in it, to be trusted. */
  public TrustedRootText trustedRoot() {
    return TrustedRootText.empty()
        .authority(fulcio, "https://fulcio.virtual.test", from, null)
        .ctLog(ctLog, "https://ct.virtual.test", from, null)
        .log(rekor1, "https://" + rekor1.host(), from, null)
        .log(rekor2, "https://" + rekor2.origin(), from, null)
        .timestamps(tsa, "https://tsa.virtual.test/api/v1/timestamp", from, null);
  }
}
