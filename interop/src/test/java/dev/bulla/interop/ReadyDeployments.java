package dev.bulla.interop;

import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Stands in for controllers and nodes, of which a {@link KubeServer} has none: every deployment of
 * a namespace gets a replica set whose pods are all ready, as far as its status says.
 */
final class ReadyDeployments implements AutoCloseable {

  private final KubeServer cluster;
  private final Workplace place;
  private final String apps;
  private final Set<String> made = new ConcurrentSkipListSet<>();
  private final CountDownLatch end = new CountDownLatch(1);
  private final Thread thread;

  private ReadyDeployments(KubeServer cluster, Workplace place, String namespace) {
    this.cluster = cluster;
    this.place = place;
    this.apps = "/apis/apps/v1/namespaces/" + namespace + "/";
    this.thread = Thread.ofPlatform().daemon().name("controller").unstarted(this::run);
  }

  static ReadyDeployments start(KubeServer cluster, Workplace place, String namespace) {
    ReadyDeployments controller = new ReadyDeployments(cluster, place, namespace);
    controller.thread.start();
    return controller;
  }

  /** Names of the deployments that are ready. */
  Set<String> made() {
    return Set.copyOf(made);
  }

  private void run() {
    try {
      while (!end.await(100, TimeUnit.MILLISECONDS)) {
        String all = cluster.ask("GET", apps + "deployments", "").body();
        for (String name :
            jq(".items // [] | map(.metadata.name) | join(\" \")", all).split(" ", -1)) {
          if (!name.isEmpty() && !made.contains(name)) {
            make(name);
            made.add(name);
          }
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void make(String name) {
    String deployment = cluster.admin("GET", apps + "deployments/" + name, "");
    String set =
        jq(
            "{apiVersion, kind: \"ReplicaSet\", metadata: {name: (.metadata.name + \"-1\"),"
                + " labels: .spec.template.metadata.labels, ownerReferences: [{apiVersion,"
                + " kind: \"Deployment\", name: .metadata.name, uid: .metadata.uid,"
                + " controller: true}]}, spec: {replicas: .spec.replicas, selector: .spec.selector,"
                + " template: .spec.template}}",
            deployment);
    String stored = cluster.admin("POST", apps + "replicasets", set);
    status(
        "replicasets/" + name + "-1",
        jq(
            ".status = {replicas: .spec.replicas, readyReplicas: .spec.replicas,"
                + " availableReplicas: .spec.replicas, observedGeneration: .metadata.generation}",
            stored));
    status(
        "deployments/" + name,
        jq(
            ".status = {replicas: .spec.replicas, readyReplicas: .spec.replicas,"
                + " updatedReplicas: .spec.replicas, availableReplicas: .spec.replicas,"
                + " observedGeneration: .metadata.generation}",
            deployment));
  }

  private void status(String path, String object) {
    HttpResponse<String> answer = cluster.ask("PUT", apps + path + "/status", object);
    if (answer.statusCode() != 200) {
      throw new AssertionError(path + ": " + answer.body());
    }
  }

  private String jq(String filter, String json) {
    return place.jq(filter, json.getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public void close() {
    end.countDown();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
