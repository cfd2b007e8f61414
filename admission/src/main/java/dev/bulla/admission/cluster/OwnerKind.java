package dev.bulla.admission.cluster;

import dev.bulla.admission.review.ReviewRequest;
import dev.bulla.admission.review.Workload;
import java.util.Map;
import java.util.Optional;

/**
 * A kind of object that can own pods, and where the API server has it. Source: Kubernetes API
 * reference, workload resources.
 *
 * @param kind as reviews name it
 * @param version group and version as in a path: {@code apis/apps/v1}
 * @param resource plural
 */
record OwnerKind(ReviewRequest.Kind kind, String version, String resource) {

  private static final Map<String, OwnerKind> KNOWN =
      Map.of(
          "v1/Pod", core("Pod", "pods"),
          "v1/ReplicationController", core("ReplicationController", "replicationcontrollers"),
          "apps/v1/Deployment", in("apps", "Deployment", "deployments"),
          "apps/v1/ReplicaSet", in("apps", "ReplicaSet", "replicasets"),
          "apps/v1/DaemonSet", in("apps", "DaemonSet", "daemonsets"),
          "apps/v1/StatefulSet", in("apps", "StatefulSet", "statefulsets"),
          "batch/v1/Job", in("batch", "Job", "jobs"),
          "batch/v1/CronJob", in("batch", "CronJob", "cronjobs"));

  private static OwnerKind core(String kind, String resource) {
    return new OwnerKind(new ReviewRequest.Kind("", kind), "api/v1", resource);
  }

  private static OwnerKind in(String group, String kind, String resource) {
    return new OwnerKind(new ReviewRequest.Kind(group, kind), "apis/" + group + "/v1", resource);
  }

  static Optional<OwnerKind> of(Workload.Owner owner) {
    return Optional.ofNullable(KNOWN.get(owner.apiVersion() + "/" + owner.kind()));
  }

  /** Empty when the names are none that objects can have. */
  Optional<String> path(String namespace, String name) {
    return ObjectName.isOne(namespace) && ObjectName.isOne(name)
        ? Optional.of("/" + version + "/namespaces/" + namespace + "/" + resource + "/" + name)
        : Optional.empty();
  }

  /** What RBAC calls reading one. */
  String right(String namespace) {
    return "get on " + resource + " in namespace " + namespace;
  }
}
