package dev.bulla;

import dev.bulla.bytes.Base64Text;
import dev.bulla.bytes.Bytes;
import dev.bulla.dsse.Envelope;
import dev.bulla.dsse.PreAuthEncoding;
import dev.bulla.error.BullaException;
import dev.bulla.error.MalformedInputException;
import dev.bulla.intoto.Statement;
import dev.bulla.key.SignatureCheck;
import dev.bulla.key.Signer;
import dev.bulla.oci.Descriptor;
import dev.bulla.oci.DigestReference;
import dev.bulla.oci.Reference;
import dev.bulla.payload.SimpleSigningPayload;
import dev.bulla.registry.RegistryClient;
import dev.bulla.store.EvidenceStore;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/** Reference to digest, payload, signature, store. */
final class ImageSigning {

  private final RegistryClient client;
  private final EvidenceStore store;
  private final InstantSource clock;

  ImageSigning(RegistryClient client, EvidenceStore store, InstantSource clock) {
    this.client = client;
    this.store = store;
    this.clock = clock;
  }

  static Bytes payload(DigestReference image, Map<String, String> annotations) {
    return SimpleSigningPayload.of(image.repository().toString(), image.digest(), annotations)
        .toBytes();
  }

  /** What signatures of the legacy format cover, one for each identity that is claimed. */
  static List<Bytes> payloads(DigestReference image, SignRequest request) {
    if (request.payload().isPresent()) {
      return List.of(request.payload().get());
    }
    if (request.identities().isEmpty()) {
      return List.of(payload(image, request.annotations()));
    }
    List<Bytes> payloads = new ArrayList<>();
    for (String identity : request.identities()) {
      payloads.add(
          SimpleSigningPayload.of(identity, image.digest(), request.annotations()).toBytes());
    }
    return payloads;
  }

  SignedManifest sign(SigningTarget target, SignRequest request, Progress progress)
      throws BullaException {
    return new SignedManifest(
        target,
        request.formats().contains(SignRequest.Format.LEGACY)
            ? signLegacy(request, target.image(), progress)
            : List.of(),
        request.formats().contains(SignRequest.Format.BUNDLE)
            ? Optional.of(signBundle(request, target.image(), progress))
            : Optional.empty());
  }

  void store(SignedManifest signed, SignRequest request, Progress progress) throws BullaException {
    DigestReference image = signed.image();
    if (!signed.legacy().isEmpty()) {
      progress.pushing(image.repository());
      for (SignedManifest.LegacySigned one : signed.legacy()) {
        storeLegacy(image, one, request);
      }
    }
    if (signed.bundle().isPresent()) {
      progress.pushing(image.repository());
      Optional<Descriptor> subject = signed.target().descriptor();
      if (subject.isPresent()) {
        store.addBundle(image, subject.get(), signed.bundle().get(), Statement.COSIGN_SIGN, now());
      } else {
        store.addBundle(image, signed.bundle().get(), Statement.COSIGN_SIGN, now());
      }
    }
  }

  List<SigningTarget> targets(Reference reference, boolean recursive) throws BullaException {
    if (recursive) {
      return new IndexWalk(client).from(reference);
    }
    if (reference instanceof DigestReference digest) {
      return List.of(new SigningTarget(digest, Optional.empty()));
    }
    Descriptor descriptor = new ImageResolver(client).describe(reference);
    return List.of(
        new SigningTarget(
            new DigestReference(reference.repository(), descriptor.digest(), reference.typed()),
            Optional.of(descriptor)));
  }

  private static List<SignedManifest.LegacySigned> signLegacy(
      SignRequest request, DigestReference image, Progress progress) throws BullaException {
    Vouching vouching = new Vouching(request, image, progress);
    List<SignedManifest.LegacySigned> signed = new ArrayList<>();
    for (Bytes payload : payloads(image, request)) {
      progress.signing();
      signed.add(vouching.legacy(payload, request.signer().sign(payload)));
    }
    return signed;
  }

  private void storeLegacy(
      DigestReference image, SignedManifest.LegacySigned signed, SignRequest request)
      throws BullaException {
    Predicate<String> sameSigner = sameSigner(request.signer(), signed.payload());
    if (request.recordCreationTime()) {
      store.addLegacySignature(image, signed.payload(), signed.annotations(), sameSigner, now());
    } else {
      store.addLegacySignature(image, signed.payload(), signed.annotations(), sameSigner);
    }
  }

  private static Predicate<String> sameSigner(Signer signer, Bytes payload) {
    return text -> {
      try {
        return signer
                .publicKey()
                .check(
                    payload,
                    Base64Text.decodeIgnoringNewlines(text, "signature annotation"),
                    Optional.empty())
            instanceof SignatureCheck.Matched;
      } catch (MalformedInputException e) {
        return false; // an unreadable signature is not ours, and stays where it is
      }
    };
  }

  private static Bytes signBundle(SignRequest request, DigestReference image, Progress progress)
      throws BullaException {
    Bytes statement = Statement.forImage(image.digest(), request.annotations());
    progress.signing();
    Bytes signature = request.signer().sign(PreAuthEncoding.of(Envelope.IN_TOTO, statement));
    return new Vouching(request, image, progress)
        .bundle(
            new Envelope(
                Envelope.IN_TOTO, statement, List.of(new Envelope.Signature(signature, ""))));
  }

  /** UTC, to the second. */
  private String now() {
    Instant now = clock.instant().truncatedTo(ChronoUnit.SECONDS);
    return now.toString();
  }
}
