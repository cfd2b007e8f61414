package dev.bulla.interop;

import java.nio.file.Path;
import java.util.List;

/** The registries that cells run on, as {@code interop/lib/registries.sh} configures them. */
enum RegistryKind {
  /** Has no referrers API: referrers are listed under a tag. */
  DOCKER_REGISTRY(Program.DOCKER_REGISTRY, false) {
    @Override
    List<String> command(Path folder, int port, Workplace place) {
      place.write(
          "config.yml",
          """
          version: 0.1
          log: {level: info}
          storage:
            filesystem: {rootdirectory: %s}
            delete: {enabled: true}
          http: {addr: "127.0.0.1:%d"}
          """
              .formatted(folder.resolve("data"), port));
      return List.of("serve", folder.resolve("config.yml").toString());
    }
  },
  OLAREG(Program.OLAREG, true) {
    @Override
    List<String> command(Path folder, int port, Workplace place) {
      return List.of(
          "serve",
          "--addr",
          "127.0.0.1",
          "--port",
          Integer.toString(port),
          "--dir",
          folder.resolve("data").toString(),
          "--api-delete",
          "--api-blob-delete",
          "--gc-frequency",
          "-1s");
    }
  },
  ZOT(Program.ZOT, true) {
    @Override
    List<String> command(Path folder, int port, Workplace place) {
      place.write(
          "config.json",
          """
          {
            "distSpecVersion": "1.1.1",
            "storage": {"rootDirectory": "%s", "gc": false},
            "http": {"address": "127.0.0.1", "port": "%d", "compat": ["docker2s2"]},
            "log": {"level": "warn"}
          }
          """
              .formatted(folder.resolve("data"), port));
      return List.of("serve", folder.resolve("config.json").toString());
    }
  },

  /** Our own, which cells of other programs need not run on: it is measured against the others. */
  EMBEDDED(Program.BULLA, true) {
    @Override
    List<String> command(Path folder, int port, Workplace place) {
      return List.of(
          "registry",
          "serve",
          "--dir",
          folder.resolve("data").toString(),
          "--listen",
          "127.0.0.1:" + port);
    }
  };

  private final Program program;
  private final boolean listsReferrers;

  RegistryKind(Program program, boolean listsReferrers) {
    this.program = program;
    this.listsReferrers = listsReferrers;
  }

  Program program() {
    return program;
  }

  boolean listsReferrers() {
    return listsReferrers;
  }

  /** Writes what it needs into the folder; returns its arguments. */
  abstract List<String> command(Path folder, int port, Workplace place);

  @Override
  public String toString() {
    return program.toString();
  }
}
