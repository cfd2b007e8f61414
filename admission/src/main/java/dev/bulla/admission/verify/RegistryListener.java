package dev.bulla.admission.verify;

import dev.bulla.registry.transport.Origin;
import java.time.Duration;

/**
 * Told of each call of a registry, and of who gives out its tokens. Called by the threads that ask,
 * so it returns at once and throws nothing.
 */
public interface RegistryListener {

  /** Listens to nothing. */
  RegistryListener NONE =
      new RegistryListener() {
        @Override
        public void begun(Origin server) {}

        @Override
        public void ended(Origin server, String code, Duration took) {}
      };

  /**
   * A call begins. It is told of the end of each.
   *
   * @param server chosen by whoever names images
   */
  void begun(Origin server);

  /**
   * A call has ended.
   *
   * @param code the status of the answer in digits, or one of {@code timeout}, {@code unreachable},
   *     {@code tls}, {@code broken}, {@code refused} (an address that is not asked), {@code
   *     cancelled} (nobody waited any more)
   * @param took until the answer began, or until it was clear that none comes
   */
  void ended(Origin server, String code, Duration took);

  /** Tells both. */
  default RegistryListener and(RegistryListener other) {
    RegistryListener first = this;
    return new RegistryListener() {
      @Override
      public void begun(Origin server) {
        first.begun(server);
        other.begun(server);
      }

      @Override
      public void ended(Origin server, String code, Duration took) {
        first.ended(server, code, took);
        other.ended(server, code, took);
      }
    };
  }
}
