package dev.bulla.intoto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bulla.bundle.Bundle.DsseContent;
import dev.bulla.bundle.BundleJson;
import dev.bulla.bytes.Bytes;
import dev.bulla.digest.Digest;
import dev.bulla.digest.HashAlgorithm;
import dev.bulla.error.MalformedInputException;
import dev.bulla.json.GoFields;
import dev.bulla.json.JsonObject;
import dev.bulla.json.JsonString;
import dev.bulla.limits.Limits;
import dev.bulla.vectors.Vectors;
import java.util.Collections;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

final class StatementTest {

  private static final String HEX = "ab".repeat(32);
  private static final Digest DIGEST = digest("sha256:" + HEX);
  private static final String SUBJECT =
      "{\"name\":\"app\",\"digest\":{\"sha256\":\"" + HEX + "\"},\"annotations\":{\"a\":\"b\"}}";
  private static final String STATEMENT =
      "{\"_type\":\"https://in-toto.io/Statement/v1\",\"subject\":["
          + SUBJECT
          + "],\"predicateType\":\"https://example.com/p/v1\",\"predicate\":{\"x\":1}}";

  private static Digest digest(String text) {
    try {
      return Digest.parse(text);
    } catch (MalformedInputException e) {
      throw new AssertionError(e);
    }
  }

  private static Statement parse(String json) throws MalformedInputException {
    return Statement.parse(Bytes.utf8(json));
  }

  @Test
  void writesTheBytesThatCosignSigns() throws Exception {
    for (GoFields vector : Vectors.cases("derived/v3-sign-statements.json")) {
      Map<String, String> annotations = vector.stringMap("annotations");
      Bytes written = Statement.forImage(DIGEST, annotations);

      assertThat(written.toUtf8String("statement"))
          .isEqualTo(vector.requiredString("statement_utf8"));
      Statement statement = Statement.parse(written);
      assertThat(statement.predicateType()).isEqualTo(Statement.COSIGN_SIGN);
      assertThat(statement.subjects())
          .singleElement()
          .matches(subject -> subject.is(DIGEST) && subject.hasAnnotations(annotations));
    }
  }

  @Test
  void writesWhatARealBundleHolds() throws Exception {
    Digest image = Digest.sha256(Vectors.bytes("cosign-3.1.1/image-manifest.json"));

    assertThat(Statement.forImage(image, Map.of("env", "prod"))).isEqualTo(realPayload());
  }

  @Test
  void reportsWhatCosignPrints() throws Exception {
    String reference =
        "127.0.0.1:5078/vec@sha256:"
            + "f1994ec5e75ec8833aeccbb187951638f7936ac634dab3530a4457de2a2742bd";

    assertThat(Statement.parse(realPayload()).toReportBytes(reference).toUtf8String("report"))
        .isEqualTo(
            Vectors.text("cosign-3.1.1/bundle/verify.stdout").strip().replaceAll("^\\[|]$", ""));
  }

  private static Bytes realPayload() throws MalformedInputException {
    return ((DsseContent)
            BundleJson.parse(Vectors.bytes("cosign-3.1.1/bundle/bundle.json")).content())
        .envelope()
        .payload();
  }

  @Test
  void doesNotEscapeForHtmlButItsReportDoes() throws Exception {
    Bytes written = Statement.forImage(DIGEST, Map.of("a", "<&>"));

    assertThat(written.toUtf8String("statement")).contains("\"annotations\":{\"a\":\"<&>\"}");
    assertThat(Statement.parse(written).toReportBytes("r").toUtf8String("report"))
        .isEqualTo(
            "{\"critical\":{\"identity\":{\"docker-reference\":\"r\"},\"image\":"
                + "{\"docker-manifest-digest\":\""
                + DIGEST
                + "\"},\"type\":\"https://sigstore.dev/cosign/sign/v1\"},\"optional\":"
                + "{\"a\":\"\\u003c\\u0026\\u003e\"}}");
  }

  @Test
  void readsEveryMember() throws Exception {
    Statement statement = parse(STATEMENT);

    assertThat(statement.type()).isEqualTo("https://in-toto.io/Statement/v1");
    assertThat(statement.predicateType()).isEqualTo("https://example.com/p/v1");
    assertThat(statement.predicate()).isEqualTo(JsonObject.builder().put("x", 1).build());
    assertThat(statement.subjects())
        .containsExactly(
            new Statement.Subject(
                "app",
                Map.of("sha256", HEX),
                JsonObject.builder().put("a", new JsonString("b")).build()));
  }

  static Stream<Arguments> lenient() {
    return Stream.of(
        Arguments.of(
            "names of the message definition",
            STATEMENT
                .replace("predicateType", "predicate_type")
                .replace("_type\":\"https://in-toto", "type\":\"https://in-toto")),
        Arguments.of("version 0.1", STATEMENT.replace("Statement/v1", "Statement/v0.1")),
        Arguments.of("whitespace", STATEMENT.replace(",", ", \n").replace(":{", ": {")),
        Arguments.of(
            "a predicate that is a text", STATEMENT.replace("{\"x\":1}", "\"SPDXVersion: 2\"")),
        Arguments.of("a null predicate", STATEMENT.replace("{\"x\":1}", "null")),
        Arguments.of("no predicate", STATEMENT.replace(",\"predicate\":{\"x\":1}", "")),
        Arguments.of(
            "no type", STATEMENT.replace("\"_type\":\"https://in-toto.io/Statement/v1\",", "")),
        Arguments.of(
            "the other members of a resource descriptor",
            STATEMENT.replace(
                "\"name\":\"app\"",
                "\"name\":\"app\",\"uri\":\"u\",\"content\":\"AA==\","
                    + "\"downloadLocation\":\"l\",\"mediaType\":\"m\"")),
        Arguments.of("null members", STATEMENT.replace("\"app\"", "null")),
        Arguments.of(
            "unknown members of the predicate",
            STATEMENT.replace("{\"x\":1}", "{\"_type\":[],\"unknown\":{}}")));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("lenient")
  void readsOtherSpellings(String name, String json) throws Exception {
    Statement statement = parse(json);

    assertThat(statement.predicateType()).isEqualTo("https://example.com/p/v1");
    assertThat(statement.subjects()).singleElement().matches(subject -> subject.is(DIGEST));
  }

  static Stream<Arguments> malformed() {
    return Stream.of(
        Arguments.of("nothing", ""),
        Arguments.of("no object", "[" + STATEMENT + "]"),
        Arguments.of("data after it", STATEMENT + "{}"),
        Arguments.of("a byte order mark", "\ufeff" + STATEMENT),
        Arguments.of(
            "an unknown member", STATEMENT.replace("\"subject\"", "\"more\":1,\"subject\"")),
        Arguments.of(
            "an unknown member of a subject", STATEMENT.replace("\"name\"", "\"more\":1,\"name\"")),
        Arguments.of("another case", STATEMENT.replace("\"subject\"", "\"Subject\"")),
        Arguments.of(
            "a member twice",
            STATEMENT.replace("\"subject\"", "\"predicateType\":\"x\",\"subject\"")),
        Arguments.of(
            "a field by both names",
            STATEMENT.replace("\"subject\"", "\"predicate_type\":\"x\",\"subject\"")),
        Arguments.of(
            "the type by both names",
            STATEMENT.replace("\"subject\"", "\"type\":\"x\",\"subject\"")),
        Arguments.of(
            "a digest twice", STATEMENT.replace("{\"sha256\"", "{\"sha256\":\"00\",\"sha256\"")),
        Arguments.of(
            "no predicate type",
            STATEMENT.replace("\"predicateType\":\"https://example.com/p/v1\",", "")),
        Arguments.of("an empty predicate type", STATEMENT.replace("https://example.com/p/v1", "")),
        Arguments.of(
            "a predicate type that is no text",
            STATEMENT.replace("\"https://example.com/p/v1\"", "1")),
        Arguments.of(
            "a subject that is no object", STATEMENT.replace(SUBJECT, "\"" + DIGEST + "\"")),
        Arguments.of("a null subject", STATEMENT.replace(SUBJECT, "null")),
        Arguments.of("subjects that are no array", STATEMENT.replace("[" + SUBJECT + "]", SUBJECT)),
        Arguments.of("a digest that is no text", STATEMENT.replace("\"" + HEX + "\"", "1")),
        Arguments.of(
            "digests that are no object",
            STATEMENT.replace("{\"sha256\":\"" + HEX + "\"}", "\"" + HEX + "\"")),
        Arguments.of("annotations that are no object", STATEMENT.replace("{\"a\":\"b\"}", "[]")));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("malformed")
  void refusesWhatIsNoStatement(String name, String json) {
    assertThatThrownBy(() -> parse(json))
        .isInstanceOf(MalformedInputException.class)
        .hasMessageStartingWith("in-toto statement");
  }

  @Test
  void isAboutTheDigestOfTheRightAlgorithm() throws Exception {
    Digest sha512 = Digest.of(HashAlgorithm.SHA512, Bytes.EMPTY);
    Statement.Subject both =
        subject("{\"sha256\":\"" + HEX + "\",\"sha512\":\"" + sha512.hex() + "\",\"sha1\":\"00\"}");

    assertThat(both.is(DIGEST)).isTrue();
    assertThat(both.is(sha512)).isTrue();
    assertThat(both.is(digest("sha256:" + "ac".repeat(32)))).isFalse();
    assertThat(subject("{\"SHA256\":\"" + HEX + "\"}").is(DIGEST)).isFalse();
    assertThat(subject("{\"sha512\":\"" + HEX + "\"}").is(DIGEST)).isFalse();
    assertThat(subject("{\"sha256\":\"" + HEX.replace('a', 'A') + "\"}").is(DIGEST)).isFalse();
    assertThat(subject("{\"sha256\":\"" + DIGEST + "\"}").is(DIGEST)).isFalse();
    assertThat(subject("{}").is(DIGEST)).isFalse();
    assertThat(subject("null").is(DIGEST)).isFalse();
  }

  private static Statement.Subject subject(String digests) throws MalformedInputException {
    return parse(STATEMENT.replace("{\"sha256\":\"" + HEX + "\"}", digests)).subjects().get(0);
  }

  @Test
  void comparesAnnotationsByValueAndType() throws Exception {
    Statement.Subject subject =
        parse(STATEMENT.replace("{\"a\":\"b\"}", "{\"a\":\"b\",\"n\":1,\"z\":null}"))
            .subjects()
            .get(0);

    assertThat(subject.hasAnnotations(Map.of())).isTrue();
    assertThat(subject.hasAnnotations(Map.of("a", "b"))).isTrue();
    assertThat(subject.hasAnnotations(Map.of("a", "c"))).isFalse();
    assertThat(subject.hasAnnotations(Map.of("a", "b", "x", "y"))).isFalse();
    assertThat(subject.hasAnnotations(Map.of("n", "1"))).isFalse();
    assertThat(subject.hasAnnotations(Map.of("z", "null"))).isFalse();
  }

  @Test
  void boundsSubjects() throws Exception {
    String atLimit = repeat("{\"digest\":{}}", Limits.MAX_SUBJECTS);

    assertThat(parse(STATEMENT.replace(SUBJECT, atLimit)).subjects()).hasSize(1024);
    assertThatThrownBy(() -> parse(STATEMENT.replace(SUBJECT, atLimit + ",{}")))
        .isInstanceOf(MalformedInputException.class)
        .hasMessageContaining("more than 1024 subjects");
    assertThatThrownBy(() -> parse(STATEMENT.replace(SUBJECT, repeat("{}", 100_000))))
        .isInstanceOf(MalformedInputException.class);
  }

  @Test
  void boundsDigests() throws Exception {
    String atLimit = digests(Limits.MAX_DIGESTS_PER_SUBJECT);
    String oneMore = digests(Limits.MAX_DIGESTS_PER_SUBJECT + 1);

    assertThat(subject("{" + atLimit + "}").digests()).hasSize(32);
    assertThatThrownBy(() -> subject("{" + oneMore + "}"))
        .isInstanceOf(MalformedInputException.class)
        .hasMessageContaining("more than 32 digests");
  }

  private static String repeat(String element, int count) {
    return String.join(",", Collections.nCopies(count, element));
  }

  private static String digests(int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> "\"a" + i + "\":\"00\"")
        .collect(Collectors.joining(","));
  }

  @Test
  void reportsAStatementWithoutSubject() throws Exception {
    assertThat(
            parse(STATEMENT.replace(SUBJECT, "")).toReportBytes("r.io/app").toUtf8String("report"))
        .isEqualTo(
            "{\"critical\":{\"identity\":{\"docker-reference\":\"r.io/app\"},\"image\":"
                + "{\"docker-manifest-digest\":\"\"},\"type\":\"https://example.com/p/v1\"},"
                + "\"optional\":{}}");
  }
}
