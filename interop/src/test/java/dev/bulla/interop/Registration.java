package dev.bulla.interop;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/**
 * Configurations of webhooks, as the chart has them.
 *
 * @param name of the configuration; the API server asks in the order of these names
 * @param url where it is asked
 * @param authorityPem who signed its certificate
 * @param selector which namespaces, as JSON: a LabelSelector
 * @param failurePolicy {@code Fail} or {@code Ignore}
 */
record Registration(
    String name, String url, String authorityPem, String selector, String failurePolicy) {

  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final Duration BETWEEN = Duration.ofMillis(100);

  private static final String RULES =
      """
      [{"operations": ["CREATE", "UPDATE"], "apiGroups": ["apps"], "apiVersions": ["v1"],
        "resources": ["deployments", "replicasets", "daemonsets", "statefulsets"]},
       {"operations": ["CREATE", "UPDATE"], "apiGroups": [""], "apiVersions": ["v1"],
        "resources": ["pods", "pods/ephemeralcontainers", "replicationcontrollers"]},
       {"operations": ["CREATE", "UPDATE"], "apiGroups": ["batch"], "apiVersions": ["v1"],
        "resources": ["jobs", "cronjobs"]}]
      """;

  /** Of all namespaces with this label. */
  static Registration of(String name, Webhook webhook, String path, String label) {
    return new Registration(
        name,
        webhook.url() + path,
        webhook.authority().certificatePem(),
        "{\"matchLabels\": {\"guarded-by\": \"" + label + "\"}}",
        "Fail");
  }

  void mutating(KubeServer cluster, String reinvocationPolicy) {
    create(
        cluster, "MutatingWebhookConfiguration", "reinvocationPolicy", List.of(reinvocationPolicy));
  }

  void validating(KubeServer cluster) {
    create(cluster, "ValidatingWebhookConfiguration", "", List.of());
  }

  /**
   * Waits until the API server asks: it takes notice of configurations a moment after it has them.
   *
   * @param admitted an object that is admitted, as a pod's specification
   */
  static void await(KubeServer cluster, Webhook webhook, String namespace, String admitted)
      throws InterruptedException {
    String pod = KubeKind.POD.object("first", "", admitted);
    for (String path : new String[] {"/mutate", "/validate"}) {
      double before = asked(webhook, path);
      await(() -> {
        cluster.ask("POST", KubeKind.POD.collection(namespace) + "?dryRun=All", pod);
        return asked(webhook, path) > before;
      });
    }
  }

  /** Tries until it holds. */
  static void await(Condition condition) throws InterruptedException {
    long end = System.nanoTime() + LIMIT.toNanos();
    while (!condition.holds()) {
      if (System.nanoTime() > end) {
        throw new AssertionError("does not hold after " + LIMIT);
      }
      // whoever is waited for shares the machine
      LockSupport.parkNanos(BETWEEN.toNanos());
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
    }
  }

  /** What will hold. */
  @FunctionalInterface
  interface Condition {
    boolean holds() throws InterruptedException;
  }

  private static double asked(Webhook webhook, String path) throws InterruptedException {
    return webhook.metric("bulla_admission_http_requests_total", "\"" + path + "\"");
  }

  private void create(KubeServer cluster, String kind, String member, List<String> value) {
    String more = value.isEmpty() ? "" : "\"" + member + "\": \"" + value.get(0) + "\",";
    cluster.admin(
        "POST",
        "/apis/admissionregistration.k8s.io/v1/"
            + (kind.startsWith("M")
                ? "mutatingwebhookconfigurations"
                : "validatingwebhookconfigurations"),
        """
        {"apiVersion": "admissionregistration.k8s.io/v1", "kind": "%s", "metadata": {"name": "%s"},
         "webhooks": [{"name": "%s.bulla.test", %s "sideEffects": "None", "timeoutSeconds": 30,
           "admissionReviewVersions": ["v1"], "failurePolicy": "%s", "namespaceSelector": %s,
           "clientConfig": {"url": "%s", "caBundle": "%s"}, "rules": %s}]}
        """
            .formatted(
                kind,
                name,
                name,
                more,
                failurePolicy,
                selector,
                url,
                Base64.getEncoder().encodeToString(authorityPem.getBytes(StandardCharsets.UTF_8)),
                RULES));
  }
}
