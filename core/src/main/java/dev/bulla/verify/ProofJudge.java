package dev.bulla.verify;

import dev.bulla.bundle.Bundle;
import dev.bulla.bundle.Bundle.DsseContent;
import dev.bulla.bundle.Bundle.LogEntry;
import dev.bulla.bundle.Bundle.MessageSignature;
import dev.bulla.bytes.Bytes;
import dev.bulla.dsse.Envelope;
import dev.bulla.error.BullaException;
import dev.bulla.error.MalformedInputException;
import dev.bulla.error.NotProvenException;
import dev.bulla.error.Refusal.ReasonCode;
import dev.bulla.evidence.BundleSignature;
import dev.bulla.evidence.Candidate;
import dev.bulla.evidence.LegacyLogBundle;
import dev.bulla.evidence.LegacySignature;
import dev.bulla.evidence.LegacyTimestamp;
import dev.bulla.timestamp.ProvenTime;
import dev.bulla.timestamp.TimestampCheck;
import dev.bulla.timestamp.TimestampRefusal;
import dev.bulla.timestamp.TimestampToken;
import dev.bulla.tlog.LogCheck;
import dev.bulla.tlog.LoggedEntry;
import dev.bulla.tlog.LoggedSignature;
import dev.bulla.tlog.LoggedSignature.Enveloped;
import dev.bulla.tlog.LoggedSignature.LegacyPayload;
import dev.bulla.tlog.LoggedSignature.Message;
import dev.bulla.trust.TrustedRoot;
import dev.bulla.verify.CertificateJudge.Moment;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Decides whether a signature was logged, when it was made, and who made it. A class of its own so
 * that a process whose policy asks for none of it loads none of it.
 */
final class ProofJudge {

  /**
   * What came with a signature, unchecked.
   *
   * @param claims what has to be logged, any one of them; at least one
   * @param timestamps DER-encoded RFC 3161 responses
   */
  record Proof(List<LoggedSignature> claims, List<LogEntry> entries, List<Bytes> timestamps) {}

  private static final String ITS_ENTRY = "its transparency log entry";

  private ProofJudge() {}

  private static Proof of(Candidate candidate, SignerClaim signer, Bytes signature)
      throws NotProvenException, MalformedInputException {
    if (candidate instanceof LegacySignature legacy) {
      return ofLegacy(legacy, signer, signature);
    }
    Bundle bundle = ((BundleSignature) candidate).bundle();
    return bundle.content() instanceof DsseContent dsse
        ? ofEnvelope(bundle, signer, dsse.envelope(), signature)
        : ofMessage(bundle, signer, (MessageSignature) bundle.content());
  }

  private static Proof ofEnvelope(
      Bundle bundle, SignerClaim signer, Envelope envelope, Bytes signature) {
    return new Proof(
        signer.logged(signature, new Enveloped(envelope.payload(), envelope.signedBytes())),
        bundle.logEntries(),
        bundle.timestamps());
  }

  private static Proof ofMessage(Bundle bundle, SignerClaim signer, MessageSignature message)
      throws NotProvenException {
    if (message.digest().isEmpty()) {
      if (bundle.logEntries().isEmpty()) {
        throw notLogged();
      }
      throw new NotProvenException(
          ReasonCode.WRONG_LOG_ENTRY,
          "transparency log entry: the signature has no digest to compare it with");
    }
    Message signed =
        new Message(message.digest().get().algorithm(), message.digest().get().digest());
    return new Proof(
        signer.logged(message.signature(), signed), bundle.logEntries(), bundle.timestamps());
  }

  private static Proof ofLegacy(LegacySignature candidate, SignerClaim signer, Bytes signature)
      throws MalformedInputException {
    Optional<String> logged = candidate.logBundle();
    Optional<String> timestamp = candidate.timestamp();
    return new Proof(
        signer.logged(signature, new LegacyPayload(candidate.payload())),
        logged.isPresent() ? List.of(LegacyLogBundle.parse(logged.get())) : List.of(),
        timestamp.isPresent() ? List.of(LegacyTimestamp.parse(timestamp.get())) : List.of());
  }

  /**
   * Checks what came with a signature as far as the policy asks.
   *
   * @return who signed, where the policy goes by certificates
   */
  static Optional<SignerIdentity> prove(
      Policy policy, SignerClaim signer, Candidate candidate, Bytes signature)
      throws NotProvenException, MalformedInputException {
    Proof proof = of(candidate, signer, signature);
    List<Moment> moments = new ArrayList<>();
    if (!policy.ignoresLog()) {
      for (LoggedEntry entry : logged(policy, candidate, proof)) {
        if (entry.time().isPresent()) {
          moments.add(new Moment(entry.time().get(), Moment.By.LOG));
        }
      }
    }
    if (policy.timestampThreshold() > 0) {
      moments.clear();
    }
    if (policy.timestampThreshold() > 0 || policy.identity().isPresent()) {
      boolean needed = moments.isEmpty() && present(policy).isEmpty();
      moments.addAll(timestamped(policy, proof, needed));
    }
    if (moments.isEmpty() && present(policy).isPresent()) {
      moments.add(new Moment(present(policy).get(), Moment.By.PRESENT));
    }
    if (policy.identity().isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        CertificateJudge.judge(
            policy,
            policy.identity().get(),
            root(policy, "its certificate"),
            signer,
            policy.takesForeignIntermediates() ? SignerClaim.intermediates(candidate) : List.of(),
            moments,
            candidate instanceof LegacySignature));
  }

  /** The time to fall back on where neither log nor timestamp proves one. */
  private static Optional<Instant> present(Policy policy) {
    return policy.ignoresLog() ? policy.present() : Optional.empty();
  }

  /** The root of the policy, which may have to be fetched. */
  private static TrustedRoot root(Policy policy, String what) throws NotProvenException {
    String why = what + " cannot be checked without a trusted root";
    if (policy.trust().isEmpty()) {
      throw new NotProvenException(ReasonCode.UNDECIDED, why);
    }
    try {
      return policy.trust().get().root();
    } catch (BullaException e) {
      throw new NotProvenException(ReasonCode.UNDECIDED, why + ": " + e.message());
    }
  }

  /**
   * The times that authorities of the root prove.
   *
   * @param needed whether nothing else proves one
   */
  private static List<Moment> timestamped(Policy policy, Proof proof, boolean needed)
      throws NotProvenException {
    int threshold = Math.max(policy.timestampThreshold(), needed ? 1 : 0);
    if (proof.timestamps().isEmpty() && threshold > 0) {
      throw new NotProvenException(
          ReasonCode.NO_PROVEN_TIME, "nothing proves when the signature was made: no timestamp");
    }
    TrustedRoot root = root(policy, "its timestamp");
    List<Moment> moments = new ArrayList<>();
    Set<String> authorities = new HashSet<>();
    String why = "";
    for (Bytes der : proof.timestamps()) {
      try {
        TimestampCheck check =
            TimestampToken.parse(der)
                .verify(proof.claims().get(0).signature(), root.timestampAuthorities());
        if (check instanceof ProvenTime proven) {
          authorities.add(proven.authority().uri());
          moments.add(new Moment(proven.time(), Moment.By.TIMESTAMP));
        } else {
          why = ((TimestampRefusal) check).detail();
        }
      } catch (MalformedInputException e) {
        why = e.message();
      }
    }
    if (authorities.size() < threshold) {
      throw new NotProvenException(
          ReasonCode.WRONG_TIMESTAMP,
          "timestamp: "
              + (why.isEmpty()
                  ? "by " + authorities.size() + " authorities, expected " + threshold
                  : why));
    }
    return moments;
  }

  private static List<LoggedEntry> logged(Policy policy, Candidate candidate, Proof proof)
      throws NotProvenException, MalformedInputException {
    List<LoggedEntry> facts;
    if (!proof.entries().isEmpty()) {
      facts = logged(proof, root(policy, ITS_ENTRY));
    } else if (policy.logLookup().isPresent() && candidate instanceof LegacySignature) {
      facts = List.of(lookedUp(policy, policy.logLookup().get(), proof));
    } else {
      throw notLogged();
    }
    Set<Bytes> logs = new HashSet<>();
    for (LoggedEntry fact : facts) {
      logs.add(fact.logId());
    }
    if (logs.size() < policy.logThreshold()) {
      throw new NotProvenException(
          ReasonCode.NO_LOG_ENTRY,
          "found in " + logs.size() + " transparency logs, expected " + policy.logThreshold());
    }
    return facts;
  }

  private static List<LoggedEntry> logged(Proof proof, TrustedRoot root)
      throws NotProvenException, MalformedInputException {
    for (LoggedSignature claim : proof.claims().subList(1, proof.claims().size())) {
      try {
        return LogCheck.verify(proof.entries(), root.logs(), claim);
      } catch (NotProvenException e) {
        // the first claim says why
      }
    }
    return LogCheck.verify(proof.entries(), root.logs(), proof.claims().get(0));
  }

  /**
   * The earliest entry that the log can prove. Anyone may have a signature recorded again, so a
   * later one, or one that proves nothing, takes nothing away.
   */
  private static LoggedEntry lookedUp(Policy policy, LogLookup log, Proof proof)
      throws NotProvenException {
    NotProvenException first = null;
    for (LoggedSignature claim : proof.claims()) {
      List<LogEntry> found;
      try {
        found = ask(log, claim);
      } catch (NotProvenException e) {
        first = e; // weighs more than a refusal, and less than an entry of the next claim
        continue;
      }
      for (LogEntry entry : found) {
        TrustedRoot root = root(policy, ITS_ENTRY);
        try {
          return LogCheck.verify(List.of(entry), root.logs(), claim).get(0);
        } catch (NotProvenException e) {
          first = first == null ? e : first;
        } catch (MalformedInputException e) {
          first = new NotProvenException(ReasonCode.UNDECIDED, e); // weighs more than a refusal
        }
      }
    }
    throw first == null ? notLogged() : first;
  }

  private static List<LogEntry> ask(LogLookup log, LoggedSignature claim)
      throws NotProvenException {
    try {
      return log.entries(claim);
    } catch (BullaException e) {
      throw new NotProvenException(
          ReasonCode.UNDECIDED, "the transparency log could not be asked: " + e.message());
    }
  }

  private static NotProvenException notLogged() {
    return new NotProvenException(
        ReasonCode.NO_LOG_ENTRY, "signature not found in transparency log");
  }
}
