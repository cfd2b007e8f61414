package dev.bulla.admission.review;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bulla.bytes.Bytes;
import dev.bulla.error.MalformedInputException;
import dev.bulla.json.JsonArray;
import dev.bulla.json.JsonBoolean;
import dev.bulla.json.JsonNumber;
import dev.bulla.json.JsonObject;
import dev.bulla.json.JsonParser;
import dev.bulla.json.JsonString;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReviewTest {

  private static final String REVIEW =
      "{'apiVersion':'admission.k8s.io/v1','kind':'AdmissionReview','request':{'uid':'u-1',"
          + "'kind':{'group':'','version':'v1','kind':'Pod'},'operation':'CREATE',"
          + "'namespace':'team','object':{'spec':{}},'oldObject':null,'dryRun':true}}";

  private static ReviewRequest parse(String text) throws MalformedInputException {
    return ReviewRequest.parse(Bytes.utf8(text.replace('\'', '"')));
  }

  @Test
  void aRequestIsRead() throws Exception {
    ReviewRequest request = parse(REVIEW);
    assertThat(request.uid()).isEqualTo("u-1");
    assertThat(request.kind()).isEqualTo(new ReviewRequest.Kind("", "Pod"));
    assertThat(request.operation()).isEqualTo("CREATE");
    assertThat(request.namespace()).isEqualTo("team");
    assertThat(request.object()).isPresent();
    assertThat(request.oldObject()).isEmpty();
    assertThat(request.dryRun()).isTrue();
    assertThat(parse(REVIEW.replace(",'dryRun':true", "")).dryRun()).isFalse();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "`` | received invalid json",
        "{ | received invalid json",
        "[] | received invalid json",
        "{'request':{'uid':1}} | received invalid json",
        "{'request':{'uid':'a','uid':'b'}} | received invalid json",
        "{'request':{'object':[]}} | received invalid json",
        "{} | received empty admission request",
        "{'request':null} | received empty admission request",
        "{'request':7} | received empty admission request"
      })
  void whatIsNoReviewIsRefused(String text, String why) {
    assertThatExceptionOfType(MalformedInputException.class)
        .isThrownBy(() -> parse(text))
        .withMessageStartingWith(why);
  }

  @Test
  void reviewsHaveALimit() {
    assertThatExceptionOfType(MalformedInputException.class)
        .isThrownBy(() ->
            parse(
                REVIEW.replace(
                    "'spec':{}", "'spec':'" + "x".repeat(ReviewRequest.MAX_BYTES) + "'")))
        .withMessageStartingWith("received invalid json");
  }

  private static JsonObject response(ReviewAnswer answer) throws Exception {
    JsonObject review = JsonParser.parseObject(answer.toJson(parse(REVIEW)), "answer");
    assertThat(review.get("apiVersion")).contains(new JsonString("admission.k8s.io/v1"));
    assertThat(review.get("kind")).contains(new JsonString("AdmissionReview"));
    JsonObject response = (JsonObject) review.get("response").orElseThrow();
    assertThat(response.get("uid")).contains(new JsonString("u-1"));
    return response;
  }

  @Test
  void aChangeIsAPatch() throws Exception {
    JsonObject response =
        response(
            ReviewAnswer.allowed(
                List.of(new ReviewAnswer.Change("/spec/containers/0/image", "a/b:c@sha256:d"))));
    assertThat(response.get("patchType")).contains(new JsonString("JSONPatch"));
    assertThat(
            new String(
                Base64.getDecoder()
                    .decode(((JsonString) response.get("patch").orElseThrow()).value()),
                StandardCharsets.UTF_8))
        .isEqualTo(
            "[{\"op\":\"replace\",\"path\":\"/spec/containers/0/image\",\"value\":\"a/b:c@sha256:d\"}]");
    assertThat(response.get("status")).isEmpty();
  }

  @Test
  void withoutAChangeThereIsNoPatch() throws Exception {
    JsonObject response = response(ReviewAnswer.allowed());
    assertThat(response.members()).hasSize(2);
    assertThat(response.get("patch")).isEmpty();
  }

  @Test
  void aDenialIsForbiddenAndChangesNothing() throws Exception {
    JsonObject response = response(ReviewAnswer.denied("no matching rule"));
    assertThat(response.get("allowed")).contains(JsonBoolean.FALSE);
    assertThat(response.get("patch")).isEmpty();
    JsonObject status = (JsonObject) response.get("status").orElseThrow();
    assertThat(((JsonNumber) status.get("code").orElseThrow()).text()).isEqualTo("403");
    assertThat(status.get("reason")).contains(new JsonString("Forbidden"));
    assertThat(status.get("message")).contains(new JsonString("no matching rule"));
  }

  @Test
  void insteadOfADenialThereCanBeAWarning() throws Exception {
    String long_ = "x".repeat(255) + "\ud83d\ude00" + "y".repeat(10);
    JsonObject response =
        response(ReviewAnswer.denied(long_).insteadWarning("detection mode active"));
    assertThat(response.get("allowed")).contains(JsonBoolean.TRUE);
    JsonArray warnings = (JsonArray) response.get("warnings").orElseThrow();
    assertThat(warnings.values())
        .containsExactly(
            new JsonString("detection mode active"), new JsonString("x".repeat(255) + "…"));

    ReviewAnswer fine = ReviewAnswer.allowed();
    assertThat(fine.insteadWarning("detection mode active")).isSameAs(fine);
  }

  @Test
  void warningsEndBeforeTheApiServerDropsThem() throws Exception {
    List<String> many = Collections.nCopies(40, "w".repeat(300));
    JsonObject response = response(new ReviewAnswer(List.of(), Optional.empty(), many));
    JsonArray warnings = (JsonArray) response.get("warnings").orElseThrow();
    assertThat(warnings.size()).isEqualTo(ReviewAnswer.MAX_WARNINGS / ReviewAnswer.MAX_WARNING);
  }

  @Test
  void aReviewWithVeryManyValuesIsNotTaken() {
    Bytes body = Bytes.utf8("{\"request\":{\"object\":{\"a\":[" + "0,".repeat(200_000) + "0]}}}");

    assertThatThrownBy(() -> ReviewRequest.parse(body))
        .isInstanceOf(MalformedInputException.class)
        .hasMessageStartingWith("received invalid json: ");
  }
}
