package dev.bulla.interop;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * Keys that many cells use; each is made once, since deriving a key from a password takes its time.
 */
final class KeyRing implements AutoCloseable {

  static final String PASSWORD = "interop pässword";

  private final Workplace place;
  private final Map<Program, KeyPair> generated = new EnumMap<>(Program.class);
  private final Map<KeyKind, KeyPair> imported = new EnumMap<>(KeyKind.class);

  KeyRing(Peers peers) {
    place = Workplace.create(peers);
  }

  /** The pair that this program's {@code generate-key-pair} made. */
  synchronized KeyPair generatedBy(Program program) {
    KeyPair pair = generated.get(program);
    if (pair == null) {
      pair = pair(program.command());
      if (program == Program.COSIGN1) {
        // it knows one name for them
        place.run(program, "generate-key-pair");
        rename("cosign.key", pair.key());
        rename("cosign.pub", pair.pub());
      } else {
        place.run(program, "generate-key-pair", "--output-key-prefix", program.command());
      }
      generated.put(program, pair);
    }
    return pair;
  }

  private void rename(String from, Path to) {
    try {
      Files.move(place.folder().resolve(from), to);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A key that nobody signs with. */
  synchronized KeyPair stranger() {
    KeyPair pair = pair("stranger");
    if (!pair.key().toFile().exists()) {
      place.run(Program.BULLA, "generate-key-pair", "--output-key-prefix", "stranger");
    }
    return pair;
  }

  /** What openssl made, as it made it. */
  synchronized Path plain(KeyKind kind) {
    Path file = place.folder().resolve(kind.name() + ".pem");
    if (!file.toFile().exists()) {
      List<String> arguments = new ArrayList<>(kind.openssl());
      place.write(
          file.getFileName().toString(),
          place.call(Program.OPENSSL, arguments).run().expect(0).out());
    }
    return file;
  }

  /** The same key, imported by bulla. */
  synchronized KeyPair imported(KeyKind kind) {
    KeyPair pair = imported.get(kind);
    if (pair == null) {
      place.run(
          Program.BULLA,
          "import-key-pair",
          "--key",
          plain(kind).toString(),
          "--output-key-prefix",
          kind.name());
      pair = pair(kind.name());
      imported.put(kind, pair);
    }
    return pair;
  }

  /** A signing configuration without any service, which keeps cosign 3 off the network. */
  synchronized Path emptySigningConfig() {
    Path file = place.folder().resolve("empty.json");
    if (!file.toFile().exists()) {
      place.run(Program.COSIGN3, "signing-config", "create", "--out", file.toString());
    }
    return file;
  }

  private KeyPair pair(String prefix) {
    return new KeyPair(
        place.folder().resolve(prefix + ".key"), place.folder().resolve(prefix + ".pub"));
  }

  @Override
  public void close() {
    place.close();
  }
}
