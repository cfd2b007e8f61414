package dev.bulla.json;

/** A JSON string. The parser never makes one with an unpaired surrogate. */
public record JsonString(String value) implements JsonValue {

  /** Says how long the text is, not what it is. */
  @Override
  public String toString() {
    return "JsonString[" + value.length() + " characters]";
  }
}
