package dev.bulla.admission.migrate;

import dev.bulla.error.Quoted;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.ScalarNode;

/** Names inside of {@code validators} and {@code policy} that were others in older releases. */
final class OldNames {

  private final Migration migration;

  OldNames(Migration migration) {
    this.migration = migration;
  }

  void rewrite(YamlMap application) {
    // Connaisseur 2 had other names, and asked the log only when a validator named one
    boolean oldest = false;
    for (YamlMap validator : application.maps("validators")) {
      oldest |= validator.has("trust_roots") || validator.get("host") instanceof ScalarNode;
    }
    Set<String> unlogged = new HashSet<>();
    for (YamlMap validator : application.maps("validators")) {
      if (oldest && validator.is("type", "cosign") && !validator.has("host")) {
        unlogged.add(validator.text("name").orElse(""));
      }
      validator(validator);
    }
    for (YamlMap rule : application.maps("policy")) {
      rule(rule, unlogged);
    }
  }

  private void validator(YamlMap validator) {
    rename(validator, "trust_roots", "trustRoots");
    String type = validator.text("type").orElse("");
    if (List.of("notaryv1", "notaryv2", "notation").contains(type)) {
      migration.note(
          validator.lineOf("type"),
          "validators of type "
              + type
              + " are not supported: bulla verifies Sigstore signatures only; use type cosign, or"
              + " keep the images of its rules on a static validator");
    }
    if (type.equals("cosign") && validator.get("host") instanceof ScalarNode address) {
      migration.changed(
          validator.lineOf("host"), "host: ADDRESS is written host: { rekor: ADDRESS }");
      YamlMap host = YamlMap.empty();
      host.put(
          "rekor", new ScalarNode(address.getTag(), address.getValue(), address.getScalarStyle()));
      validator.put("host", host.node());
    }
    Optional<YamlMap> auth = validator.map("auth");
    if (auth.isPresent()) {
      rename(auth.get(), "secret_name", "secretName");
      rename(auth.get(), "k8s_keychain", "useKeychain");
      rename(auth.get(), "k8sKeychain", "useKeychain");
      if (auth.get().has("is_acr")) {
        migration.changed(auth.get().lineOf("is_acr"), "is_acr has no effect any more");
        auth.get().remove("is_acr");
      }
    }
  }

  private void rule(YamlMap rule, Set<String> unlogged) {
    Optional<YamlMap> with = rule.map("with");
    if (with.isPresent()) {
      rename(with.get(), "trust_root", "trustRoot");
      rename(with.get(), "key", "trustRoot");
    }
    String validator = rule.text("validator").orElse("default");
    if (!unlogged.contains(validator)
        || (with.isPresent() && with.get().has("verifyInTransparencyLog"))
        || (rule.has("with") && !(rule.get("with") instanceof MappingNode))) {
      return;
    }
    migration.changed(
        rule.line(),
        "verifyInTransparencyLog: false, because Connaisseur 2 did not look into a log for"
            + " validator "
            + Quoted.text(validator)
            + "; take it out once every image is signed with a log entry");
    rule.mapOrNew("with").put("verifyInTransparencyLog", "false");
  }

  private void rename(YamlMap map, String old, String today) {
    if (map.has(old) && !map.has(today)) {
      migration.changed(map.lineOf(old), old + " is called " + today + " today");
      map.rename(old, today);
    }
  }
}
