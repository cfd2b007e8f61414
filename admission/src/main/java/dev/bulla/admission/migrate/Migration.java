package dev.bulla.admission.migrate;

import dev.bulla.admission.config.ConfigLoader;
import dev.bulla.error.MalformedInputException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.snakeyaml.engine.v2.api.DumpSettings;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.api.lowlevel.Present;
import org.snakeyaml.engine.v2.api.lowlevel.Serialize;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.Node;

/**
 * Rewrites a configuration of any release of Connaisseur, {@code values.yaml} or {@code
 * config.yaml}, in the names of today.
 */
public final class Migration {

  /**
   * The result.
   *
   * @param text the new file; the old one, byte for byte, when nothing had to change
   * @param notes each change with the line of the old file, and what else to look at
   */
  public record Migrated(String text, List<String> notes) {
    public Migrated {
      notes = List.copyOf(notes);
    }
  }

  private final String file;
  private final List<String> notes = new ArrayList<>();
  private boolean changed;

  private Migration(String file) {
    this.file = file;
  }

  /**
   * Rewrites a file.
   *
   * @param text YAML of one document
   * @param file its name, for notes
   * @throws MalformedInputException when it is no YAML, or no mapping
   */
  public static Migrated migrate(String text, String file) throws MalformedInputException {
    ConfigLoader.requireYaml(text, file);
    Optional<Node> document;
    try {
      document = new Compose(loading()).composeString(text);
    } catch (YamlEngineException e) {
      throw MalformedInputException.verbatim(file + ": yaml: not YAML");
    }
    Optional<YamlMap> root = YamlMap.of(document.orElse(null));
    if (root.isEmpty()) {
      throw MalformedInputException.verbatim(file + ": not a mapping");
    }
    Migration migration = new Migration(file);
    YamlMap migrated = migration.rewrite(root.get());
    return new Migrated(migration.changed ? text(migrated.node()) : text, migration.notes);
  }

  private static LoadSettings loading() {
    return LoadSettings.builder()
        .setAllowDuplicateKeys(false)
        .setParseComments(true)
        .setCodePointLimit(1 << 20)
        .build();
  }

  private static String text(Node root) {
    DumpSettings settings =
        DumpSettings.builder().setDumpComments(true).setWidth(1 << 16).setSplitLines(false).build();
    return new Present(settings)
        .emitToString(new Serialize(settings).serializeOne(root).iterator());
  }

  private YamlMap rewrite(YamlMap root) {
    if (root.has("application")) {
      Optional<YamlMap> application = root.map("application");
      application.ifPresent(this::names);
      root.map("kubernetes").flatMap(map -> map.map("deployment")).ifPresent(this::pullPolicy);
      application.ifPresent(this::logLevel);
      application.flatMap(map -> map.map("features")).ifPresent(this::features);
      return root;
    }
    if (new OldValues(this).areIn(root)) {
      YamlMap moved = new OldValues(this).rewrite(root);
      moved.map("application").ifPresent(this::names);
      return moved;
    }
    names(root);
    return root;
  }

  private void names(YamlMap application) {
    new OldNames(this).rewrite(application);
  }

  void pullPolicy(YamlMap deployment) {
    if (deployment.has("imagePullPolicy") && !deployment.has("pullPolicy")) {
      changed(deployment.lineOf("imagePullPolicy"), "imagePullPolicy is called pullPolicy today");
      deployment.rename("imagePullPolicy", "pullPolicy");
    }
  }

  /** Levels are written in small letters, and two have other names. */
  void logLevel(YamlMap in) {
    Optional<String> level = in.text("logLevel");
    if (level.isEmpty()) {
      return;
    }
    String today =
        switch (level.get()) {
          case "DEBUG" -> "debug";
          case "INFO" -> "info";
          case "WARNING", "WARN", "warning" -> "warn";
          case "ERROR" -> "error";
          case "CRITICAL", "critical", "FATAL" -> "fatal";
          default -> level.get();
        };
    if (!today.equals(level.get())) {
      changed(in.lineOf("logLevel"), "logLevel is written " + today);
      in.put("logLevel", today);
    }
  }

  /** Features that were mappings with a switch inside. */
  void features(YamlMap features) {
    Optional<YamlMap> namespaces = features.map("namespacedValidation");
    if (namespaces.isPresent() && namespaces.get().has("enabled")) {
      int line = features.lineOf("namespacedValidation");
      if (namespaces.get().is("enabled", "false")) {
        changed(line, "namespacedValidation is switched off by false");
        features.put("namespacedValidation", "false");
      } else {
        changed(line, "namespacedValidation is switched on by its mode");
        namespaces.get().remove("enabled");
        if (!namespaces.get().has("mode")) {
          namespaces.get().put("mode", "ignore");
        }
      }
    }
    Optional<YamlMap> children = features.map("automaticChildApproval");
    if (children.isPresent()) {
      boolean off = children.get().is("enabled", "false");
      changed(
          features.lineOf("automaticChildApproval"),
          "automaticChildApproval is written " + (off ? "false" : "true"));
      features.put("automaticChildApproval", off ? "false" : "true");
      if (off && !features.has("resourceValidationMode")) {
        features.put("resourceValidationMode", "podsOnly");
        note(
            features.line(),
            "resourceValidationMode: podsOnly keeps what automaticChildApproval: false used to"
                + " mean, that nothing but pods is denied; other objects are still looked at, and"
                + " warned of");
      }
    }
  }

  /** Says what was changed. */
  void changed(int line, String text) {
    changed = true;
    note(line, text);
  }

  /** Says what the person should look at. */
  void note(int line, String text) {
    notes.add(file + ":" + line + ": " + text);
  }
}
