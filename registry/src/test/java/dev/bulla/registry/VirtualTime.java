package dev.bulla.registry;

/** Lets tests of other packages wait without time passing. */
public final class VirtualTime {

  private VirtualTime() {}

  /** A client in a time of its own, which passes only when the client waits. */
  public static RegistryClient.Builder in(RegistryClient.Builder client) {
    return client.pace(new TestPace());
  }
}
