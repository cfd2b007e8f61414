package dev.bulla.kms.pkcs11;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.bulla.bytes.Bytes;
import dev.bulla.error.KeyException;
import dev.bulla.error.KeyException.Problem;
import dev.bulla.key.Password;
import dev.bulla.kms.pkcs11.Cryptoki.Function;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What is passed to a module, byte by byte, and what is believed of what it answers. A length that
 * is believed without being checked ends the process here.
 */
class HostileTokenTest {

  private static final TokenFailures FAILURES = new TokenFailures("fake");
  private static final long UNAVAILABLE = -1;

  private final FakeModule module = new FakeModule();

  @AfterEach
  void close() {
    module.close();
  }

  private TokenSession session() throws CryptokiException {
    return TokenSession.open(module.functions(), 5, false, FAILURES);
  }

  /** An attribute whose length is told first and answered by another one. */
  private void attribute(long told, long answered, byte[] value) {
    module.on(
        Function.C_GET_ATTRIBUTE_VALUE,
        arguments -> {
          MemorySegment wanted = ((MemorySegment) arguments[2]).reinterpret(Attribute.BYTES);
          MemorySegment place = wanted.get(ADDRESS, 8);
          if (place.equals(MemorySegment.NULL)) {
            wanted.set(JAVA_LONG, 16, told);
          } else {
            FakeModule.bytes(place, Arrays.copyOf(value, (int) Math.min(told, value.length)));
            wanted.set(JAVA_LONG, 16, answered);
          }
          return ReturnCode.OK;
        });
  }

  @Test
  void readsAnAttributeInTwoSteps() throws Exception {
    attribute(3, 3, new byte[] {1, 2, 3});

    try (TokenSession session = session()) {
      assertThat(session.attribute(9, Attribute.ID)).hasValue(Bytes.of(new byte[] {1, 2, 3}));
    }
    assertThat(module.calls())
        .containsExactly(
            "C_OpenSession", "C_GetAttributeValue", "C_GetAttributeValue", "C_CloseSession");
  }

  @ParameterizedTest
  @ValueSource(
      longs = {TokenSession.MAX_ATTRIBUTE + 1L, 1L << 40, Long.MAX_VALUE, Long.MIN_VALUE, -2})
  void anAttributeOfAnyLengthIsNotBelieved(long length) throws Exception {
    attribute(length, length, new byte[0]);

    TokenSession session = session();
    assertThatExceptionOfType(KeyException.class)
        .isThrownBy(() -> session.attribute(9, Attribute.EC_POINT))
        .satisfies(e -> assertThat(e.problem()).isEqualTo(Problem.BAD_ANSWER));
  }

  @ParameterizedTest
  @ValueSource(longs = {4, Long.MAX_VALUE, Long.MIN_VALUE, -2})
  void anAttributeThatGrowsIsNotBelieved(long answered) throws Exception {
    attribute(3, answered, new byte[] {1, 2, 3});

    TokenSession session = session();
    assertThatExceptionOfType(KeyException.class)
        .isThrownBy(() -> session.attribute(9, Attribute.EC_POINT))
        .satisfies(e -> assertThat(e.problem()).isEqualTo(Problem.BAD_ANSWER));
  }

  @Test
  void anAttributeThatIsNotToBeHadIsNone() throws Exception {
    TokenSession session = session();
    attribute(UNAVAILABLE, UNAVAILABLE, new byte[0]);
    assertThat(session.attribute(9, Attribute.ID)).isEmpty();

    for (long code :
        new long[] {ReturnCode.ATTRIBUTE_SENSITIVE, ReturnCode.ATTRIBUTE_TYPE_INVALID}) {
      module.on(Function.C_GET_ATTRIBUTE_VALUE, arguments -> code);
      assertThat(session.attribute(9, Attribute.ID)).isEmpty();
    }

    attribute(0, 0, new byte[0]);
    assertThat(session.attribute(9, Attribute.ID)).hasValue(Bytes.EMPTY);
  }

  @Test
  void findsObjectsByTheAttributesItWasGiven() throws Exception {
    List<String> template = new ArrayList<>();
    module.on(
        Function.C_FIND_OBJECTS_INIT,
        arguments -> {
          assertThat(arguments[0]).isEqualTo(77L);
          long count = (long) arguments[2];
          MemorySegment all = ((MemorySegment) arguments[1]).reinterpret(count * Attribute.BYTES);
          for (long i = 0; i < count; i++) {
            MemorySegment one = all.asSlice(i * Attribute.BYTES, Attribute.BYTES);
            long length = one.get(JAVA_LONG, 16);
            byte[] value = one.get(ADDRESS, 8).reinterpret(length).toArray(JAVA_BYTE);
            template.add(one.get(JAVA_LONG, 0) + "=" + Arrays.toString(value));
          }
          return ReturnCode.OK;
        });
    Iterator<Integer> left = List.of(2, 0).iterator();
    module.on(
        Function.C_FIND_OBJECTS,
        arguments -> {
          int count = left.next();
          MemorySegment places = ((MemorySegment) arguments[1]).reinterpret(2L * Long.BYTES);
          for (int i = 0; i < count; i++) {
            places.setAtIndex(JAVA_LONG, i, 40 + i);
          }
          FakeModule.number((MemorySegment) arguments[3], count);
          return ReturnCode.OK;
        });

    assertThat(
            session()
                .find(
                    Attribute.number(Attribute.CLASS, Attribute.PUBLIC_KEY_CLASS),
                    Attribute.text(Attribute.LABEL, "kä")))
        .containsExactly(40L, 41L);
    assertThat(template).containsExactly("0=[2, 0, 0, 0, 0, 0, 0, 0]", "3=[107, -61, -92]");
    assertThat(module.calls()).endsWith("C_FindObjects", "C_FindObjectsFinal");
  }

  @ParameterizedTest
  @ValueSource(longs = {65, Long.MAX_VALUE, -1})
  void moreObjectsThanThereIsRoomForAreNotBelieved(long count) throws Exception {
    module.on(
        Function.C_FIND_OBJECTS,
        arguments -> {
          FakeModule.number((MemorySegment) arguments[3], count);
          return ReturnCode.OK;
        });

    TokenSession session = session();
    assertThatExceptionOfType(KeyException.class)
        .isThrownBy(session::find)
        .satisfies(e -> assertThat(e.problem()).isEqualTo(Problem.BAD_ANSWER));
    assertThat(module.calls()).endsWith("C_FindObjectsFinal");
  }

  @Test
  void objectsWithoutEndEndSomewhere() throws Exception {
    module.on(
        Function.C_FIND_OBJECTS,
        arguments -> {
          FakeModule.number((MemorySegment) arguments[3], 64);
          return ReturnCode.OK;
        });

    TokenSession session = session();
    assertThatExceptionOfType(KeyException.class)
        .isThrownBy(session::find)
        .withMessageContaining("more than " + TokenSession.MAX_OBJECTS + " objects");
  }

  @ParameterizedTest
  @ValueSource(longs = {1025, Long.MAX_VALUE, -1})
  void aSignatureOfAnyLengthIsNotBelieved(long length) throws Exception {
    module.on(
        Function.C_SIGN,
        arguments -> {
          FakeModule.number((MemorySegment) arguments[4], length);
          return ReturnCode.OK;
        });

    TokenSession session = session();
    assertThatExceptionOfType(KeyException.class)
        .isThrownBy(() -> session.sign(1, 2, Bytes.EMPTY, Optional.empty()))
        .satisfies(e -> assertThat(e.problem()).isEqualTo(Problem.BAD_ANSWER));
  }

  @Test
  void aKeyThatWantsThePinEachTimeGetsItBetweenTheTwoCalls() throws Exception {
    module.on(
        Function.C_LOGIN,
        arguments -> {
          assertThat(arguments[1]).isEqualTo(2L);
          long length = (long) arguments[3];
          assertThat(((MemorySegment) arguments[2]).reinterpret(length).toArray(JAVA_BYTE))
              .isEqualTo("12345".getBytes(StandardCharsets.US_ASCII));
          return ReturnCode.OK;
        });
    module.on(
        Function.C_SIGN,
        arguments -> {
          assertThat(
                  ((MemorySegment) arguments[1])
                      .reinterpret((long) arguments[2])
                      .toArray(JAVA_BYTE))
              .isEqualTo(new byte[] {7, 8});
          FakeModule.bytes((MemorySegment) arguments[3], new byte[] {1, 2, 3});
          FakeModule.number((MemorySegment) arguments[4], 3);
          return ReturnCode.OK;
        });
    try (Password pin = Password.ofText("12345");
        TokenSession session = session()) {
      assertThat(session.sign(1, 2, Bytes.of((byte) 7, (byte) 8), Optional.of(Optional.of(pin))))
          .isEqualTo(Bytes.of((byte) 1, (byte) 2, (byte) 3));
    }
    assertThat(module.calls())
        .containsExactly("C_OpenSession", "C_SignInit", "C_Login", "C_Sign", "C_CloseSession");
  }

  @Test
  void readsTheTokensAndPassesOverOneThatIsPulledOut() throws Exception {
    slots(2, 2);
    module.on(
        Function.C_GET_TOKEN_INFO,
        arguments -> {
          if ((long) arguments[0] == 11) {
            return ReturnCode.TOKEN_NOT_PRESENT;
          }
          byte[] info = new byte[(int) TokenInfo.BYTES];
          Arrays.fill(info, 0, 96, (byte) ' ');
          byte[] label = "Tök\u001b".getBytes(StandardCharsets.UTF_8);
          System.arraycopy(label, 0, info, 0, label.length);
          info[80] = '9';
          info[81] = 0;
          FakeModule.bytes((MemorySegment) arguments[1], info);
          FakeModule.number(((MemorySegment) arguments[1]).reinterpret(208).asSlice(96), 0x404);
          return ReturnCode.OK;
        });

    assertThat(Slots.tokens(module.functions(), FAILURES))
        .singleElement()
        .satisfies(info -> {
          assertThat(info.token().slot()).isEqualTo(10);
          assertThat(info.token().label()).isEqualTo("Tök\u001b");
          assertThat(info.token().manufacturer()).isEmpty();
          assertThat(info.token().initialized()).isTrue();
          assertThat(info.needsLogin()).isTrue();
          assertThat(info.hasPinPad()).isFalse();
        });
  }

  @ParameterizedTest
  @ValueSource(longs = {1025, Long.MAX_VALUE, -1})
  void slotsWithoutEndAreNotBelieved(long count) {
    slots(count, count);
    assertThatExceptionOfType(KeyException.class)
        .isThrownBy(() -> Slots.tokens(module.functions(), FAILURES))
        .satisfies(e -> assertThat(e.problem()).isEqualTo(Problem.BAD_ANSWER));
  }

  @Test
  void moreSlotsThanThereIsRoomForAreNotBelieved() {
    slots(1, 2);
    assertThatExceptionOfType(KeyException.class)
        .isThrownBy(() -> Slots.tokens(module.functions(), FAILURES))
        .satisfies(e -> assertThat(e.problem()).isEqualTo(Problem.BAD_ANSWER));
  }

  /** A count, then slots 10, 11, …, then a count once more. */
  private void slots(long told, long answered) {
    module.on(
        Function.C_GET_SLOT_LIST,
        arguments -> {
          assertThat(arguments[0]).isEqualTo((byte) 1);
          MemorySegment list = (MemorySegment) arguments[1];
          if (!list.equals(MemorySegment.NULL)) {
            for (int i = 0; i < told; i++) {
              list.reinterpret(told * Long.BYTES).setAtIndex(JAVA_LONG, i, 10 + i);
            }
          }
          FakeModule.number(
              (MemorySegment) arguments[2], list.equals(MemorySegment.NULL) ? told : answered);
          return ReturnCode.OK;
        });
  }

  @Test
  void aFunctionThatTheModuleLacksIsAnAnswerAndNoCrash() {
    assertThatExceptionOfType(CryptokiException.class)
        .isThrownBy(() -> module.functions().call(Function.C_VERIFY_INIT))
        .withMessage("C_VerifyInit: CKR_FUNCTION_NOT_SUPPORTED");
  }
}
