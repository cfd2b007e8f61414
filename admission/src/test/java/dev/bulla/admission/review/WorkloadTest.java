package dev.bulla.admission.review;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.bulla.admission.ConnaisseurRow;
import dev.bulla.admission.review.ReviewRequest.Kind;
import dev.bulla.bytes.Bytes;
import dev.bulla.error.MalformedInputException;
import dev.bulla.json.JsonObject;
import dev.bulla.json.JsonParser;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WorkloadTest {

  private static final Kind POD = new Kind("", "Pod");

  private static JsonObject json(String text) throws MalformedInputException {
    return JsonParser.parseObject(Bytes.utf8(text.replace('\'', '"')), "object");
  }

  private static List<String> places(Kind kind, String object) throws MalformedInputException {
    return Workload.parse(kind, json(object)).images().stream()
        .map(place -> place.pointer() + "=" + place.image())
        .toList();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "'a':1 | | default",
        "'imagePullSecrets':[{'name':'a'},{'name':'b'},{}] | a b | default",
        "'imagePullSecrets':null,'serviceAccount':'old' | | old",
        "'serviceAccountName':'new','serviceAccount':'old' | | new",
      })
  void secretsToPullWithAreThoseOfThePodAndItsAccount(String more, String secrets, String account)
      throws Exception {
    Workload workload =
        Workload.parse(POD, json("{'spec':{'containers':[{'image':'a'}]," + more + "}}"));

    assertThat(workload.pulls())
        .isEqualTo(
            new Workload.Pulls(
                secrets == null ? List.of() : List.of(secrets.split(" ", -1)), account));
  }

  @ParameterizedTest
  @CsvSource({
    "'', Pod, /spec",
    "'', ReplicationController, /spec/template/spec",
    "apps, Deployment, /spec/template/spec",
    "apps, ReplicaSet, /spec/template/spec",
    "apps, DaemonSet, /spec/template/spec",
    "apps, StatefulSet, /spec/template/spec",
    "batch, Job, /spec/template/spec",
    "batch, CronJob, /spec/jobTemplate/spec/template/spec"
  })
  @ConnaisseurRow({"K1", "K2", "K3", "K4", "K5", "K6", "K7", "K8", "K10", "K11"})
  void everyKindHasItsImagesFound(String group, String kind, String spec) throws Exception {
    String pod =
        "{'containers':[{'image':'a'},{'name':'none'},{'image':'b'}],"
            + "'initContainers':[{'image':'c','restartPolicy':'Always'}],"
            + "'ephemeralContainers':[{'image':'d'}],"
            + "'volumes':[{'emptyDir':{}},{'image':{'reference':'e'}}]}";
    String object = pod;
    String[] steps = spec.substring(1).split("/", -1);
    for (int i = steps.length - 1; i >= 0; i--) {
      object = "{'" + steps[i] + "':" + object + "}";
    }
    assertThat(places(new Kind(group, kind), object))
        .containsExactly(
            spec + "/containers/0/image=a",
            spec + "/containers/2/image=b",
            spec + "/initContainers/0/image=c",
            spec + "/ephemeralContainers/0/image=d",
            spec + "/volumes/1/image/reference=e");
  }

  @ParameterizedTest
  @CsvSource({
    "rbac.authorization.k8s.io, Role, Role.rbac.authorization.k8s.io",
    "'', Deployment, Deployment",
    "evil.example, Pod, Pod.evil.example",
    "'', '', ''"
  })
  @ConnaisseurRow("K9")
  void otherKindsAreNotTakenForWorkloads(String group, String kind, String said) {
    assertThatExceptionOfType(MalformedInputException.class)
        .isThrownBy(() -> places(new Kind(group, kind), "{'spec':{'containers':[{'image':'a'}]}}"))
        .withMessage("unknown workload kind \"" + said + "\"");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'spec':[]} | /spec is no object",
        "{'spec':{'containers':{}}} | /spec/containers is no list",
        "{'spec':{'containers':['a']}} | /spec/containers/0 is no object",
        "{'spec':{'containers':[{'image':7}]}} | /spec/containers/0/image is no text",
        "{'spec':{'containers':[{}],'volumes':[{'image':'a'}]}} | /spec/volumes/0/image is no object",
        "{'metadata':{'name':1},'spec':{'containers':[{}]}} | /metadata/name is no text"
      })
  void whatHasAnotherShapeIsRefused(String object, String why) {
    assertThatExceptionOfType(MalformedInputException.class)
        .isThrownBy(() -> places(POD, object))
        .withMessage("deserialize conversion to \"Pod\" has failed: " + why);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {"{}", "{'spec':null}", "{'spec':{}}", "{'spec':{'containers':[]}}"})
  void whatRunsNothingIsRefused(String object) {
    assertThatExceptionOfType(MalformedInputException.class)
        .isThrownBy(() -> places(POD, object))
        .withMessage("no containers found in workload object");
    assertThatExceptionOfType(MalformedInputException.class)
        .isThrownBy(() -> places(new Kind("", "ReplicationController"), object))
        .withMessage("no containers found in workload object");
  }

  @Test
  void oneObjectNamesSoManyImagesAndNoMore() {
    assertThatExceptionOfType(MalformedInputException.class)
        .isThrownBy(() ->
            places(
                POD,
                "{'spec':{'containers':[" + "{'image':'a'},".repeat(1000) + "{'image':'b'}]}}"))
        .withMessageContaining("names more than 1000 images");
  }

  @Test
  @ConnaisseurRow({"K13", "K14"})
  void anImageIsLookedAtOnceWhereverItStands() throws Exception {
    Workload workload =
        Workload.parse(
            POD,
            json(
                "{'metadata':{'generateName':'web-','deletionTimestamp':'2026-01-01T00:00:00Z',"
                    + "'ownerReferences':[{'apiVersion':'apps/v1','kind':'ReplicaSet','name':'r','uid':'u'}]},"
                    + "'spec':{'containers':[{'image':'a'},{'image':'b'}],"
                    + "'initContainers':[{'image':'a'}]}}"));
    assertThat(workload.name()).isEqualTo("web-");
    assertThat(workload.deleting()).isTrue();
    assertThat(workload.owners())
        .containsExactly(new Workload.Owner("apps/v1", "ReplicaSet", "r", "u"));
    assertThat(workload.placesByImage().keySet()).containsExactly("a", "b");
    assertThat(workload.placesByImage().get("a"))
        .extracting(Workload.Place::pointer)
        .containsExactly("/spec/containers/0/image", "/spec/initContainers/0/image");
  }

  @Test
  @ConnaisseurRow("K12")
  void anObjectOfAnotherKindThanIsSaidHasNothingThatRuns() {
    String cronJob =
        "{'spec':{'jobTemplate':{'spec':{'template':{'spec':{'containers':[{'image':'a'}]}}}}}}";
    assertThatExceptionOfType(MalformedInputException.class)
        .isThrownBy(() -> places(new Kind("apps", "Deployment"), cronJob))
        .withMessage("no containers found in workload object");
  }
}
