package dev.bulla.interop;

import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * What all cells share: the peers, one registry of each kind, and the keys. Made once, when first
 * asked for.
 */
final class Bench implements AutoCloseable {

  private record Signed(RegistryKind kind, SigningWay way) {}

  private final Peers peers = Peers.load();
  private final KeyRing keys = new KeyRing(peers);
  private final Map<RegistryKind, PeerRegistry> registries = new EnumMap<>(RegistryKind.class);
  private final Map<Signed, Image> signed = new HashMap<>();
  private final Workplace signing = Workplace.create(peers);
  private final AtomicInteger repositories = new AtomicInteger();

  Peers peers() {
    return peers;
  }

  KeyRing keys() {
    return keys;
  }

  synchronized PeerRegistry registry(RegistryKind kind) {
    PeerRegistry registry = registries.get(kind);
    if (registry == null) {
      registry = PeerRegistry.start(kind, peers);
      registries.put(kind, registry);
    }
    return registry;
  }

  /** A repository that no other cell uses. */
  Shelf shelf(RegistryKind kind, String name) {
    return new Shelf(registry(kind).host(), "interop/" + name + repositories.incrementAndGet());
  }

  /**
   * An image signed once in this way, with the key that the signing program made; for cells that
   * only look.
   */
  synchronized Image signed(RegistryKind kind, SigningWay way) {
    Signed wanted = new Signed(kind, way);
    Image image = signed.get(wanted);
    if (image == null) {
      image = Samples.image(shelf(kind, "signed"), "v1");
      way.sign(signing, keys, keys.generatedBy(way.program()), image.byDigest());
      signed.put(wanted, image);
    }
    return image;
  }

  @Override
  public synchronized void close() {
    signing.close();
    registries.values().forEach(PeerRegistry::close);
    registries.clear();
    keys.close();
  }
}
