package dev.bulla;

import dev.bulla.bundle.Bundle;
import dev.bulla.bytes.Base64Text;
import dev.bulla.bytes.Bytes;
import dev.bulla.digest.Digest;
import dev.bulla.error.BullaException;
import dev.bulla.error.MalformedInputException;
import dev.bulla.error.Refusal;
import dev.bulla.error.Refusal.ReasonCode;
import dev.bulla.error.VerificationException;
import dev.bulla.error.VerificationException.Outcome;
import dev.bulla.evidence.BundleSignature;
import dev.bulla.evidence.Candidate;
import dev.bulla.evidence.LegacySignature;
import dev.bulla.evidence.Unreadable;
import dev.bulla.intoto.Statement;
import dev.bulla.oci.DigestReference;
import dev.bulla.registry.RegistryClient;
import dev.bulla.store.EvidenceSearch;
import dev.bulla.store.EvidenceStore;
import dev.bulla.store.EvidenceTags;
import dev.bulla.store.StoreOptions;
import dev.bulla.verify.Policy;
import dev.bulla.verify.SignedImage;
import dev.bulla.verify.Verifier;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Finds signatures that a request asks for among what is kept beside an image: same digest, same
 * key, same signed bytes. It reads as {@code verify} reads, and the one verifier has the last word
 * on each.
 */
final class OwnSignatures {

  private static final Duration FIRST_PAUSE = Duration.ofMillis(200);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(4);

  private final RegistryClient client;
  private final EvidenceStore store;
  private final String tagPrefix;

  OwnSignatures(RegistryClient client, StoreOptions options) {
    this.client = client;
    this.store = new EvidenceStore(client, options);
    this.tagPrefix = options.tagPrefix();
  }

  /**
   * One signature that has to be there.
   *
   * @param bundle the very bundle, where no other will do
   */
  private record Wanted(SignRequest.Format format, Bytes payload, Optional<Bytes> bundle) {

    boolean isIn(Candidate candidate, String signatureTag) {
      if (candidate instanceof LegacySignature legacy) {
        String place = legacy.origin().place();
        // what lies elsewhere is read by bulla, and not by everybody who reads this format
        return format == SignRequest.Format.LEGACY
            && (place.equals(signatureTag) || place.startsWith(signatureTag + "-"))
            && legacy.payload().equals(payload);
      }
      return format == SignRequest.Format.BUNDLE
          && candidate instanceof BundleSignature found
          && found.bundle().content() instanceof Bundle.DsseContent dsse
          && dsse.envelope().payload().equals(payload)
          && (bundle.isEmpty() || bundle.get().equals(found.raw()));
    }
  }

  /**
   * What of a request is there already.
   *
   * @return for each format of the request all of its signatures, or none of them
   * @throws VerificationException undecided, when a place could not be looked at and nothing found
   *     makes that needless; malformed, when a list cannot be read
   */
  List<StoredSignature> alreadyThere(DigestReference image, SignRequest request)
      throws BullaException {
    List<Wanted> wanted = wanted(image, request);
    EvidenceSearch search = store.search(image, payloads(wanted));
    List<Candidate> candidates = new ArrayList<>(search.first());
    List<StoredSignature> found = find(image, request, wanted, candidates);
    if (found.size() < wanted.size()) {
      candidates.addAll(search.rest());
      found = find(image, request, wanted, candidates);
      if (found.size() < wanted.size()) {
        requireLookedAt(image, candidates);
      }
    }
    Set<SignRequest.Format> incomplete = EnumSet.noneOf(SignRequest.Format.class);
    for (SignRequest.Format format : request.formats()) {
      if (count(wanted, format) > found.stream().filter(s -> s.format() == format).count()) {
        incomplete.add(format);
      }
    }
    return found.stream().filter(s -> !incomplete.contains(s.format())).toList();
  }

  private static long count(List<Wanted> wanted, SignRequest.Format format) {
    return wanted.stream().filter(w -> w.format() == format).count();
  }

  /**
   * Reads back what was stored, again and again until all of it is there.
   *
   * @return in the order of the formats, legacy first
   * @throws VerificationException undecided, when the time is over
   */
  List<StoredSignature> readBack(SignedManifest signed, SignRequest request, Duration within)
      throws BullaException {
    DigestReference image = signed.image();
    List<Wanted> wanted = new ArrayList<>();
    for (SignedManifest.LegacySigned one : signed.legacy()) {
      wanted.add(new Wanted(SignRequest.Format.LEGACY, one.payload(), Optional.empty()));
    }
    if (signed.bundle().isPresent()) {
      wanted.add(
          new Wanted(
              SignRequest.Format.BUNDLE,
              Statement.forImage(image.digest(), request.annotations()),
              signed.bundle()));
    }
    Duration pause = FIRST_PAUSE;
    List<Candidate> candidates;
    do {
      EvidenceSearch search = store.search(image, payloads(wanted));
      candidates = new ArrayList<>(search.first());
      List<StoredSignature> found = find(image, request, wanted, candidates);
      if (found.size() < wanted.size()) {
        candidates.addAll(search.rest());
        found = find(image, request, wanted, candidates);
      }
      if (found.size() == wanted.size()) {
        return found;
      }
      client.pauseUpTo(pause);
      pause = pause.multipliedBy(2);
      if (pause.compareTo(LONGEST_PAUSE) > 0) {
        pause = LONGEST_PAUSE;
      }
    } while (client.timeLeft().isPositive());
    throw new VerificationException(
        Outcome.UNDECIDED,
        "the signature of "
            + image
            + " was stored, and could not be read back within "
            + text(within)
            + reasons(candidates),
        unread(candidates),
        "it may become visible later: verify the image, or run this line again with --if-absent");
  }

  private static String text(Duration duration) {
    return duration.toMillis() % 1000 == 0
        ? duration.toSeconds() + " s"
        : duration.toMillis() + " ms";
  }

  private static String reasons(List<Candidate> candidates) {
    StringBuilder text = new StringBuilder();
    for (Refusal refusal : unread(candidates)) {
      text.append(text.isEmpty() ? ": " : "\n ").append(refusal.detail());
    }
    return text.toString();
  }

  private static List<Refusal> unread(List<Candidate> candidates) {
    List<Refusal> refusals = new ArrayList<>();
    for (Candidate candidate : candidates) {
      if (candidate instanceof Unreadable unreadable) {
        refusals.add(
            new Refusal(
                unreadable.origin().toString(),
                unreadable.isMalformed() ? ReasonCode.MALFORMED : ReasonCode.UNDECIDED,
                unreadable.why().message()));
      }
    }
    return refusals;
  }

  private static List<Wanted> wanted(DigestReference image, SignRequest request) {
    List<Wanted> wanted = new ArrayList<>();
    if (request.formats().contains(SignRequest.Format.LEGACY)) {
      for (Bytes payload : ImageSigning.payloads(image, request)) {
        wanted.add(new Wanted(SignRequest.Format.LEGACY, payload, Optional.empty()));
      }
    }
    if (request.formats().contains(SignRequest.Format.BUNDLE)) {
      wanted.add(
          new Wanted(
              SignRequest.Format.BUNDLE,
              Statement.forImage(image.digest(), request.annotations()),
              Optional.empty()));
    }
    return wanted;
  }

  private static List<Bytes> payloads(List<Wanted> wanted) {
    return wanted.stream()
        .filter(one -> one.format() == SignRequest.Format.LEGACY)
        .map(Wanted::payload)
        .toList();
  }

  private List<StoredSignature> find(
      DigestReference image, SignRequest request, List<Wanted> wanted, List<Candidate> candidates) {
    String tag =
        store
            .repositoryFor(image)
            .tag(EvidenceTags.signatures(tagPrefix, image.digest()))
            .toString();
    List<StoredSignature> found = new ArrayList<>();
    for (Wanted one : wanted) {
      for (Candidate candidate : candidates) {
        if (one.isIn(candidate, tag)
            && hasProofs(request.services(), candidate)
            && counts(image, request, candidate)) {
          found.add(
              new StoredSignature(
                  image,
                  one.format(),
                  candidate.origin().place(),
                  Digest.sha256(one.payload()),
                  Digest.sha256(signature(candidate))));
          break;
        }
      }
    }
    return found;
  }

  /** Whether it has at least what the request wants to be added to a signature. */
  private static boolean hasProofs(SigningServices services, Candidate candidate) {
    if (candidate instanceof BundleSignature found) {
      return found.bundle().logEntries().size() >= services.logs().size()
          && found.bundle().timestamps().size() >= services.authorities().size();
    }
    return candidate instanceof LegacySignature legacy
        && (services.logs().isEmpty() || legacy.logBundle().isPresent())
        && (services.authorities().isEmpty() || legacy.timestamp().isPresent());
  }

  private static boolean counts(DigestReference image, SignRequest request, Candidate candidate) {
    try {
      Verifier.verify(new SignedImage(image, List.of(candidate)), policy(request, candidate));
      return true;
    } catch (VerificationException | MalformedInputException e) {
      return false;
    }
  }

  private static Policy policy(SignRequest request, Candidate candidate)
      throws MalformedInputException {
    Optional<Policy> whole =
        request.services().trust().isEmpty()
            ? Optional.empty()
            : SelfCheck.policy(
                request, request.services().trust().get(), candidate instanceof BundleSignature);
    if (whole.isPresent()) {
      return whole.get();
    }
    Policy byKey =
        Policy.requiringKey(request.signer().publicKey())
            .withAnnotations(request.payload().isPresent() ? Map.of() : request.annotations())
            .insecurelyIgnoringLog();
    return request.payload().isPresent() && candidate instanceof LegacySignature
        ? byKey.insecurelyIgnoringClaims() // its bytes are compared; who knows what they say
        : byKey;
  }

  private static Bytes signature(Candidate verified) {
    if (verified instanceof BundleSignature bundle
        && bundle.bundle().content() instanceof Bundle.DsseContent dsse) {
      return dsse.envelope().signatures().get(0).sig();
    }
    try {
      return Base64Text.decodeIgnoringNewlines(
          ((LegacySignature) verified).signatureText(), "signature annotation");
    } catch (MalformedInputException e) {
      throw new AssertionError("a verified signature cannot be decoded", e);
    }
  }

  /** That one object is broken says nothing about others; a place that is not known does. */
  private static void requireLookedAt(DigestReference image, List<Candidate> candidates)
      throws VerificationException {
    List<Refusal> open = new ArrayList<>();
    Outcome outcome = Outcome.MALFORMED;
    for (Candidate candidate : candidates) {
      if (!(candidate instanceof Unreadable unreadable)) {
        continue;
      }
      boolean place =
          unreadable.origin().ordinal() == 0 && unreadable.origin().place().indexOf('@') < 0;
      if (!unreadable.isMalformed() || place) {
        open.addAll(unread(List.of(unreadable)));
      }
      if (!unreadable.isMalformed()) {
        outcome = Outcome.UNDECIDED;
      }
    }
    if (!open.isEmpty()) {
      throw new VerificationException(
          outcome,
          "could not find out whether "
              + image
              + " has this signature already"
              + reasons(candidates),
          open,
          "nothing was written; without --if-absent the signature is added in any case");
    }
  }
}
