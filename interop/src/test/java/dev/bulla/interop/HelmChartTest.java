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
import org.junit.jupiter.params.provider.ValueSource;

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
        podPullSecrets: {namespaces: [team]}
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
            auth: {registry: registry.example, username: me, password: pa55, usePodPullSecrets: true}
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

  /** What it renders to, as an installation into a namespace of its own. */
  private static Finished template(Workplace place, String... more) {
    List<String> line =
        new ArrayList<>(
            List.of(
                "template",
                "x",
                CHART.toString(),
                "--namespace=" + NAMESPACE,
                "--kube-version=1.30.0"));
    line.addAll(List.of(more));
    return helm(place, line.toArray(String[]::new));
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
        "kubernetes.deployment.tls.existingSecret=x | needs caBundle or injectCaFrom",
        "kubernetes.deployment.tls.injectCaFrom=a/b | goes with existingSecret",
        "'kubernetes.deployment.tls.selfIssued=true,kubernetes.deployment.tls.cert=x' | selfIssued"
            + " makes",
        "kubernetes.deployment.clientAuthority=x | clientAuthority",
        "kubernetes.deployment.image.digest=sha256:12 | digest",
        "kubernetes.deployment.refuseNetworks={10.0.0.1} | refuseNetworks",
        "kubernetes.statusPage.port=8082 | statusPage",
        "kubernetes.podDisruptionBudget.maxUnavailable=1 | minAvailable or maxUnavailable",
        "kubernetes.podPullSecrets.namespaces={Shop} | podPullSecrets",
        "application.features.detectionMode=maybe | detectionMode",
        "application.validators[0].type=notaryv1 | type",
      })
  @DisplayName("values that mean nothing are refused")
  void refusesWrongValues(String value, String named, Workplace place) {
    Finished refused = template(place, "--set", value);
    refused.expect(1);
    assertThat(refused.err()).contains(named);
  }

  @Test
  @DisplayName("no cache needs no Redis, no child approval no rights in the cluster")
  void leavesOutWhatIsNotNeeded(Workplace place) {
    String rendered =
        text(
            template(
                    place,
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
  @DisplayName("pull secrets are read in the namespaces that are named, once a validator asks")
  void grantsPullSecretsAsFarAsNamed(Workplace place) {
    place.write("asked.yaml", validator("{usePodPullSecrets: true}"));
    String asked = "--values=asked.yaml";
    String everywhere = "kubernetes.podPullSecrets.namespaces={*}";
    String somewhere = "kubernetes.podPullSecrets.namespaces={shop,team}";
    assertThat(text(template(place, asked).expect(0))).doesNotContain("pull-secrets");
    assertThat(text(template(place, "--set", everywhere).expect(0))).doesNotContain("pull-secrets");
    assertThat(text(template(place, asked, "--set", everywhere).expect(0)))
        .containsPattern("kind: ClusterRole\nmetadata:\n  name: bulla-pull-secrets")
        .containsPattern("kind: ClusterRoleBinding\nmetadata:\n  name: bulla-pull-secrets")
        .contains("resources: [\"secrets\", \"serviceaccounts\"]\n    verbs: [\"get\"]");
    assertThat(
            text(
                template(
                        place,
                        asked,
                        "--set",
                        somewhere,
                        "--set",
                        "application.features.automaticChildApproval=false")
                    .expect(0)))
        .containsPattern("kind: Role\nmetadata:\n  name: bulla-pull-secrets\n  namespace: shop\n")
        .containsPattern(
            "kind: RoleBinding\nmetadata:\n  name: bulla-pull-secrets\n  namespace: team\n")
        .contains("automountServiceAccountToken: true", "usePodPullSecrets: true")
        .doesNotContain("ClusterRole");
    place.write(
        "inline.yaml",
        validator(
            "{usePodPullSecrets: true, registry: registry.example, username: me, password: pa55}"));
    assertThat(text(template(place, "--values=inline.yaml").expect(0)))
        .contains("secretName: mine-auth\n          usePodPullSecrets: true")
        .doesNotContain("pa55");
  }

  private static String validator(String auth) {
    return """
    application:
      validators:
        - name: mine
          type: cosign
          auth: AUTH
          trustRoots: [{name: default, key: "k8s://keys/cosignkeys"}]
      policy: [{pattern: "*:*", validator: mine}]
    """
        .replace("AUTH", auth);
  }

  @Test
  @DisplayName("monitoring is for those who ask for it")
  void monitors(Workplace place) {
    assertThat(text(template(place).expect(0))).doesNotContain("ServiceMonitor");
    assertThat(text(template(place, "--set", "kubernetes.serviceMonitor.enabled=true").expect(0)))
        .contains("kind: ServiceMonitor");
  }

  @Test
  @DisplayName("the status page is off, then for port-forward, then for whom a Service names")
  void showsTheStatusPageAsFarAsAsked(Workplace place) {
    assertThat(text(template(place).expect(0))).doesNotContain("status-listen", "8082");

    String on = "kubernetes.statusPage.enabled=true";
    assertThat(text(template(place, "--set", on).expect(0)))
        .contains("--status-listen=127.0.0.1:8082")
        .doesNotContain("--status-listen=0.0.0.0", "port: status", "-status\n");

    String service = "kubernetes.statusPage.service.enabled=true";
    assertThat(text(template(place, "--set", on, "--set", service).expect(0)))
        .contains("--status-listen=0.0.0.0:8082", "targetPort: status", "-status\n")
        .contains("--status-host=bulla-status." + NAMESPACE + ".svc")
        .as("nobody yet may ask")
        .doesNotContain("port: status\n          protocol");
    assertThat(
            text(
                template(
                        place,
                        "--set",
                        on,
                        "--set",
                        service,
                        "--set-json",
                        "kubernetes.statusPage.service.from=[{\"podSelector\":{}}]",
                        "--set",
                        "kubernetes.deployment.refuseNetworks={10.96.0.0/12,fd00::/8}")
                    .expect(0)))
        .contains("port: status\n          protocol")
        .contains("--refuse-network=10.96.0.0/12", "--refuse-network=fd00::/8");
  }

  @Test
  @DisplayName("replicas are kept apart, kept up and made more of; Redis is one image only")
  void keepsUp(Workplace place) {
    assertThat(text(template(place).expect(0)))
        .contains("kind: PodDisruptionBudget", "minAvailable: 1")
        .contains("podAntiAffinity:", "topologyKey: kubernetes.io/hostname")
        .contains("topologySpreadConstraints:", "topologyKey: topology.kubernetes.io/zone")
        .contains("replicas: 3", "maxUnavailable: 0", "checksum/redis: ")
        .containsPattern("image: \"redis@sha256:[0-9a-f]{64}\"")
        .doesNotContain("HorizontalPodAutoscaler");
    place.write("all.yaml", ALL);
    assertThat(text(template(place, "--values=all.yaml").expect(0)))
        .contains("kind: HorizontalPodAutoscaler", "maxReplicas: 10", "maxUnavailable: 1")
        .doesNotContain("minAvailable", "replicas: 3");
    String image = "kubernetes.redis.image.";
    assertThat(text(template(place, "--set", image + "tag=7.2").expect(0)))
        .contains("image: \"redis:7.2\"");
    assertThat(text(template(place, "--set", image + "repository=inner.example/redis").expect(0)))
        .contains("image: \"inner.example/redis:7.4\"");
  }

  @Test
  @DisplayName("how patterns are read, who may ask, and secrets of alerts reach the program")
  void passesOn(Workplace place) {
    place.write(
        "more.yaml",
        """
        kubernetes:
          deployment:
            clientAuthority: |
              -----BEGIN CERTIFICATE-----
              bm9uZQ==
              -----END CERTIFICATE-----
        application: {matching: connaisseur-v3}
        alerting:
          admitRequest:
            receivers:
              - template: slack
                receiverUrl: https://hooks.example/x
                customHeaders:
                  - "Accept: */*"
                  - {name: Authorization, secretRef: {name: hooks, key: header}}
        """);
    assertThat(text(template(place, "--values=more.yaml").expect(0)))
        .contains("    matching: connaisseur-v3\n    policy:")
        .contains("--client-ca=/app/client-ca/ca.crt", "mountPath: /app/client-ca")
        .contains("mountPath: /app/secrets/hooks", "secretName: hooks");
    assertThat(text(template(place).expect(0)))
        .doesNotContain("matching:", "client-ca", "/app/secrets/");
  }

  @Test
  @DisplayName("a certificate of somebody else is mounted, and believed by whom its maker says")
  void takesCertificatesOfOthers(Workplace place) {
    String theirs = "kubernetes.deployment.tls.existingSecret=theirs";
    String injected =
        text(
            template(
                    place,
                    "--set",
                    theirs,
                    "--set",
                    "kubernetes.deployment.tls.injectCaFrom=certs/webhook")
                .expect(0));
    assertThat(injected)
        .contains("secretName: theirs", "cert-manager.io/inject-ca-from: certs/webhook")
        .doesNotContain("caBundle", "name: bulla-tls");
    place.write(
        "bundle.yaml",
        """
        kubernetes:
          deployment:
            tls:
              existingSecret: theirs
              caBundle: |
                -----BEGIN CERTIFICATE-----
                b2xk
                -----END CERTIFICATE-----
                -----BEGIN CERTIFICATE-----
                bmV3
                -----END CERTIFICATE-----
        """);
    assertThat(text(template(place, "--values=bundle.yaml").expect(0)))
        .contains("caBundle: LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCmIyeGsK");
  }

  @ParameterizedTest
  @ValueSource(strings = {"default", "kube-system", "kube-public"})
  @DisplayName("a namespace that others use is not left out of sight")
  void needsANamespaceOfItsOwn(String namespace, Workplace place) {
    Finished refused = template(place, "--namespace=" + namespace);
    refused.expect(1);
    assertThat(refused.err()).contains("install into a namespace of its own");
    template(
            place,
            "--namespace=" + namespace,
            "--set",
            "kubernetes.webhook.exemptReleaseNamespace=false")
        .expect(0);
  }

  @Test
  @DisplayName("a real API server takes it, keeps its secrets over an upgrade, and is left clean")
  void installsUpgradesAndLeaves(Workplace place) throws Exception {
    place.peers().path(Program.HELM);
    try (KubeServer cluster = KubeServer.start(bench.peers())) {
      cluster.configure(place, cluster.administrator());
      place.write("all.yaml", ALL);
      cluster.makeNamespace("keys");
      cluster.makeNamespace("team");
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

  @Test
  @DisplayName("the line of the documents installs it, with their validator in its values")
  void installsByTheLineOfTheDocuments(Workplace place) throws Exception {
    place.peers().path(Program.HELM);
    place.shell("cp -R '" + CHART + "' helm").run().expect(0);
    String values = new String(place.read("helm/values.yaml"), StandardCharsets.UTF_8);
    place.write(
        "helm/values.yaml",
        values
            .replace("  validators:\n", "  validators:\n" + DOCUMENTED_VALIDATOR.indent(4))
            .replace("  policy:\n", "  policy:\n" + DOCUMENTED_RULE.indent(4)));
    try (KubeServer cluster = KubeServer.start(bench.peers());
        ReadyDeployments controller = ReadyDeployments.start(cluster, place, NAMESPACE)) {
      cluster.configure(place, cluster.administrator());
      cluster.makeNamespace("keys");
      place
          .shell(
              "helm install connaisseur helm --atomic --create-namespace --namespace connaisseur")
          .env("KUBECONFIG", "kubeconfig")
          .run()
          .expect(0);
      assertThat(controller.made()).containsExactlyInAnyOrder("bulla", "bulla-redis");
      place.write("config.yaml", config(place, cluster));
      place.run(Program.BULLA, "admission", "validate", "config.yaml");
      assertThat(
              place
                  .run(
                      Program.BULLA,
                      "admission",
                      "match",
                      "--config=config.yaml",
                      "docker.io/securesystemsengineering/testimage:co-signed")
                  .text())
          .contains("customvalidator");
      guardsTheCluster(place, cluster);
    }
  }

  /** As the documents of Connaisseur have it, with the indentation that they lost. */
  private static final String DOCUMENTED_VALIDATOR =
      """
      - name: customvalidator
        type: cosign
        trustRoots:
        - name: default
          key: |  # YOUR PUBLIC KEY BELOW
            -----BEGIN PUBLIC KEY-----
            MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEvtc/qpHtx7iUUj+rRHR99a8mnGni
            qiGkmUb9YpWWTS4YwlvwdmMDiGzcsHiDOYz6f88u2hCRF5GUCvyiZAKrsA==
            -----END PUBLIC KEY-----
      """;

  private static final String DOCUMENTED_RULE =
      """
      - pattern: "docker.io/securesystemsengineering/testimage:co*"  # YOUR REPOSITORY
        validator: customvalidator
      """;

  @Test
  @DisplayName("certificates of its own: rights for them and no others, and upgrades leave them")
  void letsTheWebhookMakeItsCertificates(Workplace place) throws Exception {
    place.peers().path(Program.HELM);
    try (KubeServer cluster = KubeServer.start(bench.peers())) {
      cluster.configure(place, cluster.administrator());
      String chart = CHART.toString();
      String[] upgrade = {
        "upgrade",
        "connaisseur",
        chart,
        "--install",
        "--create-namespace",
        "--namespace",
        NAMESPACE,
        "--set",
        "kubernetes.deployment.tls.selfIssued=true",
        "--set",
        "kubernetes.webhook.guardNamespaceLabel=true"
      };
      // made by helm first, and then handed over: what is believed stays until the webhook says
      // more
      helm(place, "install", "connaisseur", chart, "--create-namespace", "--namespace", NAMESPACE)
          .expect(0);
      String before = bundle(place, cluster);
      helm(place, upgrade).expect(0);
      assertThat(bundle(place, cluster)).isEqualTo(before).isNotEmpty();
      assertThat(cluster.ask("GET", SECRETS + "bulla-tls", "").statusCode()).isEqualTo(404);

      String account = "{token: " + cluster.tokenOf(NAMESPACE, "bulla-serviceaccount") + "}";
      Workplace pod = Workplace.create(place.peers());
      try {
        cluster.configure(pod, account);
        makesItsCertificates(pod, cluster);
      } finally {
        pod.close();
      }
      String secret = secret(place, cluster, "bulla-self-issued", ".data");
      assertThat(secret).contains("ca.key", "tls.crt");
      String now = bundle(place, cluster);
      assertThat(now).isNotEqualTo(before);
      helm(place, upgrade).expect(0);
      assertThat(secret(place, cluster, "bulla-self-issued", ".data")).isEqualTo(secret);
      assertThat(bundle(place, cluster)).isEqualTo(now);
      mayMakeCertificatesAndNoMore(place, cluster);
      guardsTheLabelOfNamespaces(cluster);
    }
  }

  private static final String SECRETS = "/api/v1/namespaces/" + NAMESPACE + "/secrets/";

  private static String bundle(Workplace place, KubeServer cluster) {
    return get(
        place,
        cluster,
        HOOKS + "mutatingwebhookconfigurations/bulla-webhook",
        ".webhooks[0].clientConfig.caBundle // \"\"");
  }

  /** With the arguments of the chart, as the account of the chart, until it is ready. */
  private static void makesItsCertificates(Workplace pod, KubeServer cluster) throws Exception {
    String arguments =
        pod.jq(
            ".spec.template.spec.containers[0].args | map(select(startswith(\"--self\") or"
                + " startswith(\"--tls\") or startswith(\"--registration\"))) | join(\" \")",
            cluster
                .admin("GET", "/apis/apps/v1/namespaces/" + NAMESPACE + "/deployments/bulla", "")
                .getBytes(StandardCharsets.UTF_8));
    pod.write(
        "config.yaml",
        """
        validators: [{name: allow, type: static, approve: true}]
        policy: [{pattern: "*:*", validator: allow}]
        """);
    List<String> line =
        new ArrayList<>(
            List.of(
                "admission",
                "serve",
                "--config=config.yaml",
                "--kubeconfig=kubeconfig",
                "--listen=127.0.0.1:0",
                "--lame-duck=0s"));
    line.addAll(List.of(arguments.split(" ", -1)));
    String before = bundle(pod, cluster);
    Process process = pod.call(Program.BULLA, line).start();
    try {
      Registration.await(() -> {
        if (!process.isAlive()) {
          throw new AssertionError("the webhook ended");
        }
        return !bundle(pod, cluster).equals(before);
      });
    } finally {
      Call.stop(process);
    }
  }

  private static void mayMakeCertificatesAndNoMore(Workplace place, KubeServer cluster) {
    String hooks = "admissionregistration.k8s.io";
    String kind = "mutatingwebhookconfigurations";
    for (String verb : List.of("get", "update")) {
      assertThat(may(place, cluster, verb, "", "secrets", NAMESPACE, "bulla-self-issued")).isTrue();
      assertThat(may(place, cluster, verb, "", "secrets", NAMESPACE, "other")).isFalse();
    }
    for (String verb : List.of("get", "patch")) {
      assertThat(may(place, cluster, verb, hooks, kind, "", "bulla-webhook")).isTrue();
      assertThat(may(place, cluster, verb, hooks, kind, "", "other")).isFalse();
    }
    assertThat(may(place, cluster, "create", "", "secrets", NAMESPACE, "")).isFalse();
    assertThat(may(place, cluster, "delete", hooks, kind, "", "bulla-webhook")).isFalse();
    assertThat(may(place, cluster, "update", hooks, kind, "", "bulla-webhook")).isFalse();
    assertThat(may(place, cluster, "list", hooks, kind, "", "")).isFalse();
  }

  /** Whoever may change namespaces, and nothing else, cannot leave one out. */
  private static void guardsTheLabelOfNamespaces(KubeServer cluster) throws Exception {
    cluster.makeNamespace("people");
    String token = cluster.serviceAccount("people", "editor", "");
    cluster.admin(
        "POST",
        "/apis/rbac.authorization.k8s.io/v1/clusterroles",
        """
        {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole",
         "metadata": {"name": "editor"},
         "rules": [{"apiGroups": [""], "resources": ["namespaces"], "verbs": ["create"]}]}
        """);
    cluster.admin(
        "POST",
        "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings",
        """
        {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRoleBinding",
         "metadata": {"name": "editor"},
         "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole",
                     "name": "editor"},
         "subjects": [{"kind": "ServiceAccount", "name": "editor", "namespace": "people"}]}
        """);
    String exempted =
        """
        {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "mine",
         "labels": {"securesystemsengineering.connaisseur/webhook": "ignore"}}}
        """;
    String plain =
        """
        {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "mine",
         "labels": {"any": "other"}}}
        """;
    String namespaces = "/api/v1/namespaces?dryRun=All";
    Registration.await(() ->
        cluster.askAs(token, "POST", namespaces, exempted).body().contains("right to exempt"));
    assertThat(cluster.askAs(token, "POST", namespaces, plain).statusCode()).isEqualTo(201);
    assertThat(cluster.ask("POST", namespaces, exempted).statusCode()).isEqualTo(201);
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

    assertThat(may(place, cluster, "get", "", "secrets", "team", "any")).isTrue();
    assertThat(may(place, cluster, "get", "", "serviceaccounts", "team", "default")).isTrue();

    assertThat(may(place, cluster, "get", "", "secrets", "shop", "any")).isFalse();
    assertThat(may(place, cluster, "list", "", "secrets", "team", "")).isFalse();
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
