package dev.bulla.json;

/** The literal {@code null}. */
public enum JsonNull implements JsonValue {
  INSTANCE;

  @Override
  public String toString() {
    return "JsonNull";
  }
}
