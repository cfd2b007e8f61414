package dev.bulla.verify;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.bundle.BundleJson;
import dev.bulla.bytes.Base64Text;
import dev.bulla.bytes.Bytes;
import dev.bulla.error.MalformedInputException;
import dev.bulla.evidence.BundleSignature;
import dev.bulla.evidence.Candidate;
import dev.bulla.evidence.LegacySignature;
import dev.bulla.evidence.Origin;
import dev.bulla.key.KeyType;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A signature from which one bit is changed is none: not of this payload, not of this key. */
final class DamagedEvidenceTest {

  private static final long SEED = 20261121;
  private static final Image IMAGE = Image.of("the image");
  private static final Origin ORIGIN = new Origin("r.io/app", 1);

  private static Policy policy(Party party) {
    return Policy.requiringKey(party.key()).insecurelyIgnoringLog();
  }

  private static Bytes flipped(Bytes bytes, int bit) {
    byte[] changed = bytes.toByteArray();
    changed[bit / 8] ^= (byte) (1 << bit % 8);
    return Bytes.of(changed);
  }

  private static void assertRefused(Image image, Candidate candidate, Policy policy, String which) {
    assertThat(Verdicts.accepts(image.with(candidate), policy)).as(which).isFalse();
  }

  @ParameterizedTest
  @EnumSource(names = {"EC_P256", "ED25519"})
  void noBitOfAPayloadCanBeChanged(KeyType type) {
    Party alice = Party.ofType(type);
    Bytes payload = Evidence.payload(IMAGE, Map.of("env", "prod"));
    Bytes signature = alice.sign(payload);
    Bytes statement = Evidence.statement(IMAGE, Map.of("env", "prod"));
    Bytes ofStatement = Evidence.signature(alice, statement);
    Random random = new Random(SEED);

    for (int i = 0; i < 60; i++) {
      int bit = random.nextInt(payload.size() * 8);
      assertRefused(
          IMAGE,
          Evidence.legacy(flipped(payload, bit), signature, Map.of()),
          policy(alice),
          "seed " + SEED + ", payload, bit " + bit);
      bit = random.nextInt(statement.size() * 8);
      assertRefused(
          IMAGE,
          Evidence.dsse("", flipped(statement, bit), ofStatement, ""),
          policy(alice),
          "seed " + SEED + ", statement, bit " + bit);
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"EC_P256", "ED25519", "RSA_2048"})
  void noBitOfASignatureCanBeChanged(KeyType type) {
    Party alice = Party.ofType(type);
    Bytes payload = Evidence.payload(IMAGE, Map.of());
    Bytes signature = alice.sign(payload);
    Bytes statement = Evidence.statement(IMAGE, Map.of());
    Bytes ofStatement = Evidence.signature(alice, statement);
    Random random = new Random(SEED);

    for (int i = 0; i < 60; i++) {
      // the length may differ by a byte from run to run
      int bit = random.nextInt(512);
      assertRefused(
          IMAGE,
          Evidence.legacy(payload, flipped(signature, bit), Map.of()),
          policy(alice),
          "seed " + SEED + ", legacy, bit " + bit);
      assertRefused(
          IMAGE,
          Evidence.dsse("", statement, flipped(ofStatement, bit), ""),
          policy(alice),
          "seed " + SEED + ", statement, bit " + bit);
    }
  }

  /** The text of the annotation, not the bytes it stands for. */
  @ParameterizedTest
  @EnumSource(names = {"EC_P256", "ED25519"})
  void noBitOfASignatureAnnotationCanBeChanged(KeyType type) {
    Party alice = Party.ofType(type);
    Bytes payload = Evidence.payload(IMAGE, Map.of());
    String text = Base64Text.encode(alice.sign(payload));

    Random random = new Random(SEED);

    for (int i = 0; i < 120; i++) {
      // from the end, where padding and unused bits are
      int at = text.length() - 1 - (i < 40 ? i / 8 : random.nextInt(text.length()));
      int bit = i % 8;
      StringBuilder changed = new StringBuilder(text);
      changed.setCharAt(at, (char) (text.charAt(at) ^ (1 << bit)));
      assertRefused(
          IMAGE,
          new LegacySignature(ORIGIN, payload, changed.toString(), Map.of()),
          policy(alice),
          "seed " + SEED + ", character " + at + ", bit " + bit);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"statement", "manifest"})
  void noBitOfABundleCanBeChangedButInTheHint(String kind) throws Exception {
    Party alice = Party.withKey(KeyType.ED25519);
    BundleSignature good =
        kind.equals("statement") ? Evidence.dsse(alice, IMAGE) : Evidence.message(alice, IMAGE);
    Bytes raw = good.raw();
    String json = raw.toUtf8String("bundle");
    int hint = json.indexOf(alice.key().hint());
    int hintEnd = hint + alice.key().hint().length();
    int accepted = 0;
    Random random = new Random(SEED);

    for (int i = 0; i < 400; i++) {
      int bit = random.nextInt(raw.size() * 8);
      Optional<Candidate> candidate = parse(flipped(raw, bit));
      if (candidate.isPresent() && Verdicts.accepts(IMAGE.with(candidate.get()), policy(alice))) {
        accepted++;
        assertThat(bit / 8).as("seed %d, %s", SEED, json).isBetween(hint, hintEnd - 1);
      }
    }
    assertThat(accepted).as("the hint is free text").isPositive();
  }

  private static Optional<Candidate> parse(Bytes json) {
    try {
      return Optional.of(new BundleSignature(ORIGIN, BundleJson.parse(json), json));
    } catch (MalformedInputException e) {
      return Optional.empty();
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"EC_P256", "ED25519", "RSA_2048"})
  void nothingCanBeAddedOrCutOff(KeyType type) {
    Party alice = Party.ofType(type);
    Bytes payload = Evidence.payload(IMAGE, Map.of());
    Bytes signature = alice.sign(payload);
    Bytes zero = Bytes.of((byte) 0);
    Bytes newline = Bytes.utf8("\n");

    for (Bytes changed :
        new Bytes[] {
          Bytes.concat(signature, zero),
          Bytes.concat(zero, signature),
          Bytes.concat(signature, signature),
          signature.slice(0, signature.size() - 1),
          signature.slice(1, signature.size()),
          Bytes.of(new byte[signature.size()])
        }) {
      assertRefused(
          IMAGE,
          Evidence.legacy(payload, changed, Map.of()),
          policy(alice),
          Base64Text.encode(changed));
    }
    for (Bytes changed :
        new Bytes[] {
          Bytes.concat(payload, newline),
          Bytes.concat(newline, payload),
          payload.slice(0, payload.size() - 1),
          Bytes.EMPTY
        }) {
      assertRefused(
          IMAGE,
          Evidence.legacy(changed, signature, Map.of()),
          policy(alice),
          "payload of " + changed.size() + " bytes");
    }
  }
}
