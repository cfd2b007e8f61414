package dev.bulla.error;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.error.Refusal.ReasonCode;
import dev.bulla.error.VerificationException.Outcome;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class BullaExceptionTest {

  static Stream<BullaException> everyKind() {
    return Stream.of(
        new ConfigurationException("no key", "give one"),
        new KeyException("no such key", "look again"),
        new LogException("no answer", "try again"),
        MalformedInputException.withHint("bundle", "not JSON", "look at the file"),
        new RegistryException(
            RegistryException.Kind.THROTTLED,
            "too many requests",
            429,
            List.of("TOOMANYREQUESTS"),
            "wait",
            null),
        new ServiceException(ServiceException.Kind.REFUSED, "bad token", 400, "log in", null),
        new VerificationException(
            Outcome.REFUSED,
            "no matching signatures",
            List.of(new Refusal("signature 1", ReasonCode.SIGNATURE_MISMATCH, "mismatch")),
            "look at the key"));
  }

  @Test
  void everyKindIsTested() {
    assertThat(everyKind().map(Object::getClass))
        .containsExactlyInAnyOrder(BullaException.class.getPermittedSubclasses());
  }

  @ParameterizedTest
  @MethodSource("everyKind")
  void keepsKindCodeAndHintInAContext(BullaException e) {
    BullaException in = e.in("signing app");

    assertThat(in).hasSameClassAs(e).hasCause(e);
    assertThat(in.message()).isEqualTo("signing app: " + e.message());
    assertThat(in.code()).isEqualTo(e.code());
    assertThat(in.hint()).isEqualTo(e.hint()).isPresent();
  }

  @Test
  void keepsTheDetailsInAContext() {
    RegistryException registry = null;
    VerificationException verification = null;
    for (BullaException e : everyKind().toList()) {
      switch (e.in("there")) {
        case RegistryException r -> registry = r;
        case VerificationException v -> verification = v;
        default -> {}
      }
    }
    assertThat(registry.kind()).isEqualTo(RegistryException.Kind.THROTTLED);
    assertThat(registry.status()).isEqualTo(OptionalInt.of(429));
    assertThat(registry.registryCodes()).containsExactly("TOOMANYREQUESTS");
    assertThat(verification.outcome()).isEqualTo(Outcome.REFUSED);
    assertThat(verification.refusals())
        .containsExactly(new Refusal("signature 1", ReasonCode.SIGNATURE_MISMATCH, "mismatch"));
  }

  @ParameterizedTest
  @MethodSource("everyKind")
  void survivesSerialization(BullaException e) throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(e);
    }
    try (ObjectInputStream in =
        new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
      assertThat(in.readObject())
          .isInstanceOfSatisfying(
              BullaException.class,
              copy -> {
                assertThat(copy).hasSameClassAs(e);
                assertThat(copy.message()).isEqualTo(e.message());
                assertThat(copy.code()).isEqualTo(e.code());
              });
    }
  }

  /**
   * "Refused", "nothing there" and "could not look" must not run together on the way to an exit
   * code.
   */
  @Test
  void everyOutcomeHasACodeOfItsOwn() {
    assertThat(
            Arrays.stream(Outcome.values())
                .map(outcome -> new VerificationException(outcome, "no", List.of(), null).code()))
        .doesNotHaveDuplicates()
        .hasSize(Outcome.values().length);
  }

  @Test
  void onlyAnAuthoritativeAbsenceIsNotFound() {
    for (RegistryException.Kind kind : RegistryException.Kind.values()) {
      assertThat(new RegistryException(kind, "no").code() == ErrorCode.NOT_FOUND)
          .as("%s", kind)
          .isEqualTo(kind == RegistryException.Kind.NOT_FOUND);
    }
    assertThat(new RegistryException(RegistryException.Kind.TIMEOUT, "no").status()).isEmpty();
  }

  @Test
  void namesWhatWasReadAndThenTheProblem() {
    assertThat(new MalformedInputException("bundle", "no content").message())
        .isEqualTo("bundle: no content");
    assertThat(MalformedInputException.verbatim("could not parse reference: x").message())
        .isEqualTo("could not parse reference: x");
    assertThat(new MalformedInputException("bundle", "no content").what()).isEqualTo("bundle");
  }

  @Test
  void familyIsClosed() {
    for (Class<?> kind : BullaException.class.getPermittedSubclasses()) {
      assertThat(Modifier.isFinal(kind.getModifiers())).as(kind.getName()).isTrue();
    }
  }
}
