package dev.bulla.sigstore.tuf;

import dev.bulla.bytes.Bytes;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Keeps files for one run, to be copied once all of them are known to be good. */
public final class MemoryTufStore implements TufStore {

  private final Map<String, Bytes> files = new TreeMap<>();

  @Override
  public Optional<Bytes> read(String name, int limit) {
    return Optional.ofNullable(files.get(name)).filter(file -> file.size() <= limit);
  }

  @Override
  public void write(String name, Bytes content) {
    files.put(name, content);
  }

  @Override
  public void delete(String name) {
    files.remove(name);
  }

  /** Puts everything into another store. */
  public void copyTo(TufStore other) {
    files.forEach(other::write);
  }
}
