package dev.bulla.testkit.sigstore;

import dev.bulla.bytes.Base64Text;
import dev.bulla.bytes.Bytes;
import dev.bulla.certificate.Certificate;
import dev.bulla.digest.Digest;
import dev.bulla.digest.HashAlgorithm;
import dev.bulla.error.MalformedInputException;
import dev.bulla.json.GoJson;
import dev.bulla.json.JsonObject;
import dev.bulla.json.ProtoFields;
import dev.bulla.key.KeyType;
import dev.bulla.testkit.sigstore.VirtualSigner.EnvelopeEntry;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The defects of the public conformance cases, minted: each as a pair of which one side has the
 * defect and the other is the same without it. Named as the cases are.
 */
final class Defects {

  static final String NAME = "alice@example.com";
  static final String ISSUER = "https://issuer.example.com";

  /** Everything that a verdict depends on. */
  record Asked(Bytes bundle, Bytes artifact, Bytes root, Optional<String> keyPem) {

    Asked withBundle(Bytes other) {
      return new Asked(other, artifact, root, keyPem);
    }

    Asked withArtifact(Bytes other) {
      return new Asked(bundle, other, root, keyPem);
    }

    Asked withRoot(Bytes other) {
      return new Asked(bundle, artifact, other, keyPem);
    }

    Asked withKey(String pem) {
      return new Asked(bundle, artifact, root, Optional.of(pem));
    }
  }

  /**
   * Both sides.
   *
   * @param where the members of the bundle, or of the trusted root, inside which alone they differ;
   *     empty where what differs is the artifact or the key
   */
  record Pair(Asked broken, Asked repaired, List<String> where) {}

  /** Mints a pair. */
  interface Defect {
    Pair mint() throws MalformedInputException;
  }

  private static final String CHAIN = "verificationMaterial.x509CertificateChain";
  private static final String ENTRY = "verificationMaterial.tlogEntries[0]";
  private static final String PROOF = ENTRY + ".inclusionProof";
  private static final String NOTE = PROOF + ".checkpoint.envelope";
  private static final String LEAF = "verificationMaterial.certificate";
  private static final String STAMPS = "verificationMaterial.timestampVerificationData";

  /** Another instance has the same services with other keys. */
  private static final List<String> KEYS_OF_A_ROOT =
      List.of(
          "tlogs[0].publicKey.rawBytes",
          "tlogs[0].logId.keyId",
          "tlogs[1].publicKey.rawBytes",
          "tlogs[1].logId.keyId",
          "ctlogs[0].publicKey.rawBytes",
          "ctlogs[0].logId.keyId",
          "certificateAuthorities[0].certChain.certificates",
          "timestampAuthorities[0].certChain.certificates");

  private static final String TSA_URL = "https://tsa.virtual.test/api/v1/timestamp";
  private static final String PREDICATE = "https://example.com/predicate/v1";
  private static final Instant NOW = Instant.parse("2026-03-01T10:00:00Z");
  private static final Instant LATER = NOW.plus(Duration.ofDays(1));
  private static final Bytes ARTIFACT = Bytes.utf8("the artifact");
  private static final Bytes OTHER_ARTIFACT = Bytes.utf8("another artifact");
  private static final Bytes DIGEST = PemText.sha256(ARTIFACT);
  private static final Bytes OTHER_DIGEST = PemText.sha256(OTHER_ARTIFACT);

  private final VirtualSigstore sigstore = VirtualSigstore.at(NOW);
  private final VirtualRekor1 rekor1 = sigstore.rekor1();
  private final VirtualRekor2 rekor2 = sigstore.rekor2();
  private final VirtualKey key = VirtualKey.create(KeyType.EC_P256);
  private final VirtualKey otherKey = VirtualKey.create(KeyType.EC_P256);
  private final Map<String, Defect> all = new LinkedHashMap<>();

  Defects() {
    structure();
    signatures();
    entries();
    oldLog();
    newLog();
    times();
    trust();
  }

  Map<String, Defect> byName() {
    return all;
  }

  private void structure() {
    all.put(
        "bundle-empty-certificate-chain_fail",
        () -> edited(old(), b -> b.withKeyMaterial(VirtualBundle.chain(List.of())), CHAIN));
    all.put(
        "bundle-with-root-cert_fail",
        () -> {
          VirtualBundle good = old();
          List<Bytes> chain = new ArrayList<>(List.of(leaf(good)));
          chain.addAll(sigstore.fulcio().chain());
          return edited(good, b -> b.withKeyMaterial(VirtualBundle.chain(chain)), CHAIN);
        });
    all.put(
        "bundle-unknown-version_fail",
        () ->
            edited(
                old(),
                b -> b.withMediaType("application/vnd.dev.sigstore.bundle+json;version=99.9"),
                "mediaType"));
    all.put(
        "bundle-invalid-base64-signature_fail",
        () -> {
          VirtualBundle good = message();
          String signature = Base64Text.encode(good.signature());
          return new Pair(
              asked(good).withBundle(replaced(good.bytes(), signature, "!" + signature)),
              asked(good),
              List.of("messageSignature.signature"));
        });
  }

  private void signatures() {
    all.put(
        "signature-mismatch_fail",
        () -> {
          Bytes foreign = key.sign(OTHER_ARTIFACT);
          return edited(
              message(),
              b -> b.withContent(VirtualBundle.message(HashAlgorithm.SHA256, DIGEST, foreign)),
              "messageSignature.signature");
        });
    all.put("dsse-invalid-sig_fail", () -> signatureOfOtherBytes(old1()));
    all.put("rekor2-dsse-invalid-sig_fail", () -> signatureOfOtherBytes(new2()));
    all.put(
        "wrong-material_fail",
        () -> {
          Asked good = asked(message());
          return new Pair(good.withArtifact(OTHER_ARTIFACT), good, List.of());
        });
  }

  private Pair signatureOfOtherBytes(VirtualSigner signer) throws MalformedInputException {
    VirtualBundle good = statement(signer);
    ProtoFields envelope = envelope(good);
    String type = envelope.requiredString("payloadType");
    Bytes foreign = key.sign(VirtualSigner.pae(type, OTHER_ARTIFACT));
    Bytes payload = envelope.requiredBytes("payload");
    return edited(
        good,
        b -> b.withContent(VirtualBundle.envelope(type, payload, foreign)),
        "dsseEnvelope.signatures[0].sig");
  }

  private void entries() {
    all.put(
        "dsse-mismatch-sig_fail",
        () -> {
          VirtualBundle good = statement(old1());
          ProtoFields envelope = envelope(good);
          Bytes payload = envelope.requiredBytes("payload");
          String type = envelope.requiredString("payloadType");
          Bytes again = key.sign(VirtualSigner.pae(type, payload));
          String text =
              GoJson.write(VirtualBundle.envelopeJson(type, payload, again))
                  .toUtf8String("envelope");
          VirtualEntry entry = rekor1.dsse(text, payload, again, pem(good), NOW);
          return edited(good, b -> b.withEntries(entry), ENTRY);
        });
    all.put(
        "rekor2-dsse-mismatch-envelope_fail",
        () -> {
          VirtualBundle good = statement(new2());
          VirtualRekor2.Signer signer = VirtualRekor2.Signer.certificate(leaf(good), key);
          VirtualEntry entry =
              rekor2.hashedrekord(
                  HashAlgorithm.SHA256, OTHER_DIGEST, good.signature(), signer, NOW);
          return edited(good, b -> b.withEntries(entry), ENTRY);
        });
    all.put(
        "wrong-hashedrekord-artifact_fail",
        () -> {
          VirtualBundle good = message();
          VirtualEntry entry = entry(OTHER_DIGEST, good, pem(good));
          return edited(good, b -> b.withEntries(entry), ENTRY);
        });
    all.put(
        "wrong-hashedrekord-cert-and-sig_fail",
        () -> {
          VirtualEntry entry =
              sigstore
                  .signer(VirtualIdentity.email(NAME, ISSUER))
                  .key(otherKey)
                  .loggedIn(rekor1)
                  .message(ARTIFACT)
                  .entries()
                  .get(0);
          return edited(message(), b -> b.withEntries(entry), ENTRY);
        });
    all.put(
        "incorrect-public-key_fail",
        () -> {
          VirtualBundle good = sigstore.signer(key).loggedIn(rekor1).message(ARTIFACT);
          VirtualBundle bad = good.withEntries(entry(DIGEST, good, otherKey.publicPem()));
          return new Pair(
              asked(bad).withKey(key.publicPem()),
              asked(good).withKey(key.publicPem()),
              List.of(ENTRY));
        });
  }

  /** What the log would hold of a signature over that digest. */
  private VirtualEntry entry(Bytes digest, VirtualBundle bundle, String pem) {
    return rekor1.hashedrekord(HashAlgorithm.SHA256, digest, bundle.signature(), pem, NOW);
  }

  private void oldLog() {
    all.put(
        "set-invalid-signature_fail",
        () ->
            edited(
                old(),
                b ->
                    b.withEntry(e ->
                        e.withPromise(
                            rekor1.promise(e.body(), e.integratedTime() + 1, e.logIndex()))),
                ENTRY + ".inclusionPromise"));
    all.put(
        "checkpoint-bad-keyhint_fail",
        () ->
            note(
                old1(),
                note -> {
                  int at = note.lastIndexOf(' ') + 1;
                  String other = note.charAt(at) == 'A' ? "B" : "A";
                  return note.substring(0, at) + other + note.substring(at + 1);
                }));
    all.put(
        "invalid-checkpoint-signature_fail",
        () ->
            note(
                old1(),
                note -> {
                  String foreign = rekor1.signed("another state\n");
                  return note.substring(0, note.indexOf("\n\n") + 2)
                      + foreign.substring(foreign.indexOf("\n\n") + 2);
                }));
    all.put(
        "invalid-inclusion-proof_fail",
        () ->
            edited(
                old1().mediaType(VirtualBundle.V0_2).wholeChain().message(ARTIFACT),
                b -> b.withEntry(e -> e.withProof(e.proof().orElseThrow().withCheckpoint(""))),
                PROOF + ".checkpoint"));
    all.put(
        "intoto-missing-inclusion-proof_fail",
        () -> withoutProof(statement(old1().envelopesAs(EnvelopeEntry.INTOTO_0_0_2))));
  }

  private void newLog() {
    all.put("rekor2-no-inclusion-proof_fail", () -> withoutProof(new2().message(ARTIFACT)));
    all.put(
        "rekor2-checkpoint-missing-origin_fail",
        () -> note(new2(), note -> note.substring(note.indexOf('\n') + 1)));
    all.put(
        "rekor2-checkpoint-missing-root-hash_fail",
        () ->
            note(
                new2(),
                note -> {
                  int second = note.indexOf('\n', note.indexOf('\n') + 1) + 1;
                  return note.substring(0, second) + note.substring(note.indexOf("\n\n") + 1);
                }));
    all.put(
        "rekor2-checkpoint-missing-log-signature_fail",
        () -> note(new2(), note -> note.substring(0, note.indexOf("\n\n") + 2)));
  }

  private void times() {
    all.put(
        "integrated-time-in-future_fail",
        () ->
            edited(
                message(),
                b ->
                    b.withEntry(e ->
                        e.withIntegratedTime(LATER.getEpochSecond())
                            .withPromise(
                                rekor1.promise(e.body(), LATER.getEpochSecond(), e.logIndex()))),
                ENTRY + ".integratedTime",
                ENTRY + ".inclusionPromise"));
    all.put(
        "intoto-expired-certificate_fail",
        () ->
            new Pair(
                asked(statement(old1().leaf(ending(NOW.minusSeconds(1))))),
                asked(statement(old1().leaf(ending(NOW)))),
                List.of(LEAF, ENTRY, "dsseEnvelope.signatures[0].sig")));
    all.put(
        "rekor2-no-timestamp_fail",
        () -> edited(new2().message(ARTIFACT), VirtualBundle::withTimestamps, STAMPS));
    all.put(
        "rekor2-timestamp-with-incorrect-time_fail",
        () -> {
          VirtualBundle good = new2().message(ARTIFACT);
          Bytes late = sigstore.tsa().stamp(good.signature(), LATER);
          return edited(good, b -> b.withTimestamps(late), STAMPS);
        });
    all.put(
        "rekor2-timestamp-untrusted-tsa-without-embedded-cert_fail",
        () -> {
          VirtualBundle good = new2().message(ARTIFACT);
          Bytes foreign = VirtualSigstore.at(NOW).tsa().stamp(good.signature(), NOW);
          return edited(good, b -> b.withTimestamps(foreign), STAMPS);
        });
    all.put(
        "rekor2-timestamp-outside-trust-root-tsa-validity_fail",
        () -> {
          Asked good = asked(new2().message(ARTIFACT));
          return new Pair(
              good.withRoot(rootWith(sigstore.tsa(), NOW.minusSeconds(1))),
              good.withRoot(rootWith(sigstore.tsa(), NOW)),
              List.of("timestampAuthorities[0].validFor.end"));
        });
    all.put(
        "rekor2-timestamp-outside-tsa-cert-validity_fail",
        () -> {
          VirtualTsa tsa =
              VirtualTsa.create(
                  "tsa",
                  KeyType.EC_P256,
                  sigstore.validFrom(),
                  sigstore.validTo(),
                  ending(NOW.minusSeconds(1)));
          // valid for long, so that only the authority's certificate ends in between
          VirtualBundle bundle =
              alice().loggedIn(rekor2).leaf(ending(LATER)).stampedBy(tsa).message(ARTIFACT);
          Bytes early = tsa.stamp(bundle.signature(), NOW.minusSeconds(1));
          Bytes root = rootWith(tsa, null);
          return new Pair(
              asked(bundle).withRoot(root),
              asked(bundle.withTimestamps(early)).withRoot(root),
              List.of(STAMPS));
        });
  }

  private void trust() {
    all.put(
        "bundle-from-wrong-instance_fail",
        () -> {
          Asked good = asked(message());
          return new Pair(
              good.withRoot(VirtualSigstore.at(NOW).trustedRoot().bytes()), good, KEYS_OF_A_ROOT);
        });
    all.put(
        "invalid-ct-key_fail",
        () -> {
          Asked good = asked(message());
          String spki = Base64Text.encode(sigstore.ctLog().key().spki());
          Bytes bad = replaced(good.root(), spki, Base64Text.encode(otherKey.spki()));
          return new Pair(good.withRoot(bad), good, List.of("ctlogs[0].publicKey.rawBytes"));
        });
    all.put(
        "trust-root-tlog-missing-validity-start_fail",
        () -> {
          Asked good = asked(message());
          return new Pair(
              good.withRoot(rootWithLogFrom(null)),
              good.withRoot(rootWithLogFrom(sigstore.validFrom())),
              List.of("tlogs[0].publicKey.validFor.start"));
        });
    all.put(
        "managed-key-wrong-key_fail",
        () -> {
          Asked good = asked(sigstore.signer(key).loggedIn(rekor1).message(ARTIFACT));
          String pem = key.publicPem();
          int end = pem.indexOf("\n-----END");
          String wrong = pem.substring(0, end - 10) + "wrongkey==" + pem.substring(end);
          return new Pair(good.withKey(wrong), good.withKey(pem), List.of());
        });
  }

  private Bytes rootWithLogFrom(@Nullable Instant start) {
    return certificates()
        .log(TrustedRootText.logJson("https://r.test", rekor1.key(), rekor1.logId(), start, null))
        .bytes();
  }

  private Bytes rootWith(VirtualTsa tsa, @Nullable Instant end) {
    Instant start = sigstore.validFrom();
    return certificates()
        .log(rekor2, "https://" + rekor2.origin(), start, null)
        .timestamps(tsa, TSA_URL, start, end)
        .bytes();
  }

  private TrustedRootText certificates() {
    Instant start = sigstore.validFrom();
    return TrustedRootText.empty()
        .authority(sigstore.fulcio(), "https://fulcio.test", start, null)
        .ctLog(sigstore.ctLog(), "https://ct.test", start, null);
  }

  // ---- what is good

  private VirtualSigner alice() {
    return sigstore.signer(VirtualIdentity.email(NAME, ISSUER)).key(key);
  }

  private VirtualSigner old1() {
    return alice().loggedIn(rekor1);
  }

  private VirtualSigner new2() {
    return alice().loggedIn(rekor2).stampedBy(sigstore.tsa());
  }

  private VirtualBundle message() {
    return old1().message(ARTIFACT);
  }

  /** In the first version of the format. */
  private VirtualBundle old() {
    return old1().mediaType(VirtualBundle.V0_1).wholeChain().message(ARTIFACT);
  }

  private static VirtualBundle statement(VirtualSigner signer) {
    return signer.statement(
        HashAlgorithm.SHA256, Digest.sha256(ARTIFACT).hex(), PREDICATE, JsonObject.EMPTY);
  }

  private static UnaryOperator<LeafBuilder> ending(Instant end) {
    return leaf -> leaf.validity(NOW.minus(Duration.ofDays(1)), end);
  }

  private Asked asked(VirtualBundle bundle) {
    return new Asked(bundle.bytes(), ARTIFACT, sigstore.trustedRoot().bytes(), Optional.empty());
  }

  // ---- what is made of it

  private Pair edited(VirtualBundle good, UnaryOperator<VirtualBundle> defect, String... where) {
    return new Pair(asked(defect.apply(good)), asked(good), List.of(where));
  }

  private Pair withoutProof(VirtualBundle good) {
    return edited(good, b -> b.withEntry(VirtualEntry::withoutProof), PROOF);
  }

  private Pair note(VirtualSigner signer, UnaryOperator<String> defect) {
    return edited(
        signer.message(ARTIFACT),
        b ->
            b.withEntry(e -> {
              VirtualEntry.Proof proof = e.proof().orElseThrow();
              return e.withProof(proof.withCheckpoint(defect.apply(proof.checkpoint())));
            }),
        NOTE);
  }

  private static Bytes replaced(Bytes json, String text, String other)
      throws MalformedInputException {
    String found = json.toUtf8String("json");
    if (!found.contains(text)) {
      throw new AssertionError("no " + text);
    }
    return Bytes.utf8(found.replace(text, other));
  }

  private static ProtoFields envelope(VirtualBundle bundle) throws MalformedInputException {
    return ProtoFields.of(bundle.content(), "content").requiredFields("dsseEnvelope");
  }

  private static Bytes leaf(VirtualBundle bundle) throws MalformedInputException {
    ProtoFields material = ProtoFields.of(bundle.keyMaterial(), "material");
    Optional<ProtoFields> chain = material.fields("x509CertificateChain");
    return chain.isPresent()
        ? chain.get().fieldsList("certificates").get(0).requiredBytes("rawBytes")
        : material.requiredFields("certificate").requiredBytes("rawBytes");
  }

  private static String pem(VirtualBundle bundle) throws MalformedInputException {
    return Certificate.parse(leaf(bundle)).toPem();
  }
}
