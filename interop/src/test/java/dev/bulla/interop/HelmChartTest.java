package dev.bulla.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The chart of the webhook, rendered by real helm and installed into a real API server. */
@Interop
@DisplayName("Helm chart")
final class HelmChartTest {

  private static final Path CHART = Peers.root().resolve("deploy/helm/bulla");
  private static final String NAMESPACE = "connaisseur";
  private static final String RBAC = "/apis/authorization.k8s.io/v1/subjectaccessreviews";
  private static final String HOOKS = "/apis/admissionregistration.k8s.io/v1/";

  /** Everything switched on, with values as the documents of Connaisseur have them. */
  private static final String ALL =
      """
      kubernetes:
        deployment:
          envs: {VAULT_ADDR: "https://vault.example", VAULT_TOKEN: s.3cret}
          annotations: {example.com/team: door}
          imagePullSecrets: [{name: pull}]
          extraArguments: ["--allow-http-registry=registry.local:5000"]
          priorityClassName: system-cluster-critical
        readableSecrets: [{namespace: keys, name: cosignkeys}, {name: my-secret}]
        webhook:
          namespaceSelector: {matchLabels: {tier: prod}}
          objectSelector: {matchExpressions: [{key: skip, operator: DoesNotExist}]}
          matchConditions: [{name: no-leases, expression: "request.kind.kind != 'Lease'"}]
        autoscaling: {enabled: true}
        podDisruptionBudget: {minAvailable: null, maxUnavailable: 1}
        networkPolicy:
          metricsFrom: [{namespaceSelector: {matchLabels: {name: monitoring}}}]
        grafanaDashboard: {enabled: true}
      application:
        validators:
          - name: customvalidator
            type: cosign
            trustRoots:
              - name: default
                key: |
                  -----BEGIN PUBLIC KEY-----
                  MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEvtc/qpHtx7iUUj+rRHR99a8mnGni
                  qiGkmUb9YpWWTS4YwlvwdmMDiGzcsHiDOYz6f88u2hCRF5GUCvyiZAKrsA==
                  -----END PUBLIC KEY-----
            auth: {secretName: my-secret}
          - name: inline
            type: cosign
            auth: {registry: registry.example, username: me, password: pa55}
            trustRoots: [{name: default, key: "k8s://keys/cosignkeys"}]
        policy:
          - {pattern: "registry.example/*:*", validator: inline}
          - {pattern: "docker.io/securesystemsengineering/testimage:co*", validator: customvalidator}
        features: {namespacedValidation: {mode: validate}}
      alerting:
        rejectRequest:
          receivers: [{template: mine, receiverUrl: "https://hooks.example/x"}]
        templates: {mine: '{"text": "{{ alert_message }}"}'}
      """;

  private final Bench bench;

  HelmChartTest(Bench bench) {
    this.bench = bench;
  }

  private static Finished helm(Workplace place, String... line) {
    List<String> arguments = new ArrayList<>(List.of(line));
    return place.call(Program.HELM, arguments).env("KUBECONFIG", "kubeconfig").run();
  }

  private static String text(Finished finished) {
    return new String(finished.out(), StandardCharsets.UTF_8);
  }

  @Test
  @DisplayName("helm finds nothing to complain of, with the usual values and with all")
  void lints(Workplace place) {
    place.write("all.yaml", ALL);
    helm(place, "lint", "--strict", CHART.toString()).expect(0);
    helm(place, "lint", "--strict", CHART.toString(), "--values", "all.yaml").expect(0);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      value = {
        "kubernetes.webhook.failurePolicy=Sometimes | failurePolicy",
        "kubernetes.webhook.timeoutSeconds=31 | timeoutSeconds",
        "kubernetes.webhook.failurePolcy=Fail | failurePolcy",
        "kubernetes.deployment.tls.cert=x | give both cert and key",
        "kubernetes.deployment.image.digest=sha256:12 | digest",
        "kubernetes.podDisruptionBudget.maxUnavailable=1 | minAvailable or maxUnavailable",
        "application.features.detectionMode=maybe | detectionMode",
        "application.validators[0].type=notaryv1 | type",
      })
  @DisplayName("values that mean nothing are refused")
  void refusesWrongValues(String value, String named, Workplace place) {
    Finished refused =
        helm(place, "template", "x", CHART.toString(), "--kube-version", "1.30.0", "--set", value);
    refused.expect(1);
    assertThat(refused.err()).contains(named);
  }

  @Test
  @DisplayName("no cache needs no Redis, no child approval no rights in the cluster")
  void leavesOutWhatIsNotNeeded(Workplace place) {
    String rendered =
        text(
            helm(
                    place,
                    "template",
                    "x",
                    CHART.toString(),
                    "--kube-version",
                    "1.30.0",
                    "--set",
                    "application.features.cache.expirySeconds=0",
                    "--set",
                    "application.features.automaticChildApproval=false",
                    "--set",
                    "kubernetes.webhook.validate=false")
                .expect(0));
    assertThat(rendered)
        .doesNotContain("redis")
        .doesNotContain("ClusterRole")
        .doesNotContain("ValidatingWebhook")
        .contains("automountServiceAccountToken: false")
        .doesNotContain("automountServiceAccountToken: true");
  }

  @Test
  @DisplayName("monitoring is for those who ask for it")
  void monitors(Workplace place) {
    assertThat(
            text(
                helm(place, "template", "x", CHART.toString(), "--kube-version", "1.30.0")
                    .expect(0)))
        .doesNotContain("ServiceMonitor");
    assertThat(
            text(
                helm(
                        place,
                        "template",
                        "x",
                        CHART.toString(),
                        "--kube-version",
                        "1.30.0",
                        "--set",
                        "kubernetes.serviceMonitor.enabled=true")
                    .expect(0)))
        .contains("kind: ServiceMonitor");
  }

  @Test
  @DisplayName("a real API server takes it, keeps its secrets over an upgrade, and is left clean")
  void installsUpgradesAndLeaves(Workplace place) throws Exception {
    place.peers().path(Program.HELM);
    try (KubeServer cluster = KubeServer.start(bench.peers())) {
      cluster.configure(place, cluster.administrator());
      place.write("all.yaml", ALL);
      cluster.makeNamespace("keys");
      cluster.admin(
          "POST",
          "/api/v1/namespaces",
          """
          {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "%s",
           "labels": {"pod-security.kubernetes.io/enforce": "restricted"}}}
          """
              .formatted(NAMESPACE));
      // the line of the documents, without --atomic: there are no nodes here
      String[] install = {
        "install", "connaisseur", CHART.toString(), "--create-namespace", "--namespace", NAMESPACE
      };
      helm(place, install).expect(0);
      String tls = secret(place, cluster, "bulla-tls", ".data");
      String redis = secret(place, cluster, "bulla-redis-secret", ".data");
      guardsTheCluster(place, cluster);
      keepsToTheStrictestStandard(place, cluster);

      helm(
              place,
              "upgrade",
              "connaisseur",
              CHART.toString(),
              "--namespace",
              NAMESPACE,
              "--values",
              "all.yaml")
          .expect(0);
      assertThat(secret(place, cluster, "bulla-tls", ".data")).isEqualTo(tls);
      assertThat(secret(place, cluster, "bulla-redis-secret", ".data")).isEqualTo(redis);
      assertThat(secret(place, cluster, "inline-auth", ".type"))
          .isEqualTo("kubernetes.io/dockerconfigjson");
      String config = config(place, cluster);
      assertThat(config).contains("secretName: inline-auth").doesNotContain("pa55");
      place.write("config.yaml", config);
      place.run(Program.BULLA, "admission", "validate", "config.yaml");
      mayDoNothingMore(place, cluster);
      keepsToTheStrictestStandard(place, cluster);

      helm(place, "uninstall", "connaisseur", "--namespace", NAMESPACE).expect(0);
      for (String hooks : HOOK_KINDS) {
        assertThat(get(place, cluster, HOOKS + hooks, ".items | length")).isEqualTo("0");
      }
    }
  }

  private static final List<String> HOOK_KINDS =
      List.of("mutatingwebhookconfigurations", "validatingwebhookconfigurations");

  private static String get(Workplace place, KubeServer cluster, String path, String filter) {
    return place
        .jq(filter, cluster.admin("GET", path, "").getBytes(StandardCharsets.UTF_8))
        .strip();
  }

  private static String secret(Workplace place, KubeServer cluster, String name, String filter) {
    return get(place, cluster, "/api/v1/namespaces/" + NAMESPACE + "/secrets/" + name, filter);
  }

  private static String config(Workplace place, KubeServer cluster) {
    return get(
        place,
        cluster,
        "/api/v1/namespaces/" + NAMESPACE + "/configmaps/bulla-app-config",
        ".data[\"config.yaml\"]");
  }

  /** What cannot be asked is refused, outside the namespace of the release. */
  private static void guardsTheCluster(Workplace place, KubeServer cluster) {
    String authority = secret(place, cluster, "bulla-tls", ".data[\"tls.crt\"]");
    for (String hooks : HOOK_KINDS) {
      String path = HOOKS + hooks + "/bulla-webhook";
      assertThat(
              get(
                  place,
                  cluster,
                  path,
                  ".webhooks[] | [.name, .clientConfig.caBundle, .failurePolicy, .sideEffects,"
                      + " .clientConfig.service.path] | join(\" \")"))
          .isEqualTo(
              "bulla-svc.connaisseur.svc "
                  + authority
                  + " Fail None "
                  + (hooks.startsWith("m") ? "/mutate" : "/validate"));
      assertThat(get(place, cluster, path, ".webhooks[0].namespaceSelector | tojson"))
          .contains("\"securesystemsengineering.connaisseur/webhook\",\"operator\":\"NotIn\"")
          .contains("\"kubernetes.io/metadata.name\",\"operator\":\"NotIn\"");
    }
    String pod =
        """
        {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p"},
         "spec": {"containers": [{"name": "c", "image": "alpine"}]}}
        """;
    assertThat(cluster.ask("POST", "/api/v1/namespaces/keys/pods", pod).body())
        .contains("failed calling webhook \\\"bulla-svc.connaisseur.svc\\\"");
  }

  /**
   * Pods as the deployments make them, in a namespace that takes nothing looser. The webhook is not
   * asked about those, as nobody is there to answer.
   */
  private static void keepsToTheStrictestStandard(Workplace place, KubeServer cluster) {
    for (String deployment : List.of("bulla", "bulla-redis")) {
      String pod =
          get(
              place,
              cluster,
              "/apis/apps/v1/namespaces/" + NAMESPACE + "/deployments/" + deployment,
              "{apiVersion: \"v1\", kind: \"Pod\", metadata: {name: \"p\", labels:"
                  + " .spec.template.metadata.labels}, spec: .spec.template.spec}");
      assertThat(pod).contains("\"readOnlyRootFilesystem\": true");
      cluster.admin("POST", "/api/v1/namespaces/" + NAMESPACE + "/pods?dryRun=All", pod);
    }
  }

  private static void mayDoNothingMore(Workplace place, KubeServer cluster) {
    assertThat(may(place, cluster, "get", "apps", "deployments", "shop", "any")).isTrue();
    assertThat(may(place, cluster, "get", "", "secrets", "keys", "cosignkeys")).isTrue();
    assertThat(may(place, cluster, "get", "", "secrets", NAMESPACE, "my-secret")).isTrue();

    assertThat(may(place, cluster, "list", "apps", "deployments", "shop", "")).isFalse();
    assertThat(may(place, cluster, "update", "apps", "deployments", "shop", "any")).isFalse();
    assertThat(may(place, cluster, "get", "", "secrets", "keys", "another")).isFalse();
    assertThat(may(place, cluster, "get", "", "secrets", NAMESPACE, "bulla-tls")).isFalse();
    assertThat(may(place, cluster, "list", "", "secrets", "keys", "")).isFalse();
  }

  private static boolean may(
      Workplace place,
      KubeServer cluster,
      String verb,
      String group,
      String resource,
      String namespace,
      String name) {
    String answer =
        cluster.admin(
            "POST",
            RBAC,
            """
            {"apiVersion": "authorization.k8s.io/v1", "kind": "SubjectAccessReview",
             "spec": {"user": "system:serviceaccount:%s:bulla-serviceaccount",
                      "resourceAttributes": {"verb": "%s", "group": "%s", "resource": "%s",
                                             "namespace": "%s", "name": "%s"}}}
            """
                .formatted(NAMESPACE, verb, group, resource, namespace, name));
    return place
        .jq(".status.allowed", answer.getBytes(StandardCharsets.UTF_8))
        .strip()
        .equals("true");
  }
}
