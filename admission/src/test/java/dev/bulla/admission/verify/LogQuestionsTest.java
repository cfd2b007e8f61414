package dev.bulla.admission.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bulla.bytes.Bytes;
import dev.bulla.error.MalformedInputException;
import dev.bulla.error.ServiceException;
import dev.bulla.error.ServiceException.Kind;
import dev.bulla.key.VerificationKey;
import dev.bulla.sigstore.http.NoAnswerException;
import dev.bulla.sigstore.http.ServiceAnswer;
import dev.bulla.sigstore.http.ServiceTransport;
import dev.bulla.sigstore.http.ServiceUrl;
import dev.bulla.tlog.LoggedSignature;
import dev.bulla.tlog.LoggedSignature.LegacyPayload;
import dev.bulla.verify.LogLookup;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class LogQuestionsTest {

  private static final Instant NOW = Instant.parse("2026-11-22T10:00:00Z");

  private final List<Duration> asked = new ArrayList<>();
  private final ServiceTransport nothing =
      (request, timeout) -> {
        asked.add(timeout);
        return new ServiceAnswer(200, List.of(), Bytes.utf8("[]"));
      };

  private static LogLookup questions(ServiceTransport transport, Duration left) throws Exception {
    return new LogQuestions(
        transport, ServiceUrl.parse("https://rekor.example"), () -> NOW, NOW.plus(left));
  }

  private static LoggedSignature signature(int number) throws Exception {
    VerificationKey key = VerificationKey.parsePem(Bytes.utf8(Stage.pem("A")), "key");
    return new LoggedSignature(
        Bytes.utf8("signature " + number),
        key,
        Optional.empty(),
        new LegacyPayload(Bytes.utf8("{}")));
  }

  @Test
  void eachSignatureIsAskedForOnceAndSoManyOfThem() throws Exception {
    LogLookup log = questions(nothing, Duration.ofSeconds(25));
    for (int i = 0; i < 64; i++) {
      assertThat(log.entries(signature(i % 32))).isEmpty();
    }
    assertThat(asked).hasSize(32);
    LoggedSignature another = signature(32);
    assertThatThrownBy(() -> log.entries(another))
        .isInstanceOf(MalformedInputException.class)
        .hasMessageContaining("more than 32 signatures come without their entry");
    assertThat(asked).hasSize(32);
  }

  @Test
  void halfOfTheTimeThatIsLeftIsKept() throws Exception {
    assertThat(questions(nothing, Duration.ofSeconds(8)).entries(signature(1))).isEmpty();
    assertThat(questions(nothing, Duration.ofSeconds(60)).entries(signature(1))).isEmpty();
    assertThat(asked.get(0)).isLessThanOrEqualTo(Duration.ofSeconds(4));
    assertThat(asked.get(1)).isLessThanOrEqualTo(Duration.ofSeconds(10));
    LogLookup late = questions(nothing, Duration.ZERO);
    LoggedSignature any = signature(1);
    assertThatThrownBy(() -> late.entries(any))
        .isInstanceOfSatisfying(
            ServiceException.class, e -> assertThat(e.kind()).isEqualTo(Kind.TIMEOUT));
    assertThat(asked).hasSize(2);
  }

  @Test
  void aLogThatIsAwayIsNotAskedAboutTheOthers() throws Exception {
    ServiceTransport away =
        (request, timeout) -> {
          asked.add(timeout);
          throw new NoAnswerException(Kind.TLS, "not believed", true, null);
        };
    LogLookup log = questions(away, Duration.ofSeconds(25));
    for (int i = 0; i < 5; i++) {
      LoggedSignature one = signature(i);
      assertThatThrownBy(() -> log.entries(one)).isInstanceOf(ServiceException.class);
    }
    assertThat(asked).hasSize(1);
  }

  @Test
  void aQuestionThatTheLogCannotAnswerSaysNothingAboutTheOthers() throws Exception {
    ServiceTransport first =
        (request, timeout) -> {
          asked.add(timeout);
          return new ServiceAnswer(200, List.of(), Bytes.utf8(asked.size() == 1 ? "{" : "[]"));
        };
    LogLookup log = questions(first, Duration.ofSeconds(25));
    LoggedSignature one = signature(1);
    assertThatThrownBy(() -> log.entries(one)).isInstanceOf(ServiceException.class);
    assertThat(log.entries(signature(2))).isEmpty();
  }
}
