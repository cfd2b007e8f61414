package dev.bulla.verify;

import dev.bulla.bytes.Bytes;
import dev.bulla.evidence.LegacySignature;
import dev.bulla.evidence.Origin;
import dev.bulla.intoto.Statement;
import dev.bulla.key.SignatureAlgorithm;
import dev.bulla.key.VerificationKey;
import dev.bulla.payload.SimpleSigningPayload;
import java.util.Optional;

/** One signature that satisfies the policy. Made by {@link Verifier} alone. */
public abstract sealed class VerifiedSignature {

  private final Origin origin;
  private final VerificationKey signer;
  private final Optional<SignerIdentity> identity;
  private final SignatureAlgorithm algorithm;
  private final Bytes signedBytes;

  private VerifiedSignature(
      Origin origin,
      VerificationKey signer,
      Optional<SignerIdentity> identity,
      SignatureAlgorithm algorithm,
      Bytes signedBytes) {
    this.origin = origin;
    this.signer = signer;
    this.identity = identity;
    this.algorithm = algorithm;
    this.signedBytes = signedBytes;
  }

  public Origin origin() {
    return origin;
  }

  /** The key that made it: the policy's, or that of the certificate. */
  public VerificationKey signer() {
    return signer;
  }

  /** Who made it, where the policy goes by certificates. */
  public Optional<SignerIdentity> identity() {
    return identity;
  }

  /** The algorithm that matched. */
  public SignatureAlgorithm algorithm() {
    return algorithm;
  }

  /**
   * The payload as received, which is what was verified; empty where the policy was given only the
   * digest of what is signed.
   */
  public Bytes signedBytes() {
    return signedBytes;
  }

  /** A signature over a simple-signing payload. */
  public static final class Legacy extends VerifiedSignature {
    private final LegacySignature found;
    private final Optional<SimpleSigningPayload> payload;

    Legacy(
        LegacySignature found,
        VerificationKey signer,
        Optional<SignerIdentity> identity,
        SignatureAlgorithm algorithm,
        Optional<SimpleSigningPayload> payload) {
      super(found.origin(), signer, identity, algorithm, found.payload());
      this.found = found;
      this.payload = payload;
    }

    /** As it was found. What the policy did not ask for is unchecked. */
    public LegacySignature found() {
      return found;
    }

    /** What was signed; empty only where the policy does not ask, and it is no such payload. */
    public Optional<SimpleSigningPayload> payload() {
      return payload;
    }
  }

  /** A signature over an in-toto statement in a Sigstore bundle. */
  public static final class Attested extends VerifiedSignature {
    private final Statement statement;
    private final Bytes bundle;

    Attested(
        Origin origin,
        VerificationKey signer,
        Optional<SignerIdentity> identity,
        SignatureAlgorithm algorithm,
        Bytes signedBytes,
        Statement statement,
        Bytes bundle) {
      super(origin, signer, identity, algorithm, signedBytes);
      this.statement = statement;
      this.bundle = bundle;
    }

    public Statement statement() {
      return statement;
    }

    /** The bundle that holds it, as received. */
    public Bytes bundle() {
      return bundle;
    }
  }

  /** A signature over the manifest itself, in a Sigstore bundle. */
  public static final class Message extends VerifiedSignature {
    private final Bytes bundle;

    Message(
        Origin origin,
        VerificationKey signer,
        Optional<SignerIdentity> identity,
        SignatureAlgorithm algorithm,
        Bytes signedBytes,
        Bytes bundle) {
      super(origin, signer, identity, algorithm, signedBytes);
      this.bundle = bundle;
    }

    /** The bundle that holds it, as received. */
    public Bytes bundle() {
      return bundle;
    }
  }
}
