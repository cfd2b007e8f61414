package dev.bulla.benchmarks;

import java.lang.reflect.InvocationTargetException;
import java.security.Security;

/** Who computes signatures and hashes in a measurement. */
final class Providers {

  private static final String ACCP =
      "com.amazon.corretto.crypto.provider.AmazonCorrettoCryptoProvider";

  private Providers() {}

  /**
   * Puts a provider in front of the others.
   *
   * @param name {@code jdk} for none, or {@code accp} for the Amazon Corretto Crypto Provider,
   *     whose jar then has to be on the class path
   */
  static void install(String name) throws ReflectiveOperationException {
    if (!name.equals("accp")) {
      return;
    }
    try {
      Class.forName(ACCP).getMethod("install").invoke(null);
    } catch (InvocationTargetException e) {
      throw new IllegalStateException("the provider cannot be installed", e.getCause());
    }
    String first = Security.getProviders()[0].getName();
    if (!first.equals("AmazonCorrettoCryptoProvider")) {
      throw new IllegalStateException("the first provider is " + first);
    }
  }
}
