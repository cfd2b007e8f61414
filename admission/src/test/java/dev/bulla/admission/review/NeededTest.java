package dev.bulla.admission.review;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.bulla.admission.image.ImageName;
import dev.bulla.bytes.Bytes;
import dev.bulla.error.BullaException;
import dev.bulla.error.MalformedInputException;
import dev.bulla.json.GoJson;
import dev.bulla.json.JsonArray;
import dev.bulla.json.JsonNull;
import dev.bulla.json.JsonNumber;
import dev.bulla.json.JsonObject;
import dev.bulla.json.JsonParser;
import dev.bulla.json.JsonString;
import dev.bulla.json.JsonValue;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NeededTest {

  private static final List<ReviewRequest.Kind> KINDS =
      List.of(
          new ReviewRequest.Kind("", "Pod"),
          new ReviewRequest.Kind("apps", "Deployment"),
          new ReviewRequest.Kind("batch", "CronJob"),
          new ReviewRequest.Kind("rbac.authorization.k8s.io", "Role"));

  private static final String POD =
      "{'metadata':{'name':'web','generateName':'w-','uid':'u','deletionTimestamp':'now','labels':"
          + "{'a':'b'},'ownerReferences':[{'apiVersion':'v1','kind':'K','name':'n','uid':'o',"
          + "'controller':true}]},'spec':{'containers':[{'name':'c','image':'one'},{'image':''}],"
          + "'initContainers':[{'image':'two'}],'ephemeralContainers':[],'volumes':[{'name':'v','image':"
          + "{'reference':'three'}},{'configMap':{'name':'x'}}],'imagePullSecrets':[{'name':'p'},{'name':''},{}],"
          + "'serviceAccountName':'s','serviceAccount':'old','nodeName':'n'}}";

  private final Random random = new Random(29);

  /** The same with something else in a few places. */
  private JsonValue mutated(JsonValue value) {
    if (random.nextInt(25) == 0) {
      return List.of(
              JsonNull.INSTANCE,
              JsonNumber.of(7),
              new JsonString("text"),
              JsonObject.EMPTY,
              JsonArray.of(List.of()),
              JsonArray.of(List.of(new JsonString("x"))))
          .get(random.nextInt(6));
    }
    if (value instanceof JsonArray array) {
      return JsonArray.of(array.values().stream().map(this::mutated).toList());
    }
    if (!(value instanceof JsonObject object)) {
      return value;
    }
    JsonObject.Builder builder = JsonObject.builder();
    for (JsonObject.Member member : object.members()) {
      if (random.nextInt(25) != 0) {
        builder.put(member.name(), mutated(member.value()));
      }
    }
    return builder.build();
  }

  private static JsonObject around(ReviewRequest.Kind kind, JsonObject pod) {
    JsonObject template = JsonObject.builder().put("spec", pod.get("spec").orElseThrow()).build();
    JsonObject job = JsonObject.builder().put("template", template).put("replicas", 3).build();
    JsonObject spec =
        kind.name().equals("CronJob")
            ? JsonObject.builder()
                .put("jobTemplate", JsonObject.builder().put("spec", job).build())
                .build()
            : job;
    return kind.name().equals("Pod")
        ? pod
        : JsonObject.builder()
            .put("metadata", pod.get("metadata").orElseThrow())
            .put("spec", spec)
            .build();
  }

  private static String read(ReviewRequest.Kind kind, JsonObject object) {
    try {
      return Workload.parse(kind, object).toString();
    } catch (MalformedInputException e) {
      return e.message();
    }
  }

  @Test
  void whatIsLeftOfAnObjectMeansTheSame() throws Exception {
    JsonObject pod = JsonParser.parseObject(Bytes.utf8(POD.replace('\'', '"')), "pod");
    int workloads = 0;
    for (int i = 0; i < 2000; i++) {
      ReviewRequest.Kind kind = KINDS.get(i % KINDS.size());
      if (mutated(around(kind, pod)) instanceof JsonObject object) {
        JsonObject left = Needed.of(kind, object);
        assertThat(read(kind, left)).isEqualTo(read(kind, object));
        assertThat(Needed.of(kind, left)).isEqualTo(left);
        workloads += read(kind, object).startsWith("Workload[") ? 1 : 0;
      }
    }
    assertThat(workloads).isBetween(100, 1900);
  }

  @Test
  void whatNobodyLooksAtIsNotKept() throws Exception {
    String text =
        "{'metadata':{'name':'web','uid':'u','annotations':{'a':'b'},'managedFields':[1,2]},'spec':"
            + "{'containers':[{'name':'c','image':'one','env':[{'name':'a'}]},{}],"
            + "'nodeName':'n','volumes':[{'name':'v','image':{'reference':'two','pullPolicy':'Always'}},"
            + "{'configMap':{'name':'x'}}]},'status':{'phase':'Running'}}";
    JsonObject object = JsonParser.parseObject(Bytes.utf8(text.replace('\'', '"')), "object");
    JsonObject expected =
        JsonParser.parseObject(
            Bytes.utf8(
                ("{'metadata':{'name':'web','uid':'u'},'spec':{'containers':[{'name':'c',"
                        + "'image':'one'},{}],'volumes':[{'name':'v','image':{'reference':'two'}},{}]}}")
                    .replace('\'', '"')),
            "object");
    assertThat(Needed.of(KINDS.get(0), object)).isEqualTo(expected);
    assertThat(GoJson.write(Needed.of(KINDS.get(3), object)).toUtf8String("object"))
        .doesNotContain("spec");
  }

  /** What comes after many others is looked at or refused, never passed over. */
  @ParameterizedTest
  @ValueSource(ints = {999, 1000, 1001, 1002, 5000})
  void anImageBehindManyOthersIsNotLost(int before) throws Exception {
    ReviewRequest.Kind pod = KINDS.get(0);
    String plain = "{'name':'v','emptyDir':{}},".repeat(before);
    String image = "{'name':'x','image':{'reference':'evil'}}";
    String images = "{'name':'v','image':{'reference':'good'}},".repeat(before);
    String mixed = "{'name':'v','image':{}},".repeat(before);
    for (String volumes : List.of(plain, images, mixed)) {
      JsonObject object =
          JsonParser.parseObject(
              Bytes.utf8(
                  ("{'spec':{'containers':[{'image':'one'}],'volumes':[" + volumes + image + "]}}")
                      .replace('\'', '"')),
              "object");
      String read = read(pod, Needed.of(pod, object));
      assertThat(read.contains("image=evil") || read.contains("has failed")).as(read).isTrue();
      if (volumes.equals(plain)) {
        assertThat(read).isEqualTo(read(pod, object));
      }
    }
  }

  @Test
  void longTextsAreCutAndStayWrong() throws Exception {
    ReviewRequest.Kind pod = KINDS.get(0);
    String text =
        "{'metadata':{'name':'"
            + "n".repeat(100_000)
            + "'},'spec':{'containers':[{'name':'c','image':'"
            + "a".repeat(100_000)
            + "'}]}}";
    JsonObject object = JsonParser.parseObject(Bytes.utf8(text.replace('\'', '"')), "object");

    JsonObject left = Needed.of(pod, object);

    assertThat(Needed.weight(left)).isLessThan(100_000);
    String image = Workload.parse(pod, left).images().get(0).image();
    assertThatExceptionOfType(BullaException.class).isThrownBy(() -> ImageName.parse(image));
  }

  @Test
  void readingAReviewWaitsForRoom() throws Exception {
    ParsingRoom room = new ParsingRoom(0);
    Bytes body = Bytes.utf8("{\"request\":{\"uid\":\"u\"}}");
    assertThat(room.parse(body, Duration.ZERO)).isPresent();
    Runnable giveBack = room.takeAll();
    assertThat(room.parse(body, Duration.ZERO)).isEmpty();
    giveBack.run();
    assertThat(room.parse(body, Duration.ZERO)).isPresent();
    assertThat(ParsingRoom.LARGEST).isGreaterThan(3L * ReviewRequest.MAX_BYTES);
  }
}
