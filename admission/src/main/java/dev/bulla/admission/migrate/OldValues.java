package dev.bulla.admission.migrate;

import dev.bulla.error.Quoted;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.NodeTuple;

/** The {@code values.yaml} of Connaisseur 2, where everything stood at the top. */
final class OldValues {

  private static final List<String> APPLICATION = List.of("validators", "policy", "logLevel");

  private static final List<String> FEATURES =
      List.of(
          "detectionMode",
          "namespacedValidation",
          "automaticChildApproval",
          "automaticUnchangedApproval");

  private static final List<String> DROPPED =
      List.of("podSecurityPolicy", "extraContainers", "extraVolumes", "extraVolumeMounts", "debug");

  private static final Map<String, String> ALERTING =
      Map.ofEntries(
          Map.entry("cluster_identifier", "clusterIdentifier"),
          Map.entry("admit_request", "admitRequest"),
          Map.entry("reject_request", "rejectRequest"),
          Map.entry("templates", "receivers"),
          Map.entry("receiver_url", "receiverUrl"),
          Map.entry("custom_headers", "customHeaders"),
          Map.entry("payload_fields", "payloadFields"),
          Map.entry("fail_if_alert_sending_fails", "failIfAlertSendingFails"));

  private final Migration migration;

  OldValues(Migration migration) {
    this.migration = migration;
  }

  /** Whether a file is of that kind, and not a {@code config.yaml}. */
  boolean areIn(YamlMap root) {
    for (String name : root.names()) {
      if (name.equals("deployment")
          || name.equals("service")
          || name.equals("debug")
          || name.equals("logLevel")
          || FEATURES.contains(name)) {
        return true;
      }
    }
    return false;
  }

  YamlMap rewrite(YamlMap root) {
    migration.changed(root.line(), "values are grouped under kubernetes, application and alerting");
    YamlMap kubernetes = YamlMap.empty();
    YamlMap application = YamlMap.empty();
    YamlMap features = YamlMap.empty();
    if (root.is("debug", "true")) {
      migration.changed(root.lineOf("debug"), "debug: true is written logLevel: debug");
      root.put("logLevel", "debug");
    }
    move(root, "deployment", kubernetes);
    move(root, "service", kubernetes);
    deployment(kubernetes);
    for (String name : APPLICATION) {
      move(root, name, application);
    }
    migration.logLevel(application);
    for (String name : FEATURES) {
      move(root, name, features);
    }
    migration.features(features);
    if (!features.isEmpty()) {
      application.put("features", features.node());
    }
    root.map("alerting").ifPresent(this::alerting);
    drop(root);
    List<NodeTuple> others = new ArrayList<>(root.node().getValue());
    root.node().getValue().clear();
    if (!kubernetes.isEmpty()) {
      root.put("kubernetes", kubernetes.node());
    }
    root.put("application", application.node());
    others.forEach(root::add);
    return root;
  }

  private static void move(YamlMap from, String name, YamlMap to) {
    NodeTuple member = from.take(name);
    if (member != null) {
      to.add(member);
    }
  }

  private void deployment(YamlMap kubernetes) {
    Optional<YamlMap> found = kubernetes.map("deployment");
    if (found.isEmpty()) {
      return;
    }
    YamlMap deployment = found.get();
    for (String policy : List.of("failurePolicy", "reinvocationPolicy")) {
      if (deployment.has(policy)) {
        migration.changed(deployment.lineOf(policy), policy + " is of kubernetes.webhook today");
        move(deployment, policy, kubernetes.mapOrNew("webhook"));
      }
    }
    migration.pullPolicy(deployment);
    Optional<String> image = deployment.text("image");
    if (image.isPresent()) {
      migration.changed(
          deployment.lineOf("image"),
          "image is written image: { repository: … }, without its tag or digest "
              + Quoted.text(image.get().substring(repository(image.get()).length()))
              + ": another program is installed; take it out, unless the image is mirrored there");
      YamlMap parts = YamlMap.empty();
      parts.put("repository", repository(image.get()));
      deployment.put("image", parts.node());
    }
    drop(deployment);
  }

  private static String repository(String image) {
    int digest = image.indexOf("@sha256:");
    if (digest >= 0) {
      return image.substring(0, digest);
    }
    int colon = image.lastIndexOf(':');
    return colon > image.lastIndexOf('/') ? image.substring(0, colon) : image;
  }

  private void drop(YamlMap in) {
    for (String name : DROPPED) {
      if (in.has(name)) {
        migration.changed(in.lineOf(name), name + " is not there any more, and was left out");
        in.remove(name);
      }
    }
  }

  private void alerting(YamlMap map) {
    for (String name : map.names()) {
      String today = ALERTING.get(name);
      if (today != null && !map.has(today)) {
        migration.changed(map.lineOf(name), name + " is called " + today + " today");
        map.rename(name, today);
      }
      String now = today == null ? name : today;
      // the fields of a payload are the writer's own names
      if (!now.equals("payloadFields") && map.get(now) instanceof MappingNode) {
        map.map(now).ifPresent(this::alerting);
      }
      map.maps(now).forEach(this::alerting);
    }
  }
}
