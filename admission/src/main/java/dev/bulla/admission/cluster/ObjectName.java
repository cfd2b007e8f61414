package dev.bulla.admission.cluster;

import java.util.regex.Pattern;

/** Which names objects and namespaces can have: RFC 1123, so that they can stand in a path. */
final class ObjectName {

  private static final Pattern NAME = Pattern.compile("[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?");

  private ObjectName() {}

  static boolean isOne(String text) {
    return NAME.matcher(text).matches();
  }
}
