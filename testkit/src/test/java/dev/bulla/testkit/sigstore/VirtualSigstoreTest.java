package dev.bulla.testkit.sigstore;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.bytes.Base64Text;
import dev.bulla.bytes.Bytes;
import dev.bulla.bytes.HexText;
import dev.bulla.digest.HashAlgorithm;
import dev.bulla.error.MalformedInputException;
import dev.bulla.json.JsonArray;
import dev.bulla.json.JsonObject;
import dev.bulla.json.JsonParser;
import dev.bulla.json.JsonString;
import dev.bulla.json.JsonValue;
import dev.bulla.key.KeyType;
import java.nio.charset.StandardCharsets;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The logs' statements, checked with nothing but the JDK and the definitions. */
final class VirtualSigstoreTest {

  private static final Instant NOW = Instant.parse("2026-03-04T05:06:07Z");
  private static final Bytes ARTIFACT = Bytes.utf8("hello\n");

  private final VirtualSigstore sigstore = VirtualSigstore.at(NOW);

  private static boolean verifies(String algorithm, PublicKey key, Bytes signed, Bytes signature)
      throws Exception {
    Signature verifier = Signature.getInstance(algorithm);
    verifier.initVerify(key);
    signed.feed(verifier);
    return verifier.verify(signature.toByteArray());
  }

  /** RFC 9162 §2.1.3.2, which goes the other way round than the tree does. */
  private static Bytes rootOf(Bytes leaf, long index, long size, List<Bytes> path) {
    long fn = index;
    long sn = size - 1;
    Bytes r = leaf;
    for (Bytes p : path) {
      assertThat(sn).isNotZero();
      if ((fn & 1) == 1 || fn == sn) {
        r = PemText.sha256(Bytes.of((byte) 1), p, r);
        while (fn != 0 && (fn & 1) == 0) {
          fn >>= 1;
          sn >>= 1;
        }
      } else {
        r = PemText.sha256(Bytes.of((byte) 1), r, p);
      }
      fn >>= 1;
      sn >>= 1;
    }
    assertThat(sn).isZero();
    return r;
  }

  private static String[] parts(String checkpoint) {
    int blank = checkpoint.indexOf("\n\n");
    return new String[] {checkpoint.substring(0, blank + 1), checkpoint.substring(blank + 2)};
  }

  private static Bytes signature(String line) throws MalformedInputException {
    return Base64Text.decode(line.substring(line.lastIndexOf(' ') + 1), "signature");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 6, 7})
  void anEntryOfTheOldLogIsSignedAndIncluded(int older) throws Exception {
    VirtualRekor1 log = sigstore.rekor1();
    for (int i = 0; i < older; i++) {
      log.add("other", "0", Bytes.utf8("entry " + i), NOW);
    }
    VirtualEntry entry =
        log.hashedrekord(
            HashAlgorithm.SHA256, PemText.sha256(ARTIFACT), Bytes.utf8("sig"), "PEM", NOW);
    assertThat(entry.logIndex()).isEqualTo(1000 + older);
    assertThat(entry.integratedTime()).isEqualTo(NOW.getEpochSecond());
    String logId = HexText.encode(PemText.sha256(log.key().spki()));
    String set =
        "{\"body\":\""
            + Base64Text.encode(entry.body())
            + "\",\"integratedTime\":1772600767,\"logID\":\""
            + logId
            + "\",\"logIndex\":"
            + (1000 + older)
            + "}";
    PublicKey key = log.key().publicKey();
    assertThat(verifies("SHA256withECDSA", key, Bytes.utf8(set), entry.promise())).isTrue();

    VirtualEntry.Proof proof = entry.proof().orElseThrow();
    assertThat(proof.logIndex()).isEqualTo(older);
    assertThat(proof.treeSize()).isEqualTo(older + 1);
    Bytes leaf = PemText.sha256(Bytes.of((byte) 0), entry.body());
    assertThat(rootOf(leaf, older, older + 1, proof.hashes())).isEqualTo(proof.rootHash());
    String[] note = parts(proof.checkpoint());
    assertThat(note[0])
        .isEqualTo(
            "rekor1.virtual.test - 1193050959916656506\n"
                + (older + 1)
                + "\n"
                + Base64Text.encode(proof.rootHash())
                + "\n");
    Bytes signed = signature(note[1].strip());
    assertThat(signed.slice(0, 4)).isEqualTo(PemText.sha256(log.key().spki()).slice(0, 4));
    assertThat(
            verifies("SHA256withECDSA", key, Bytes.utf8(note[0]), signed.slice(4, signed.size())))
        .isTrue();

    // found again, and proved in the tree as it is then
    log.add("other", "0", Bytes.utf8("later"), NOW);
    VirtualEntry again = log.byUuid(entry.uuid()).orElseThrow();
    assertThat(again.promise()).isNotEqualTo(Bytes.EMPTY);
    assertThat(again.body()).isEqualTo(entry.body());
    VirtualEntry.Proof later = again.proof().orElseThrow();
    assertThat(rootOf(leaf, older, older + 2, later.hashes())).isEqualTo(later.rootHash());
    assertThat(log.byUuid(log.entryId(entry.uuid()))).isPresent();
    assertThat(log.byLogIndex(1000 + older)).isPresent();
    assertThat(log.byLogIndex(999)).isEmpty();
  }

  @Test
  void anEntryOfTheNewLogIsIncludedAndCosigned() throws Exception {
    VirtualRekor2 log = sigstore.rekor2();
    VirtualKey witness = VirtualKey.create(KeyType.ED25519);
    log.cosignedBy("witness.test", witness).add("other", Bytes.utf8("x"), NOW);
    VirtualEntry entry = log.add("other", Bytes.utf8("y"), NOW);
    assertThat(entry.promise()).isEqualTo(Bytes.EMPTY);
    assertThat(entry.integratedTime()).isZero();
    VirtualEntry.Proof proof = entry.proof().orElseThrow();
    Bytes leaf = PemText.sha256(Bytes.of((byte) 0), Bytes.utf8("y"));
    assertThat(rootOf(leaf, 1, 2, proof.hashes())).isEqualTo(proof.rootHash());
    String[] note = parts(proof.checkpoint());
    assertThat(note[0]).startsWith("rekor2.virtual.test\n2\n");
    String[] lines = note[1].split("\n", -1);
    Bytes own = signature(lines[0]);
    assertThat(own.slice(0, 4)).isEqualTo(entry.logId().slice(0, 4));
    assertThat(
            verifies(
                "Ed25519", log.key().publicKey(), Bytes.utf8(note[0]), own.slice(4, own.size())))
        .isTrue();
    Bytes other = signature(lines[1]);
    assertThat(lines[1]).startsWith("\u2014 witness.test ");
    assertThat(
            verifies(
                "Ed25519",
                witness.publicKey(),
                Bytes.utf8("cosignature/v1\ntime 1772600767\n" + note[0]),
                other.slice(12, other.size())))
        .isTrue();
  }

  /** The production and staging logs' keys and ids, as they stand in public trusted roots. */
  @Test
  void logIdsAreThoseOfTheNoteFormat() throws Exception {
    Bytes spki =
        Base64Text.decode("MCowBQYDK2VwAyEAt8rlp1knGwjfbcXAYPYAkn0XiLz1x8O4t0YkEhie244=", "key");
    Bytes id =
        PemText.sha256(
            Bytes.utf8("log2025-1.rekor.sigstore.dev\n"),
            Bytes.of((byte) 1),
            spki.slice(spki.size() - 32, spki.size()));
    assertThat(HexText.encode(id))
        .isEqualTo("cf1199155bddd051268d1f16ac5c0c75c009f6fb5a63f4177f8e18d7051e3fa0");
    VirtualKey key = VirtualKey.create(KeyType.ED25519);
    PublicKey parsed =
        KeyFactory.getInstance("Ed25519")
            .generatePublic(new X509EncodedKeySpec(key.spki().toByteArray()));
    assertThat(parsed).isEqualTo(key.publicKey());
    assertThat(SignedNote.keyId("a", key)).isNotEqualTo(SignedNote.keyId("b", key));
    VirtualKey curve = VirtualKey.create(KeyType.EC_P256);
    assertThat(SignedNote.keyId("a", curve)).isEqualTo(PemText.sha256(curve.spki()));
  }

  @Test
  void bundlesHaveWhatTheyWereAskedFor() throws Exception {
    VirtualBundle bundle =
        sigstore
            .signer(VirtualIdentity.email("me@example.com", "https://issuer.example"))
            .loggedIn(sigstore.rekor1())
            .loggedIn(sigstore.rekor2())
            .stampedBy(sigstore.tsa())
            .message(ARTIFACT);
    JsonObject json = JsonParser.parseObject(bundle.bytes(), "bundle");
    assertThat(json.members().stream().map(JsonObject.Member::name))
        .containsExactly("mediaType", "verificationMaterial", "messageSignature");
    JsonObject material = (JsonObject) json.get("verificationMaterial").orElseThrow();
    assertThat(material.members().stream().map(JsonObject.Member::name))
        .containsExactly("certificate", "tlogEntries", "timestampVerificationData");
    assertThat(bundle.withMediaType(VirtualBundle.V0_1).json().get("mediaType"))
        .contains(new JsonString("application/vnd.dev.sigstore.bundle+json;version=0.1"));
    assertThat(bundle.withEntries().withTimestamps().bytes().size())
        .isLessThan(bundle.bytes().size() / 2);
  }

  @Test
  void messagesAndEnvelopesAreSignedByTheCertifiedKey() throws Exception {
    VirtualKey key = VirtualKey.create(KeyType.EC_P384);
    VirtualSigner signer =
        sigstore.signer(key).loggedIn(sigstore.rekor1()).loggedIn(sigstore.rekor2());
    JsonObject message = (JsonObject) member(signer.message(ARTIFACT), "messageSignature");
    assertThat(verifies("SHA384withECDSA", key.publicKey(), ARTIFACT, bytes(message, "signature")))
        .isTrue();
    VirtualBundle again = signer.message(ARTIFACT);
    assertThat(again.signature())
        .isEqualTo(bytes((JsonObject) member(again, "messageSignature"), "signature"));
    VirtualBundle image = signer.image("00".repeat(32));
    JsonObject envelope = (JsonObject) member(image, "dsseEnvelope");
    String payload = new String(bytes(envelope, "payload").toByteArray(), StandardCharsets.UTF_8);
    assertThat(payload).contains("\"sha256\":\"" + "00".repeat(32) + "\"");
    String pae = "DSSEv1 28 application/vnd.in-toto+json " + payload.length() + " " + payload;
    JsonObject first =
        (JsonObject) ((JsonArray) envelope.get("signatures").orElseThrow()).values().get(0);
    assertThat(verifies("SHA384withECDSA", key.publicKey(), Bytes.utf8(pae), bytes(first, "sig")))
        .isTrue();
    assertThat(image.signature()).isEqualTo(bytes(first, "sig"));
    assertThat(image.entries())
        .extracting(VirtualEntry::kind)
        .containsExactly("dsse", "hashedrekord");
  }

  private static JsonValue member(VirtualBundle bundle, String name) {
    return bundle.content().get(name).orElseThrow();
  }

  private static Bytes bytes(JsonObject object, String name) throws MalformedInputException {
    return Base64Text.decode(((JsonString) object.get(name).orElseThrow()).value(), name);
  }

  @Test
  void ed25519IsPrehashedForMessagesOnlyUnlessToldOtherwise() throws Exception {
    VirtualKey key = VirtualKey.create(KeyType.ED25519);
    Bytes pae = Bytes.utf8("DSSEv1 1 t 2 {}");
    VirtualSigner signer = sigstore.signer(key);
    assertThat(
            verifies(
                "Ed25519",
                key.publicKey(),
                pae,
                signer.envelope("t", Bytes.utf8("{}")).signature()))
        .isTrue();
    assertThat(verifies("Ed25519", key.publicKey(), ARTIFACT, signer.message(ARTIFACT).signature()))
        .isFalse();
    assertThat(
            verifies(
                "Ed25519",
                key.publicKey(),
                ARTIFACT,
                signer.prehashed(false).message(ARTIFACT).signature()))
        .isTrue();
  }

  @Test
  void everyKindOfEntryIsLogged() {
    VirtualRekor1 log = sigstore.rekor1();
    VirtualKey key = VirtualKey.create(KeyType.EC_P256);
    String pem = key.publicPem();
    Bytes signature = key.sign(ARTIFACT);
    assertThat(log.rekord(ARTIFACT, signature, pem, NOW).body().toString()).isNotEmpty();
    log.intoto1("{}", ARTIFACT, pem, NOW);
    VirtualEntry doubled = log.intoto2("{}", "t", ARTIFACT, signature, pem, NOW);
    String twice = Base64Text.encode(Bytes.utf8(Base64Text.encode(signature)));
    assertThat(new String(doubled.body().toByteArray(), StandardCharsets.UTF_8))
        .contains("\"sig\":\"" + twice + "\"");
    assertThat(
            sigstore
                .rekor2()
                .dsse(ARTIFACT, signature, VirtualRekor2.Signer.publicKey(key), NOW)
                .kind())
        .isEqualTo("dsse");
    assertThat(log.entry(0).orElseThrow().kind()).isEqualTo("rekord");
    assertThat(log.entry(3)).isEmpty();
  }

  @Test
  void theClockIsTheTests() {
    sigstore.setTime(NOW.plusSeconds(5));
    VirtualBundle bundle =
        sigstore
            .signer(VirtualKey.create(KeyType.EC_P256))
            .loggedIn(sigstore.rekor1())
            .message(ARTIFACT);
    assertThat(bundle.entries().get(0).integratedTime()).isEqualTo(NOW.getEpochSecond() + 5);
  }

  @Test
  void tokensAreSignedAndSayWhatTheyWereAskedFor() throws Exception {
    VirtualOidc oidc = sigstore.oidc();
    String[] parts = oidc.emailToken("me@example.com", NOW).split("\\.", -1);
    assertThat(
            verifies(
                "SHA256withRSA",
                oidc.key().publicKey(),
                Bytes.utf8(parts[0] + "." + parts[1]),
                Base64Text.decodeAnyVariant(parts[2], "token")))
        .isTrue();
    JsonObject claims =
        JsonParser.parseObject(Base64Text.decodeAnyVariant(parts[1], "token"), "claims");
    assertThat(claims.get("email")).contains(new JsonString("me@example.com"));
    assertThat(claims.get("aud")).contains(new JsonString("sigstore"));
  }
}
