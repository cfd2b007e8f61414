package dev.bulla.testkit.sigstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.bulla.bundle.BundleJson;
import dev.bulla.bytes.Bytes;
import dev.bulla.certificate.Certificate;
import dev.bulla.digest.Digest;
import dev.bulla.digest.HashAlgorithm;
import dev.bulla.error.MalformedInputException;
import dev.bulla.error.Refusal.ReasonCode;
import dev.bulla.error.VerificationException;
import dev.bulla.evidence.BundleSignature;
import dev.bulla.evidence.Candidate;
import dev.bulla.evidence.Origin;
import dev.bulla.evidence.Unreadable;
import dev.bulla.json.JsonObject;
import dev.bulla.json.ProtoFields;
import dev.bulla.key.KeyType;
import dev.bulla.key.VerificationKey;
import dev.bulla.testkit.sigstore.VirtualEntry.Proof;
import dev.bulla.testkit.sigstore.VirtualSigner.EnvelopeEntry;
import dev.bulla.trust.TrustedRoot;
import dev.bulla.verify.IdentityPolicy;
import dev.bulla.verify.Policy;
import dev.bulla.verify.SignedBlob;
import dev.bulla.verify.Verifier;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Two bundles of one signer with one key, each good as a whole. One part of the second in the place
 * of the same part of the first: refused every time, for the reason of the check that ties this
 * part to the rest. CVE-2022-23649, CVE-2026-22703, CVE-2024-51746 and TOB-SIGSTORE-12 were swaps
 * that others missed.
 */
class BundleSwapMatrixTest {

  private static final Instant NOW = Instant.parse("2026-03-01T10:00:00Z");
  private static final String NAME = "alice@example.com";
  private static final String ISSUER = "https://issuer.example.com";
  private static final String PREDICATE = "https://example.com/predicate/v1";
  private static final String SCT_LIST = "1.3.6.1.4.1.11129.2.4.2";

  private static final Bytes ARTIFACT_A = Bytes.utf8("the first artifact");
  private static final Bytes ARTIFACT_B = Bytes.utf8("the second artifact");

  /** Who signs, what the content is, and what kind of entry stands for it. */
  enum Form {
    KEYLESS_HASHEDREKORD_1(true, false, 1),
    KEYLESS_DSSE_1(true, true, 1),
    KEYLESS_INTOTO_2(true, true, 1),
    KEYLESS_HASHEDREKORD_2(true, false, 2),
    KEYLESS_ENVELOPE_2(true, true, 2),
    KEY_HASHEDREKORD_1(false, false, 1),
    KEY_DSSE_1(false, true, 1),
    KEY_INTOTO_2(false, true, 1),
    KEY_HASHEDREKORD_2(false, false, 2),
    KEY_ENVELOPE_2(false, true, 2);

    private final boolean keyless;
    private final boolean envelope;
    private final int rekor;

    Form(boolean keyless, boolean envelope, int rekor) {
      this.keyless = keyless;
      this.envelope = envelope;
      this.rekor = rekor;
    }

    /** What a signature that is not over these bytes is called. */
    ReasonCode wrongSignature() {
      return envelope ? ReasonCode.SIGNATURE_MISMATCH : ReasonCode.WRONG_MESSAGE;
    }

    ReasonCode wrongEntry() {
      return envelope ? ReasonCode.WRONG_ENVELOPE : ReasonCode.WRONG_LOG_ENTRY;
    }

    /** Of a state that is not the log's; in v2 it is a note. */
    ReasonCode wrongState() {
      return rekor == 1 ? ReasonCode.WRONG_CHECKPOINT : ReasonCode.WRONG_NOTE;
    }
  }

  /** The parts that something ties to the rest. */
  enum Part {
    ARTIFACT,
    SIGNATURE,
    CONTENT,
    SIGNED_BYTES,
    CERTIFICATE,
    CERTIFICATE_OF_ANOTHER_KEY,
    KEY,
    CERTIFICATE_LOG_PROMISE,
    ENTRY,
    ENTRY_BODY,
    LOG_ID,
    LOG_INDEX,
    TIME,
    PROMISE,
    PROOF,
    PROOF_INDEX,
    PROOF_HASHES,
    PROOF_ROOT,
    PROOF_SIZE,
    CHECKPOINT,
    CHECKPOINT_OF_ANOTHER_LOG,
    TIMESTAMP
  }

  // one for all tests: only its clock changes, and what one logs the others can ignore
  private static final VirtualSigstore SIGSTORE = VirtualSigstore.at(NOW);

  private static final VirtualRekor1 OTHER_REKOR_1 = VirtualRekor1.create("other1.virtual.test");
  private static final VirtualRekor2 OTHER_REKOR_2 = VirtualRekor2.create("other2.virtual.test");
  private static final VirtualKey KEY = VirtualKey.create(KeyType.EC_P256);
  private static final VirtualKey OTHER_KEY = VirtualKey.create(KeyType.EC_P256);

  private final VirtualSigstore sigstore = SIGSTORE;
  private final VirtualRekor1 otherRekor1 = OTHER_REKOR_1;
  private final VirtualRekor2 otherRekor2 = OTHER_REKOR_2;
  private final VirtualKey key = KEY;
  private final VirtualKey otherKey = OTHER_KEY;

  @BeforeEach
  void setTheClock() {
    sigstore.setTime(NOW);
  }

  private VirtualBundle mint(Form form, Bytes artifact, VirtualKey signing, boolean elsewhere) {
    VirtualSigner signer =
        form.keyless
            ? sigstore.signer(VirtualIdentity.email(NAME, ISSUER)).key(signing)
            : sigstore.signer(signing);
    if (form.rekor == 1) {
      signer.loggedIn(elsewhere ? otherRekor1 : sigstore.rekor1());
    } else {
      signer.loggedIn(elsewhere ? otherRekor2 : sigstore.rekor2());
    }
    if (form == Form.KEYLESS_INTOTO_2 || form == Form.KEY_INTOTO_2) {
      signer.envelopesAs(EnvelopeEntry.INTOTO_0_0_2);
    }
    signer.stampedBy(sigstore.tsa());
    return form.envelope
        ? signer.statement(
            HashAlgorithm.SHA256, Digest.sha256(artifact).hex(), PREDICATE, JsonObject.EMPTY)
        : signer.message(artifact);
  }

  private Policy policy(Form form, VirtualKey trusted) throws MalformedInputException {
    TrustedRoot root =
        TrustedRoot.parse(
            sigstore
                .trustedRoot()
                .log(otherRekor1, "https://other1.virtual.test", sigstore.validFrom(), null)
                .log(otherRekor2, "https://other2.virtual.test", sigstore.validFrom(), null)
                .bytes());
    Policy who =
        form.keyless
            ? Policy.requiringIdentity(IdentityPolicy.exactly(NAME, ISSUER), root)
            : Policy.requiringKey(VerificationKey.ofSpki(trusted.spki())).withTrustedRoot(root);
    return who.acceptingAnyPredicate().withTimestamps(1);
  }

  private static Candidate candidate(VirtualBundle bundle) {
    Origin origin = new Origin("bundle", 0);
    try {
      return new BundleSignature(origin, BundleJson.parse(bundle.bytes()), bundle.bytes());
    } catch (MalformedInputException e) {
      return new Unreadable(origin, e);
    }
  }

  /** What becomes of it, by the file and by the digest: the same. */
  private static String verdict(VirtualBundle bundle, Bytes artifact, Policy policy) {
    List<Candidate> candidates = List.of(candidate(bundle));
    String byContent = verdict(SignedBlob.of(artifact, candidates), policy);
    String byDigest = verdict(SignedBlob.withDigest(Digest.sha256(artifact), candidates), policy);
    assertThat(byDigest).isEqualTo(byContent);
    return byContent;
  }

  private static String verdict(SignedBlob blob, Policy policy) {
    VerificationException no =
        catchThrowableOfType(VerificationException.class, () -> Verifier.verify(blob, policy));
    return no == null ? "accepted" : no.refusals().get(0).reason().name();
  }

  @ParameterizedTest
  @EnumSource(Form.class)
  void aPartOfAnotherBundleIsRefusedForItsOwnReason(Form form) throws Exception {
    VirtualBundle first = mint(form, ARTIFACT_A, key, false);
    // another place in the log, another time, another tree
    mint(form, ARTIFACT_B, key, false);
    sigstore.setTime(NOW.plusSeconds(60));
    VirtualBundle second = mint(form, ARTIFACT_B, key, false);
    VirtualBundle elsewhere = mint(form, ARTIFACT_A, key, true);
    VirtualBundle stranger = mint(form, ARTIFACT_A, otherKey, false);
    Policy policy = policy(form, key);
    assertThat(verdict(first, ARTIFACT_A, policy)).isEqualTo("accepted");
    assertThat(verdict(second, ARTIFACT_B, policy)).isEqualTo("accepted");
    assertThat(verdict(elsewhere, ARTIFACT_A, policy)).isEqualTo("accepted");

    Map<Part, String> actual = new EnumMap<>(Part.class);
    Map<Part, String> wanted = new EnumMap<>(Part.class);
    expected(form).forEach((part, reason) -> wanted.put(part, reason.name()));
    for (Part part : wanted.keySet()) {
      String verdict;
      if (part == Part.ARTIFACT) {
        verdict = verdict(first, ARTIFACT_B, policy);
      } else if (part == Part.KEY) {
        verdict = verdict(first, ARTIFACT_A, policy(form, otherKey));
      } else {
        verdict = verdict(swap(part, first, second, elsewhere, stranger), ARTIFACT_A, policy);
      }
      actual.put(part, verdict);
    }

    assertThat(actual).isEqualTo(wanted);
  }

  /**
   * Proofs of Rekor v2 repeat what the entry and the checkpoint say already. The verifier reads the
   * tree from the checkpoint, as others do, so the copies cannot mislead it.
   */
  @ParameterizedTest
  @EnumSource(
      value = Form.class,
      names = {
        "KEYLESS_HASHEDREKORD_2",
        "KEYLESS_ENVELOPE_2",
        "KEY_HASHEDREKORD_2",
        "KEY_ENVELOPE_2"
      })
  void whatAProofOfRekorV2RepeatsIsNotBelieved(Form form) throws Exception {
    VirtualBundle first = mint(form, ARTIFACT_A, key, false);
    mint(form, ARTIFACT_B, key, false);
    VirtualBundle second = mint(form, ARTIFACT_B, key, false);
    Policy policy = policy(form, key);

    for (Part part : List.of(Part.PROOF_INDEX, Part.PROOF_ROOT, Part.PROOF_SIZE)) {
      assertThat(verdict(swap(part, first, second, second, second), ARTIFACT_A, policy))
          .as("%s", part)
          .isEqualTo("accepted");
    }
    VirtualBundle timed = first.withEntry(entry -> entry.withIntegratedTime(NOW.getEpochSecond()));
    assertThat(verdict(timed, ARTIFACT_A, policy)).isEqualTo("accepted");
    // and proves no time
    assertThat(verdict(timed.withTimestamps(), ARTIFACT_A, policy))
        .isEqualTo(ReasonCode.NO_PROVEN_TIME.name());
    VirtualEntry old = mint(Form.KEY_HASHEDREKORD_1, ARTIFACT_A, key, false).entries().get(0);
    assertThat(verdict(first.withEntry(e -> e.withPromise(old.promise())), ARTIFACT_A, policy))
        .isEqualTo(ReasonCode.WRONG_LOG_PROMISE.name());
  }

  private static Map<Part, ReasonCode> expected(Form form) {
    Map<Part, ReasonCode> all = new EnumMap<>(Part.class);
    all.put(Part.ARTIFACT, ReasonCode.WRONG_SUBJECT);
    all.put(Part.SIGNATURE, form.wrongSignature());
    all.put(Part.CONTENT, ReasonCode.WRONG_SUBJECT);
    all.put(
        Part.SIGNED_BYTES,
        form.envelope ? ReasonCode.SIGNATURE_MISMATCH : ReasonCode.WRONG_SUBJECT);
    if (form.keyless) {
      all.put(Part.CERTIFICATE, form.wrongEntry());
      all.put(Part.CERTIFICATE_OF_ANOTHER_KEY, form.wrongSignature());
      all.put(Part.CERTIFICATE_LOG_PROMISE, ReasonCode.WRONG_SCT);
    } else {
      all.put(Part.KEY, form.wrongSignature());
    }
    all.put(Part.ENTRY, form.wrongEntry());
    all.put(Part.ENTRY_BODY, form.wrongEntry());
    all.put(Part.LOG_ID, form.rekor == 1 ? ReasonCode.WRONG_LOG_PROMISE : ReasonCode.WRONG_NOTE);
    all.put(
        Part.LOG_INDEX,
        form.rekor == 1 ? ReasonCode.WRONG_LOG_PROMISE : ReasonCode.WRONG_INCLUSION_PROOF);
    all.put(Part.PROOF, ReasonCode.WRONG_INCLUSION_PROOF);
    all.put(Part.PROOF_HASHES, ReasonCode.WRONG_INCLUSION_PROOF);
    all.put(Part.CHECKPOINT_OF_ANOTHER_LOG, form.wrongState());
    all.put(Part.TIMESTAMP, ReasonCode.WRONG_TIMESTAMP);
    if (form.rekor == 1) {
      all.put(Part.TIME, ReasonCode.WRONG_LOG_PROMISE);
      all.put(Part.PROMISE, ReasonCode.WRONG_LOG_PROMISE);
      all.put(Part.PROOF_INDEX, ReasonCode.WRONG_INCLUSION_PROOF);
      all.put(Part.PROOF_ROOT, ReasonCode.WRONG_CHECKPOINT);
      all.put(Part.PROOF_SIZE, ReasonCode.WRONG_CHECKPOINT);
      all.put(Part.CHECKPOINT, ReasonCode.WRONG_CHECKPOINT);
    } else {
      all.put(Part.CHECKPOINT, ReasonCode.WRONG_INCLUSION_PROOF);
    }
    return all;
  }

  private VirtualBundle swap(
      Part part,
      VirtualBundle first,
      VirtualBundle second,
      VirtualBundle elsewhere,
      VirtualBundle stranger)
      throws MalformedInputException {
    VirtualEntry b = second.entries().get(0);
    return switch (part) {
      case SIGNATURE -> withSignature(first, second.signature());
      case CONTENT -> first.withContent(second.content());
      case SIGNED_BYTES -> withSignature(second, first.signature(), first);
      case CERTIFICATE -> first.withKeyMaterial(second.keyMaterial());
      case CERTIFICATE_OF_ANOTHER_KEY -> first.withKeyMaterial(stranger.keyMaterial());
      case CERTIFICATE_LOG_PROMISE -> withForeignPromise(first, second);
      case ENTRY -> first.withEntries(b);
      case ENTRY_BODY -> first.withEntry(entry -> entry.withBody(b.body()));
      case LOG_ID -> first.withEntry(entry -> entry.withLogId(elsewhere.entries().get(0).logId()));
      case LOG_INDEX -> first.withEntry(entry -> entry.withLogIndex(b.logIndex()));
      case TIME -> first.withEntry(entry -> entry.withIntegratedTime(b.integratedTime()));
      case PROMISE -> first.withEntry(entry -> entry.withPromise(b.promise()));
      case PROOF -> first.withEntry(entry -> entry.withProof(proof(b)));
      case PROOF_INDEX -> withProof(first, proof(first).withLogIndex(proof(b).logIndex()));
      case PROOF_HASHES -> withProof(first, proof(first).withHashes(proof(b).hashes()));
      case PROOF_ROOT -> withProof(first, proof(first).withRootHash(proof(b).rootHash()));
      case PROOF_SIZE -> withProof(first, proof(first).withTreeSize(proof(b).treeSize()));
      case CHECKPOINT -> withProof(first, proof(first).withCheckpoint(proof(b).checkpoint()));
      case CHECKPOINT_OF_ANOTHER_LOG ->
          withProof(first, proof(first).withCheckpoint(proof(elsewhere).checkpoint()));
      case TIMESTAMP -> first.withTimestamps(second.timestamps().get(0));
      case ARTIFACT, KEY -> throw new AssertionError("no part of a bundle");
    };
  }

  private static Proof proof(VirtualBundle bundle) {
    return proof(bundle.entries().get(0));
  }

  private static Proof proof(VirtualEntry entry) {
    return entry.proof().orElseThrow();
  }

  private static VirtualBundle withProof(VirtualBundle bundle, Proof proof) {
    return bundle.withEntry(entry -> entry.withProof(proof));
  }

  private static VirtualBundle withSignature(VirtualBundle bundle, Bytes signature)
      throws MalformedInputException {
    return withSignature(bundle, signature, bundle);
  }

  /** The content of one bundle with that signature, in another. */
  private static VirtualBundle withSignature(
      VirtualBundle content, Bytes signature, VirtualBundle around) throws MalformedInputException {
    ProtoFields fields = ProtoFields.of(content.content(), "content");
    if (fields.fields("messageSignature").isPresent()) {
      ProtoFields message = fields.requiredFields("messageSignature");
      ProtoFields digest = message.requiredFields("messageDigest");
      return around.withContent(
          VirtualBundle.message(HashAlgorithm.SHA256, digest.requiredBytes("digest"), signature));
    }
    ProtoFields envelope = fields.requiredFields("dsseEnvelope");
    JsonObject json =
        VirtualBundle.envelopeJson(
            envelope.requiredString("payloadType"), envelope.requiredBytes("payload"), signature);
    return around.withContent(JsonObject.builder().put("dsseEnvelope", json).build());
  }

  /** The whole bundle, but the certificate carries what the log promised about another one. */
  private VirtualBundle withForeignPromise(VirtualBundle first, VirtualBundle second)
      throws MalformedInputException {
    Bytes foreign = Certificate.parse(leaf(second)).extension(SCT_LIST).orElseThrow();
    sigstore.setTime(NOW);
    VirtualSigner signer =
        sigstore
            .signer(VirtualIdentity.email(NAME, ISSUER))
            .key(key)
            .leaf(leaf -> leaf.notLogged().extension(SCT_LIST, false, foreign))
            .stampedBy(sigstore.tsa());
    boolean rekor1 = !first.entries().get(0).promise().isEmpty();
    if (rekor1) {
      signer.loggedIn(sigstore.rekor1());
    } else {
      signer.loggedIn(sigstore.rekor2());
    }
    boolean envelope = first.content().get("dsseEnvelope").isPresent();
    if (first.entries().get(0).kind().equals("intoto")) {
      signer.envelopesAs(EnvelopeEntry.INTOTO_0_0_2);
    }
    return envelope
        ? signer.statement(
            HashAlgorithm.SHA256, Digest.sha256(ARTIFACT_A).hex(), PREDICATE, JsonObject.EMPTY)
        : signer.message(ARTIFACT_A);
  }

  private static Bytes leaf(VirtualBundle bundle) throws MalformedInputException {
    return ProtoFields.of(bundle.keyMaterial(), "material")
        .requiredFields("certificate")
        .requiredBytes("rawBytes");
  }

  /** What is wrong with a certificate, of which everything else is right. */
  enum Defect {
    EXPIRED(ReasonCode.WRONG_TIME, ReasonCode.WRONG_TIMESTAMP),
    NOT_YET_VALID(ReasonCode.WRONG_TIME, ReasonCode.WRONG_TIMESTAMP),
    SELF_SIGNED(ReasonCode.WRONG_CERTIFICATE, ReasonCode.WRONG_CERTIFICATE),
    SIGNED_BY_A_STRANGER(ReasonCode.WRONG_CERTIFICATE, ReasonCode.WRONG_CERTIFICATE),
    AUTHORITY_AS_LEAF(ReasonCode.WRONG_CERTIFICATE, ReasonCode.WRONG_CERTIFICATE),
    FOR_SERVERS(ReasonCode.WRONG_CERTIFICATE, ReasonCode.WRONG_CERTIFICATE),
    WITHOUT_PURPOSE(ReasonCode.WRONG_CERTIFICATE, ReasonCode.WRONG_CERTIFICATE),
    UNKNOWN_CRITICAL_EXTENSION(ReasonCode.WRONG_CERTIFICATE, ReasonCode.WRONG_CERTIFICATE),
    NOT_LOGGED(ReasonCode.WRONG_SCT, ReasonCode.WRONG_SCT),
    PROMISE_ABOUT_OTHER_BYTES(ReasonCode.WRONG_SCT, ReasonCode.WRONG_SCT),
    LOGGED_BY_A_STRANGER(ReasonCode.WRONG_SCT, ReasonCode.WRONG_SCT),
    ANOTHER_NAME(ReasonCode.WRONG_SIGNER, ReasonCode.WRONG_SIGNER),
    ANOTHER_ISSUER(ReasonCode.WRONG_SIGNER, ReasonCode.WRONG_SIGNER);

    private final ReasonCode byLog;
    private final ReasonCode byTimestamp;

    Defect(ReasonCode byLog, ReasonCode byTimestamp) {
      this.byLog = byLog;
      this.byTimestamp = byTimestamp;
    }
  }

  private LeafBuilder defective(LeafBuilder leaf, Defect defect) {
    return switch (defect) {
      case EXPIRED -> leaf.validity(NOW.minusSeconds(600), NOW.minusSeconds(1));
      case NOT_YET_VALID -> leaf.validity(NOW.plusSeconds(1), NOW.plusSeconds(600));
      case SELF_SIGNED -> leaf.subject("example", "alice").selfSigned(key);
      case SIGNED_BY_A_STRANGER -> leaf.signedBy(otherKey);
      case AUTHORITY_AS_LEAF -> leaf.asAuthority();
      case FOR_SERVERS -> leaf.purposes("1.3.6.1.5.5.7.3.1");
      case WITHOUT_PURPOSE -> leaf.purposes();
      case UNKNOWN_CRITICAL_EXTENSION -> leaf.unknownCriticalExtension();
      case NOT_LOGGED -> leaf.notLogged();
      case PROMISE_ABOUT_OTHER_BYTES -> leaf.brokenSct();
      case LOGGED_BY_A_STRANGER -> leaf.notLogged().logged(VirtualCtLog.create(KeyType.EC_P256));
      case ANOTHER_NAME, ANOTHER_ISSUER -> leaf;
    };
  }

  private VirtualBundle certified(Defect defect, boolean rekor1) {
    VirtualIdentity who =
        VirtualIdentity.email(
            defect == Defect.ANOTHER_NAME ? "mallory@example.com" : NAME,
            defect == Defect.ANOTHER_ISSUER ? "https://issuer.example.org" : ISSUER);
    VirtualSigner signer = sigstore.signer(who).key(key).leaf(leaf -> defective(leaf, defect));
    if (rekor1) {
      signer.loggedIn(sigstore.rekor1());
    } else {
      signer.loggedIn(sigstore.rekor2()).stampedBy(sigstore.tsa());
    }
    return signer.message(ARTIFACT_A);
  }

  @ParameterizedTest
  @EnumSource(Defect.class)
  void aCertificateWithOneDefectIsRefusedForIt(Defect defect) throws Exception {
    Policy policy =
        Policy.requiringIdentity(
            IdentityPolicy.exactly(NAME, ISSUER),
            TrustedRoot.parse(sigstore.trustedRoot().bytes()));

    assertThat(verdict(certified(defect, true), ARTIFACT_A, policy))
        .as("its time proven by the log")
        .isEqualTo(defect.byLog.name());
    assertThat(verdict(certified(defect, false), ARTIFACT_A, policy))
        .as("its time proven by a timestamp")
        .isEqualTo(defect.byTimestamp.name());
  }

  /** CVE-2026-49834: a hundred entries of one log are one log. */
  @Test
  void entriesOfOneLogAreOneLog() throws Exception {
    VirtualSigner signer = sigstore.signer(key);
    for (int i = 0; i < 10; i++) {
      signer.loggedIn(sigstore.rekor1());
    }
    signer.stampedBy(sigstore.tsa()).stampedBy(sigstore.tsa()).stampedBy(sigstore.tsa());
    VirtualBundle bundle = signer.message(ARTIFACT_A);
    Policy one =
        Policy.requiringKey(VerificationKey.ofSpki(key.spki()))
            .withTrustedRoot(TrustedRoot.parse(sigstore.trustedRoot().bytes()));

    assertThat(bundle.entries()).hasSize(10);
    assertThat(verdict(bundle, ARTIFACT_A, one)).isEqualTo("accepted");
    assertThat(verdict(bundle, ARTIFACT_A, one.withLogThreshold(2)))
        .isEqualTo(ReasonCode.NO_LOG_ENTRY.name());
    assertThat(verdict(bundle, ARTIFACT_A, one.withTimestamps(1))).isEqualTo("accepted");
    assertThat(verdict(bundle, ARTIFACT_A, one.withTimestamps(2)))
        .isEqualTo(ReasonCode.WRONG_TIMESTAMP.name());
  }

  /** CVE-2024-51746: of two entries for one artifact, the one in the bundle has to fit. */
  @Test
  void anEntryOfAnotherSignatureOfTheSameArtifactDoesNotStandIn() throws Exception {
    VirtualBundle first = mint(Form.KEY_HASHEDREKORD_1, ARTIFACT_A, key, false);
    VirtualBundle again = mint(Form.KEY_HASHEDREKORD_1, ARTIFACT_A, key, false);
    Policy policy = policy(Form.KEY_HASHEDREKORD_1, key);

    assertThat(again.signature()).isNotEqualTo(first.signature());
    assertThat(verdict(again, ARTIFACT_A, policy)).isEqualTo("accepted");
    assertThat(
            verdict(
                first.withEntries(again.entries().get(0)).withTimestamps(first.timestamps().get(0)),
                ARTIFACT_A,
                policy))
        .isEqualTo(ReasonCode.WRONG_LOG_ENTRY.name());
  }

  /** GHSA-fx35-mq7g-6g98: what a bundle says about its signer replaces nobody's key. */
  @Test
  void anAttackersKeyInTheBundleIsNotAsked() throws Exception {
    VirtualBundle mallorys = mint(Form.KEY_HASHEDREKORD_1, ARTIFACT_A, otherKey, false);
    VirtualBundle alices = mint(Form.KEY_HASHEDREKORD_1, ARTIFACT_A, key, false);
    Policy policy = policy(Form.KEY_HASHEDREKORD_1, key);

    assertThat(verdict(mallorys, ARTIFACT_A, policy)).isEqualTo(ReasonCode.WRONG_MESSAGE.name());
    assertThat(verdict(mallorys.withKeyMaterial(alices.keyMaterial()), ARTIFACT_A, policy))
        .isEqualTo(ReasonCode.WRONG_MESSAGE.name());
    VirtualBundle certified = mint(Form.KEYLESS_HASHEDREKORD_1, ARTIFACT_A, otherKey, false);
    assertThat(verdict(certified, ARTIFACT_A, policy)).isEqualTo(ReasonCode.WRONG_SIGNER.name());
    assertThat(verdict(alices, ARTIFACT_A, policy(Form.KEYLESS_HASHEDREKORD_1, key)))
        .isEqualTo(ReasonCode.NO_CERTIFICATE.name());
  }

  /** CVE-2022-36056: what is taken away is missed. */
  @ParameterizedTest
  @EnumSource(Form.class)
  void nothingThatIsAskedForMayBeMissing(Form form) throws Exception {
    VirtualBundle whole = mint(form, ARTIFACT_A, key, false);
    Policy policy = policy(form, key);

    assertThat(verdict(whole.withEntries(), ARTIFACT_A, policy))
        .isEqualTo(ReasonCode.NO_LOG_ENTRY.name());
    assertThat(verdict(whole.withTimestamps(), ARTIFACT_A, policy))
        .isEqualTo(ReasonCode.NO_PROVEN_TIME.name());
    assertThat(verdict(whole.withEntry(VirtualEntry::withoutProof), ARTIFACT_A, policy))
        .isEqualTo(ReasonCode.NO_INCLUSION_PROOF.name());
    assertThat(verdict(withProof(whole, proof(whole).withCheckpoint("")), ARTIFACT_A, policy))
        .isEqualTo(ReasonCode.NO_INCLUSION_PROOF.name());
    assertThat(verdict(whole.withKeyMaterial(JsonObject.EMPTY), ARTIFACT_A, policy))
        .isEqualTo(ReasonCode.MALFORMED.name());
  }
}
