package dev.bulla.sigstore.config;

/**
 * How many of the services that are there have to be used.
 *
 * @param count how many for {@link Selector#EXACT}
 */
public record ServiceChoice(Selector selector, long count) {

  /** sigstore_trustroot.proto, "ServiceSelector". */
  public enum Selector {
    UNDEFINED,
    ALL,
    ANY,
    EXACT
  }

  /** What is meant where nothing is said. */
  public static final ServiceChoice UNDEFINED = new ServiceChoice(Selector.UNDEFINED, 0);
}
