package dev.bulla.testkit.kms;

import dev.bulla.bytes.Bytes;
import dev.bulla.error.KeyException;
import dev.bulla.error.KeyException.Problem;
import dev.bulla.key.KeyType;
import dev.bulla.key.SignatureAlgorithm;
import dev.bulla.key.Signer;
import dev.bulla.key.VerificationKey;
import dev.bulla.keys.kms.KmsKey;
import dev.bulla.keys.kms.KmsKeyVersion;
import dev.bulla.keys.kms.KmsSigner;
import dev.bulla.keys.kms.SigningInput;
import dev.bulla.testkit.kms.KmsBench.Operation;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What every provider of keys in services has to pass. A test class of the provider runs each check
 * on a bench of its own:
 *
 * <pre>{@code
 * @TestFactory
 * Stream<DynamicTest> conformance() {
 *   return KmsConformance.checks().stream()
 *       .map(check -> DynamicTest.dynamicTest(check.name(), () -> check.run(newBench())));
 * }
 * }</pre>
 */
public final class KmsConformance {

  private static final Duration PATIENT = Duration.ofSeconds(20);
  private static final Duration IMPATIENT = Duration.ofMillis(300);
  private static final Bytes MESSAGE = Bytes.utf8("what the key has to sign");
  private static final Bytes OTHER = Bytes.utf8("what nobody signed");

  /** One check. */
  public static final class Check {

    private final String name;
    private final Body body;

    private Check(String name, Body body) {
      this.name = name;
      this.body = body;
    }

    /** What holds when it passes. */
    public String name() {
      return name;
    }

    /**
     * Runs it, and closes the bench.
     *
     * @return whether the bench could do what the check needs
     * @throws AssertionError when the provider does not pass
     */
    public boolean run(KmsBench bench) throws KeyException {
      try (bench) {
        return body.run(bench);
      }
    }

    @Override
    public String toString() {
      return name;
    }
  }

  /** The work of a check. */
  private interface Body {
    boolean run(KmsBench bench) throws KeyException;
  }

  /** What is expected to fail. */
  private interface Attempt {
    void run() throws KeyException;
  }

  private KmsConformance() {}

  /** Every check. */
  public static List<Check> checks() {
    return List.of(
        new Check("a key of the usual type is made when it is missing", KmsConformance::makesKey),
        new Check("every type can be made, read and signed with", KmsConformance::everyType),
        new Check("making a key twice keeps it", KmsConformance::makesOnce),
        new Check("a missing key is said to be missing", KmsConformance::missing),
        new Check("versions are asked for once", KmsConformance::asksOnce),
        new Check("the service takes its own signature and no other", KmsConformance::remote),
        new Check("after a rotation old signatures count", KmsConformance::rotation),
        new Check("a retired version counts no more", KmsConformance::retired),
        new Check("a key of another kind is refused", KmsConformance::anotherKind),
        new Check("a missing right is named: to read", b -> permission(b, Operation.READ)),
        new Check("a missing right is named: to sign", b -> permission(b, Operation.SIGN)),
        new Check("a missing right is named: to make", b -> permission(b, Operation.CREATE)),
        new Check("throttling is waited for", b -> passesOver(b, KmsFault.THROTTLED)),
        new Check("endless throttling ends", b -> endsIn(b, KmsFault.THROTTLED, Problem.THROTTLED)),
        new Check("a server error is repeated", b -> passesOver(b, KmsFault.SERVER_ERROR)),
        new Check(
            "a failing server is out of reach",
            b -> endsIn(b, KmsFault.SERVER_ERROR, Problem.UNREACHABLE)),
        new Check("a silent server is out of reach", KmsConformance::silence),
        new Check(
            "a wrong clock is named", b -> endsIn(b, KmsFault.CLOCK_SKEW, Problem.CLOCK_SKEW)),
        new Check("a key deleted between two calls is missed", KmsConformance::deleted));
  }

  private static boolean makesKey(KmsBench bench) throws KeyException {
    try (KmsKey key = bench.open("usual", PATIENT)) {
      KmsKeyVersion made = key.create(Optional.empty());
      expect(made.publicKey().type() == bench.usualType(), "it has the usual type");
      expect(key.versions().equals(List.of(made)), "it has one version, which signs");
    }
    try (KmsKey again = bench.open("usual", PATIENT);
        Signer signer = KmsSigner.open(again)) {
      expectSigned(signer.publicKey(), signer.algorithm(), MESSAGE, signer.sign(MESSAGE));
    }
    return true;
  }

  private static boolean everyType(KmsBench bench) throws KeyException {
    for (KeyType type : bench.types()) {
      String name = "type" + type.name().replace("_", "");
      try (KmsKey key = bench.open(name, PATIENT)) {
        VerificationKey exported = key.create(Optional.of(type)).publicKey();
        expect(exported.type() == type, type + " is what was asked for");
        for (SignatureAlgorithm algorithm : key.algorithms()) {
          Bytes signature = key.sign(SigningInput.of(algorithm, MESSAGE));
          expectSigned(exported, algorithm, MESSAGE, signature);
          expect(
              !IndependentCheck.verifies(exported, algorithm, OTHER, signature),
              algorithm + " signs one message only");
        }
      }
    }
    return true;
  }

  private static boolean makesOnce(KmsBench bench) throws KeyException {
    KmsKeyVersion first;
    try (KmsKey key = bench.open("twice", PATIENT)) {
      first = key.create(Optional.empty());
      expect(key.create(Optional.empty()).equals(first), "the same process gets the same key");
    }
    KeyType other =
        bench.types().stream().filter(type -> type != bench.usualType()).findFirst().orElseThrow();
    try (KmsKey key = bench.open("twice", PATIENT)) {
      expect(key.create(Optional.of(other)).equals(first), "a key that is there stays as it is");
    }
    return true;
  }

  private static boolean missing(KmsBench bench) throws KeyException {
    try (KmsKey key = bench.open("absent", PATIENT)) {
      expectFailure(bench, Problem.NOT_FOUND, key::versions);
      expectFailure(bench, Problem.NOT_FOUND, () -> KmsSigner.open(key));
    }
    return true;
  }

  private static boolean asksOnce(KmsBench bench) throws KeyException {
    if (bench.requests().isEmpty()) {
      return false;
    }
    try (KmsKey key = bench.open("once", PATIENT)) {
      key.create(Optional.empty());
      int before = bench.requests().get();
      for (int i = 0; i < 3; i++) {
        key.versions();
        key.algorithms();
      }
      expect(bench.requests().get() == before, "what is known is not asked again");
    }
    return true;
  }

  private static boolean remote(KmsBench bench) throws KeyException {
    for (KeyType type : bench.types()) {
      try (KmsKey key = bench.open("remote" + type.name().replace("_", ""), PATIENT)) {
        KmsKeyVersion version = key.create(Optional.of(type));
        for (SignatureAlgorithm algorithm : key.algorithms()) {
          SigningInput input = SigningInput.of(algorithm, MESSAGE);
          Bytes signature = key.sign(input);
          expect(key.verify(version, input, signature), "its own by " + algorithm);
          expect(
              !key.verify(version, SigningInput.of(algorithm, OTHER), signature),
              "not for another message by " + algorithm);
        }
        SigningInput input = SigningInput.of(key.algorithms().get(0), MESSAGE);
        expect(!key.verify(version, input, Bytes.utf8("no signature")), "nothing that is none");
      }
    }
    return true;
  }

  private static boolean rotation(KmsBench bench) throws KeyException {
    KmsKeyVersion first;
    Bytes old;
    try (KmsKey key = bench.open("turning", PATIENT)) {
      first = key.create(Optional.empty());
      old = key.sign(SigningInput.of(key.algorithms().get(0), MESSAGE));
      if (!bench.rotate("turning")) {
        return false;
      }
    }
    try (KmsKey key = bench.open("turning", PATIENT)) {
      expect(key.versions().size() == 2, "both versions count");
      expect(key.versions().get(1).equals(first), "the old one comes second");
      SignatureAlgorithm algorithm = key.algorithms().get(0);
      VerificationKey newest = key.versions().get(0).publicKey();
      SigningInput input = SigningInput.of(algorithm, MESSAGE);
      expectSigned(newest, algorithm, MESSAGE, key.sign(input));
      expectSigned(first.publicKey(), algorithm, MESSAGE, old);
      expect(key.verify(first, input, old), "the service takes the old signature");
      expect(!key.verify(key.versions().get(0), input, old), "for the old version only");
    }
    return true;
  }

  private static boolean retired(KmsBench bench) throws KeyException {
    try (KmsKey key = bench.open("retired", PATIENT)) {
      KmsKeyVersion first = key.create(Optional.empty());
      if (!bench.rotate("retired") || !bench.retireOldVersions("retired")) {
        return false;
      }
      try (KmsKey later = bench.open("retired", PATIENT)) {
        expect(later.versions().size() == 1, "one version is left");
        expect(!later.versions().get(0).equals(first), "the new one");
      }
    }
    return true;
  }

  private static boolean anotherKind(KmsBench bench) throws KeyException {
    if (!bench.makeKeyOfAnotherKind("secret")) {
      return false;
    }
    try (KmsKey key = bench.open("secret", PATIENT)) {
      expectFailure(bench, Problem.WRONG_KEY, key::versions);
    }
    return true;
  }

  private static boolean permission(KmsBench bench, Operation operation) throws KeyException {
    try (KmsKey key = bench.open("guarded", PATIENT)) {
      if (operation != Operation.CREATE) {
        key.create(Optional.empty());
      }
      Attempt attempt =
          switch (operation) {
            case READ -> () -> reopened(bench, "guarded").versions();
            case SIGN -> {
              key.algorithms();
              yield () -> key.sign(SigningInput.of(key.algorithms().get(0), MESSAGE));
            }
            case CREATE -> () -> key.create(Optional.empty());
          };
      if (!bench.fail(KmsFault.NOT_PERMITTED, 1000)) {
        return false;
      }
      KeyException failure = expectFailure(bench, Problem.NOT_PERMITTED, attempt);
      List<String> names = bench.permissions("guarded", operation);
      expect(
          names.stream().anyMatch(failure.message()::contains),
          "the message names one of " + names + ": " + failure.message());
      expect(failure.hint().isPresent(), "and how to get it");
    }
    return true;
  }

  private static KmsKey reopened(KmsBench bench, String name) throws KeyException {
    return bench.open(name, PATIENT);
  }

  private static boolean passesOver(KmsBench bench, KmsFault fault) throws KeyException {
    try (KmsKey key = bench.open("patience", PATIENT)) {
      key.create(Optional.empty());
      SignatureAlgorithm algorithm = key.algorithms().get(0);
      if (!bench.fail(fault, 2)) {
        return false;
      }
      Bytes signature = key.sign(SigningInput.of(algorithm, MESSAGE));
      expectSigned(key.versions().get(0).publicKey(), algorithm, MESSAGE, signature);
    }
    return true;
  }

  private static boolean endsIn(KmsBench bench, KmsFault fault, Problem problem)
      throws KeyException {
    try (KmsKey key = bench.open("endless", PATIENT)) {
      key.create(Optional.empty());
      SigningInput input = SigningInput.of(key.algorithms().get(0), MESSAGE);
      if (!bench.fail(fault, 1000)) {
        return false;
      }
      expectFailure(bench, problem, () -> key.sign(input));
    }
    return true;
  }

  private static boolean silence(KmsBench bench) throws KeyException {
    try (KmsKey key = bench.open("silent", IMPATIENT)) {
      if (!bench.fail(KmsFault.SILENCE, 1000)) {
        return false;
      }
      expectFailure(bench, Problem.UNREACHABLE, key::versions);
    }
    return true;
  }

  private static boolean deleted(KmsBench bench) throws KeyException {
    try (KmsKey key = bench.open("leaving", PATIENT)) {
      key.create(Optional.empty());
      SigningInput input = SigningInput.of(key.algorithms().get(0), MESSAGE);
      if (!bench.delete("leaving")) {
        return false;
      }
      KeyException failure = expectFailure(bench, null, () -> key.sign(input));
      expect(
          failure.problem() == Problem.NOT_FOUND || failure.problem() == Problem.WRONG_KEY,
          "it is missing or in a state that cannot sign: " + failure.message());
    }
    return true;
  }

  private static void expectSigned(
      VerificationKey key, SignatureAlgorithm algorithm, Bytes message, Bytes signature) {
    expect(
        IndependentCheck.verifies(key, algorithm, message, signature),
        "the exported key verifies what " + algorithm + " signed");
  }

  private static KeyException expectFailure(
      KmsBench bench, @org.jspecify.annotations.Nullable Problem problem, Attempt attempt) {
    try {
      attempt.run();
    } catch (KeyException e) {
      StringWriter all = new StringWriter();
      e.printStackTrace(new PrintWriter(all));
      all.append(e.hint().orElse(""));
      for (String secret : bench.secrets()) {
        expect(!all.toString().contains(secret), "no failure shows a secret");
      }
      expect(
          problem == null || e.problem() == problem,
          problem + " is the kind of failure, not " + e.problem() + ": " + e.message());
      return e;
    }
    throw new AssertionError("it has to fail with " + problem);
  }

  private static void expect(boolean holds, String what) {
    if (!holds) {
      throw new AssertionError("does not hold: " + what);
    }
  }
}
