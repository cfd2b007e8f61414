package dev.bulla.certificate;

import dev.bulla.bytes.Bytes;
import dev.bulla.certificate.ChainRefusal.Reason;
import dev.bulla.der.DerReader;
import dev.bulla.der.DerWriter;
import dev.bulla.error.MalformedInputException;
import dev.bulla.key.KeyType;
import dev.bulla.key.SignatureAlgorithm;
import dev.bulla.key.SignatureCheck.Matched;
import dev.bulla.key.VerificationKey;
import dev.bulla.limits.Limits;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Decides whether a chain of certificates held at a given time (RFC 5280 §6.1, without policies and
 * name constraints: an authority that sets them is refused).
 *
 * <p>Every certificate of the chain has to be valid at that time, the anchor too. Names are equal
 * when their encodings are.
 */
public final class CertificateChain {

  /** What is understood, so that it may be critical. */
  private static final Set<String> UNDERSTOOD =
      Set.of(
          CertificateExtension.ALTERNATIVE_NAME,
          CertificateExtension.BASIC_CONSTRAINTS,
          CertificateExtension.KEY_USAGE,
          CertificateExtension.EXTENDED_KEY_USAGE,
          CertificateExtension.SUBJECT_KEY_ID,
          CertificateExtension.AUTHORITY_KEY_ID);

  /** Certificates that share a name could make the search long: checks in all. */
  private static final int MAX_SIGNATURE_CHECKS = 64;

  private final Instant at;
  private final CertificateUsage usage;
  private int checksLeft = MAX_SIGNATURE_CHECKS;

  /**
   * How far the search came, in steps that the refusals below number, and what stopped it there.
   */
  private int progress;

  private ChainRefusal furthest =
      new ChainRefusal(Reason.NO_TRUST_ANCHOR, "no authority is trusted");

  private CertificateChain(Instant at, CertificateUsage usage) {
    this.at = at;
    this.usage = usage;
  }

  /**
   * Whether the leaf leads to one of the authorities at this time; the first that it leads to wins.
   * A certificate for signing code that the user trusts itself needs nobody above it: it may then
   * vouch for itself, and be an authority's.
   *
   * @param intermediates certificates that came along; they may lead to an anchor and never are one
   * @param at when the leaf's key was used: a proven time, not the present one
   */
  public static ChainCheck verify(
      Certificate leaf,
      List<Certificate> intermediates,
      List<CertificateAuthority> authorities,
      Instant at,
      CertificateUsage usage) {
    if (intermediates.size() > Limits.MAX_BUNDLE_PROOFS) {
      return new ChainRefusal(
          Reason.PATH_TOO_LONG,
          "more than " + Limits.MAX_BUNDLE_PROOFS + " intermediate certificates");
    }
    CertificateChain search = new CertificateChain(at, usage);
    ChainCheck asAnchor = null;
    for (CertificateAuthority authority : authorities) {
      if (usage == CertificateUsage.CODE_SIGNING && leaf.equals(authority.anchor())) {
        asAnchor = search.anchorAsLeaf(leaf, authority);
        if (asAnchor instanceof CertificatePath) {
          return asAnchor; // it may be trusted for several periods
        }
      }
    }
    if (asAnchor != null) {
      return asAnchor;
    }
    Optional<ChainRefusal> unfit = search.unfitLeaf(leaf);
    if (unfit.isPresent()) {
      return unfit.get();
    }
    for (CertificateAuthority authority : authorities) {
      List<Certificate> candidates = new ArrayList<>();
      candidates.add(authority.anchor());
      candidates.addAll(authority.intermediates());
      candidates.addAll(intermediates);
      CertificatePath path = search.extend(List.of(leaf), candidates, authority);
      if (path != null) {
        return path;
      }
    }
    return search.furthest;
  }

  /** Whoever has an anchor's key could issue any leaf: that it signs content gives away nothing. */
  private ChainCheck anchorAsLeaf(Certificate leaf, CertificateAuthority authority) {
    Optional<ChainRefusal> unfit = unfitForContent(leaf);
    if (unfit.isPresent()) {
      return unfit.get();
    }
    return authority.validFor().contains(at)
        ? new CertificatePath(List.of(leaf), authority, usage, at)
        : new ChainRefusal(Reason.OUTSIDE_AUTHORITY_VALIDITY, "it was not trusted at " + at);
  }

  private Optional<ChainRefusal> unfitLeaf(Certificate leaf) {
    if (leaf.isAuthority()) {
      return refusal(Reason.AUTHORITY_AS_LEAF, "the certificate is an authority's");
    }
    if (leaf.subject().equals(leaf.issuer()) && signs(leaf, leaf) == null) {
      return refusal(Reason.SELF_SIGNED_LEAF, "the certificate vouches for itself");
    }
    return unfitForContent(leaf);
  }

  private Optional<ChainRefusal> unfitForContent(Certificate leaf) {
    if (!usage.fitsLeaf(leaf) || !leaf.maySignContent()) {
      return refusal(Reason.WRONG_USAGE, "the certificate is not for " + named(usage));
    }
    return Optional.ofNullable(unfitAnywhere(leaf, "the certificate"));
  }

  /** What has to hold for every certificate of the chain. */
  private @Nullable ChainRefusal unfitAnywhere(Certificate certificate, String what) {
    for (String oid : certificate.criticalExtensions()) {
      if (!UNDERSTOOD.contains(oid)) {
        return new ChainRefusal(
            Reason.UNKNOWN_CRITICAL_EXTENSION, what + " has the critical extension " + oid);
      }
    }
    if (at.isBefore(certificate.notBefore())) {
      return new ChainRefusal(
          Reason.NOT_YET_VALID,
          what + " is valid from " + certificate.notBefore() + ", later than " + at);
    }
    if (at.isAfter(certificate.notAfter())) {
      return new ChainRefusal(
          Reason.EXPIRED,
          what + " was valid until " + certificate.notAfter() + ", earlier than " + at);
    }
    return null;
  }

  private @Nullable ChainRefusal unfitIssuer(Certificate issuer, int authoritiesBelow) {
    if (!issuer.isAuthority() || !issuer.maySignCertificates()) {
      return new ChainRefusal(Reason.NOT_AN_AUTHORITY, "an issuer may not sign certificates");
    }
    if (issuer.extension(CertificateExtension.NAME_CONSTRAINTS).isPresent()) {
      return new ChainRefusal(
          Reason.UNKNOWN_CRITICAL_EXTENSION,
          "an issuer restricts names, in a way that is not understood");
    }
    if (!usage.fitsAuthority(issuer)) {
      return new ChainRefusal(Reason.WRONG_USAGE, "an issuer is not for " + named(usage));
    }
    if (issuer.pathLength().isPresent() && issuer.pathLength().getAsInt() < authoritiesBelow) {
      return new ChainRefusal(Reason.PATH_TOO_LONG, "an issuer permits fewer authorities below it");
    }
    return unfitAnywhere(issuer, "an issuer");
  }

  /**
   * Looks for a way from the last certificate of the path to the anchor, the first candidate. Where
   * there is none, what stopped it is noted.
   */
  private @Nullable CertificatePath extend(
      List<Certificate> path, List<Certificate> candidates, CertificateAuthority authority) {
    int depth = path.size();
    Certificate last = path.get(depth - 1);
    if (depth == Limits.MAX_CHAIN) {
      stopped(10 * depth, Reason.PATH_TOO_LONG, "more than " + depth + " certificates");
      return null;
    }
    if (depth == 1) {
      stopped(10, Reason.ISSUER_MISMATCH, "no trusted certificate has its issuer's name");
    } else {
      stopped(10 * depth, Reason.NO_TRUST_ANCHOR, "the chain leads to no trusted one");
    }
    for (Certificate issuer : candidates) {
      if (issuer.subject().equals(last.issuer()) && !path.contains(issuer)) {
        CertificatePath found = step(path, issuer, candidates, authority);
        if (found != null) {
          return found;
        }
      }
    }
    return null;
  }

  private @Nullable CertificatePath step(
      List<Certificate> path,
      Certificate issuer,
      List<Certificate> candidates,
      CertificateAuthority authority) {
    int depth = path.size();
    if (checksLeft == 0) {
      stopped(Integer.MAX_VALUE, Reason.PATH_TOO_LONG, "too many certificates with the same name");
      return null;
    }
    ChainRefusal refusal = signs(issuer, path.get(depth - 1));
    if (refusal != null) {
      stopped(10 * depth + 1, refusal.reason(), refusal.detail());
      return null;
    }
    refusal = unfitIssuer(issuer, depth - 1);
    if (refusal != null) {
      stopped(10 * depth + 2, refusal.reason(), refusal.detail());
      return null;
    }
    List<Certificate> longer = new ArrayList<>(path);
    longer.add(issuer);
    if (!issuer.equals(authority.anchor())) {
      return extend(longer, candidates, authority);
    }
    if (!authority.validFor().contains(at)) {
      stopped(
          Integer.MAX_VALUE,
          Reason.OUTSIDE_AUTHORITY_VALIDITY,
          "its authority was not trusted at " + at);
      return null;
    }
    return new CertificatePath(longer, authority, usage, at);
  }

  /** Notes what stopped the search, if it never came further; the first of those alike counts. */
  private void stopped(int afterSteps, Reason reason, String detail) {
    if (afterSteps > progress) {
      progress = afterSteps;
      furthest = new ChainRefusal(reason, detail);
    }
  }

  /** Why the issuer's key did not sign the certificate, or null when it did. */
  private @Nullable ChainRefusal signs(Certificate issuer, Certificate certificate) {
    checksLeft--;
    VerificationKey key = issuer.publicKey();
    Optional<SignatureAlgorithm> algorithm = certificate.signatureAlgorithm().signature(key.type());
    if (algorithm.isEmpty()) {
      return new ChainRefusal(
          Reason.UNSUPPORTED_ALGORITHM,
          "signed by algorithm "
              + certificate.signatureAlgorithm().oid()
              + " with a key of type "
              + key.type().description());
    }
    Optional<Bytes> signature = inItsOnlyForm(certificate.signature(), key.type());
    boolean matches =
        signature.isPresent()
            && key.check(certificate.signedPart(), signature.get(), algorithm.get())
                instanceof Matched;
    return matches
        ? null
        : new ChainRefusal(
            Reason.SIGNATURE_MISMATCH, "a certificate was not signed by the key of its issuer");
  }

  /**
   * Keys take ECDSA signatures in two forms; a certificate has one. It is made from what was read,
   * so that nothing else can be what is checked.
   */
  private static Optional<Bytes> inItsOnlyForm(Bytes signature, KeyType type) {
    if (type.family() != KeyType.Family.EC) {
      return Optional.of(signature);
    }
    try {
      DerReader whole = DerReader.of(signature.toByteArray(), "signature");
      DerReader numbers = whole.enter(DerReader.SEQUENCE);
      whole.finish();
      byte[] r = DerWriter.integer(numbers.unsigned());
      byte[] s = DerWriter.integer(numbers.unsigned());
      numbers.finish();
      return Optional.of(Bytes.owning(DerWriter.sequence(r, s)));
    } catch (MalformedInputException e) {
      return Optional.empty();
    }
  }

  private static String named(CertificateUsage usage) {
    return usage == CertificateUsage.CODE_SIGNING ? "signing code" : "timestamps";
  }

  private static Optional<ChainRefusal> refusal(Reason reason, String detail) {
    return Optional.of(new ChainRefusal(reason, detail));
  }
}
