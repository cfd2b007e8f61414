package dev.bulla.keys.kms;

import java.util.Set;

/**
 * Somebody who knows what references of some URI schemes mean. Found through {@link
 * java.util.ServiceLoader} under one of the interfaces that extend this one: implementations are
 * public, have a public constructor without parameters, and load no library of the service before
 * they open a reference.
 */
public interface SchemeProvider {

  /** The schemes of the references it opens, in lower case and without {@code ://}. Constant. */
  Set<String> schemes();

  /** The service's name for people: {@code AWS KMS}. */
  String name();
}
