package dev.bulla.interop;

/** The kinds of objects that run images, and how they are made. */
enum KubeKind {
  POD("v1", "pods"),
  REPLICATION_CONTROLLER("v1", "replicationcontrollers"),
  DEPLOYMENT("apps/v1", "deployments"),
  REPLICA_SET("apps/v1", "replicasets"),
  DAEMON_SET("apps/v1", "daemonsets"),
  STATEFUL_SET("apps/v1", "statefulsets"),
  JOB("batch/v1", "jobs"),
  CRON_JOB("batch/v1", "cronjobs");

  private final String apiVersion;
  private final String resource;

  KubeKind(String apiVersion, String resource) {
    this.apiVersion = apiVersion;
    this.resource = resource;
  }

  /** As objects name it. */
  String kind() {
    StringBuilder kind = new StringBuilder();
    for (String word : name().split("_", -1)) {
      kind.append(word.charAt(0)).append(word.substring(1).toLowerCase(java.util.Locale.ROOT));
    }
    return kind.toString();
  }

  String collection(String namespace) {
    return (apiVersion.equals("v1") ? "/api/" : "/apis/")
        + apiVersion
        + "/namespaces/"
        + namespace
        + "/"
        + resource;
  }

  /** Where the pod's specification is, for jq. */
  String podSpec() {
    return switch (this) {
      case POD -> ".spec";
      case CRON_JOB -> ".spec.jobTemplate.spec.template.spec";
      default -> ".spec.template.spec";
    };
  }

  /**
   * An object whose pods are like that.
   *
   * @param metadata more members of the metadata, each with a comma before it
   * @param podSpec without the restart policy
   */
  String object(String name, String metadata, String podSpec) {
    String restart = this == JOB || this == CRON_JOB ? "Never" : "Always";
    String spec = podSpec.replaceFirst("\\{", "{\"restartPolicy\": \"" + restart + "\", ");
    String labels = "{\"app\": \"" + name + "\"}";
    String template = "{\"metadata\": {\"labels\": " + labels + "}, \"spec\": " + spec + "}";
    String whole =
        switch (this) {
          case POD -> spec;
          case REPLICATION_CONTROLLER ->
              "{\"selector\": " + labels + ", \"template\": " + template + "}";
          case JOB -> "{\"template\": " + template + "}";
          case CRON_JOB ->
              "{\"schedule\": \"0 0 1 1 *\", \"jobTemplate\": {\"spec\": {\"template\": "
                  + template
                  + "}}}";
          case STATEFUL_SET ->
              "{\"serviceName\": \"none\", \"selector\": {\"matchLabels\": "
                  + labels
                  + "}, \"template\": "
                  + template
                  + "}";
          default ->
              "{\"selector\": {\"matchLabels\": " + labels + "}, \"template\": " + template + "}";
        };
    return "{\"apiVersion\": \"%s\", \"kind\": \"%s\", \"metadata\": {\"name\": \"%s\"%s}, \"spec\": %s}"
        .formatted(apiVersion, kind(), name, metadata, whole);
  }

  /** A pod's specification with these images. */
  static String containers(String... images) {
    StringBuilder all = new StringBuilder();
    for (int i = 0; i < images.length; i++) {
      all.append(i == 0 ? "" : ", ").append(container("c" + i, images[i]));
    }
    return "{\"containers\": [" + all + "]}";
  }

  static String container(String name, String image) {
    return "{\"name\": \"" + name + "\", \"image\": \"" + image + "\"}";
  }

  @Override
  public String toString() {
    return kind();
  }
}
