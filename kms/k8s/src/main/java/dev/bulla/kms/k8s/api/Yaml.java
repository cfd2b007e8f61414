package dev.bulla.kms.k8s.api;

import dev.bulla.bytes.Base64Text;
import dev.bulla.bytes.Bytes;
import dev.bulla.error.MalformedInputException;
import dev.bulla.limits.LimitedInput;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/** A mapping of a YAML file: strings, lists and mappings, and nothing that YAML could call up. */
final class Yaml {

  private static final int MAX_FILE = 1 << 20;
  private static final int MAX_ALIASES = 20;

  private final Map<?, ?> members;

  /** What a path in this file starts from. */
  private final Path folder;

  private Yaml(Map<?, ?> members, Path folder) {
    this.members = members;
    this.folder = folder;
  }

  static Yaml read(Path file) throws IOException, MalformedInputException {
    String text;
    try (InputStream in = Files.newInputStream(file)) {
      text = LimitedInput.readAll(in, MAX_FILE, "kubeconfig").toUtf8String("kubeconfig");
    }
    LoadSettings settings =
        LoadSettings.builder()
            .setAllowDuplicateKeys(false)
            .setMaxAliasesForCollections(MAX_ALIASES)
            .setCodePointLimit(MAX_FILE)
            .build();
    Path parent = file.toAbsolutePath().getParent();
    Path folder = parent == null ? file.toAbsolutePath() : parent;
    try {
      Object document = new Load(settings).loadFromString(text);
      if (document == null) {
        return new Yaml(Map.of(), folder);
      }
      if (document instanceof Map<?, ?> map) {
        return new Yaml(map, folder);
      }
    } catch (YamlEngineException | StackOverflowError e) {
      // not its own message, which shows the text around the mistake
      throw new MalformedInputException("kubeconfig", "not YAML");
    }
    throw new MalformedInputException("kubeconfig", "not a mapping");
  }

  /** A string, or what looks like a number or a truth value; empty text is as good as none. */
  Optional<String> text(String name) throws MalformedInputException {
    Object value = members.get(name);
    if (value == null) {
      return Optional.empty();
    }
    if (value instanceof Map || value instanceof List) {
      throw new MalformedInputException("kubeconfig", name + " is no text");
    }
    return Optional.of(value.toString()).filter(text -> !text.isEmpty());
  }

  boolean isTrue(String name) throws MalformedInputException {
    return text(name).orElse("false").equals("true");
  }

  boolean has(String name) {
    return members.get(name) != null;
  }

  Optional<Yaml> mapping(String name) throws MalformedInputException {
    Object value = members.get(name);
    if (value == null) {
      return Optional.empty();
    }
    return Optional.of(mapping(value, name));
  }

  private Yaml mapping(Object value, String name) throws MalformedInputException {
    if (value instanceof Map<?, ?> map) {
      return new Yaml(map, folder);
    }
    throw new MalformedInputException("kubeconfig", name + " is no mapping");
  }

  List<Yaml> mappings(String name) throws MalformedInputException {
    List<Yaml> all = new ArrayList<>();
    for (Object value : list(name)) {
      all.add(mapping(value, name));
    }
    return all;
  }

  List<String> texts(String name) throws MalformedInputException {
    List<String> all = new ArrayList<>();
    for (Object value : list(name)) {
      all.add(String.valueOf(value));
    }
    return all;
  }

  private List<?> list(String name) throws MalformedInputException {
    Object value = members.get(name);
    if (value == null) {
      return List.of();
    }
    if (value instanceof List<?> list) {
      return list;
    }
    throw new MalformedInputException("kubeconfig", name + " is no list");
  }

  /** What {@code NAME-data} holds in base64, else the content of the file that NAME names. */
  Optional<Bytes> content(String name) throws MalformedInputException, IOException {
    Optional<String> data = text(name + "-data");
    if (data.isPresent()) {
      return Optional.of(Base64Text.decodeIgnoringNewlines(data.get(), name + "-data"));
    }
    Optional<String> file = text(name);
    return file.isPresent() ? Optional.of(file(file.get(), name)) : Optional.empty();
  }

  /** The content of a file named here. */
  Bytes file(String path, String what) throws MalformedInputException, IOException {
    try (InputStream in = Files.newInputStream(folder.resolve(path))) {
      return LimitedInput.readAll(in, MAX_FILE, what);
    }
  }

  Path folder() {
    return folder;
  }
}
