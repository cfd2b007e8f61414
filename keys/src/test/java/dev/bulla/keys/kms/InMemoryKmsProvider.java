package dev.bulla.keys.kms;

import java.util.Set;

/** Every reference of the scheme {@code inmemory} is a fresh key. */
public final class InMemoryKmsProvider implements KmsProvider {

  @Override
  public Set<String> schemes() {
    return Set.of("inmemory");
  }

  @Override
  public String name() {
    return "memory";
  }

  @Override
  public KmsKey open(String reference, KmsContext context) {
    return new InMemoryKmsKey();
  }
}
