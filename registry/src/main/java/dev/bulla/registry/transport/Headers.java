package dev.bulla.registry.transport;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Header fields in order, found without regard to case. Immutable. Values may hold credentials, so
 * there is no {@code toString}.
 */
public final class Headers {

  public static final Headers NONE = new Headers(List.of());

  /** One field. */
  public record Field(String name, String value) {
    @Override
    public String toString() {
      return name + ": …";
    }
  }

  private final List<Field> fields;

  private Headers(List<Field> fields) {
    this.fields = List.copyOf(fields);
  }

  public static Builder builder() {
    return new Builder();
  }

  /** The first value of a field. */
  public Optional<String> first(String name) {
    for (Field field : fields) {
      if (field.name().equalsIgnoreCase(name)) {
        return Optional.of(field.value());
      }
    }
    return Optional.empty();
  }

  /** Every value of a field, in order. */
  public List<String> all(String name) {
    List<String> values = new ArrayList<>(2);
    for (Field field : fields) {
      if (field.name().equalsIgnoreCase(name)) {
        values.add(field.value());
      }
    }
    return values;
  }

  public List<Field> fields() {
    return fields;
  }

  /** These fields and one more. */
  public Headers with(String name, String value) {
    Builder builder = new Builder();
    for (Field field : fields) {
      builder.add(field.name(), field.value());
    }
    return builder.add(name, value).build();
  }

  @Override
  public String toString() {
    return "Headers[" + fields.size() + " fields]";
  }

  /** Collects fields; refuses what would let one field become two. */
  public static final class Builder {
    private final List<Field> fields = new ArrayList<>();

    private Builder() {}

    /**
     * Adds a field.
     *
     * @throws IllegalArgumentException when the name is no token or the value holds a control
     *     character
     */
    public Builder add(String name, String value) {
      if (!isToken(name) || !isFieldValue(value)) {
        throw new IllegalArgumentException("not a header field: " + name);
      }
      fields.add(new Field(name, value));
      return this;
    }

    public Headers build() {
      return new Headers(fields);
    }
  }

  /** Whether the text is a token of RFC 9110 §5.6.2. */
  static boolean isToken(String text) {
    if (text.isEmpty()) {
      return false;
    }
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c <= 0x20 || c >= 0x7f || "\"(),/:;<=>?@[\\]{}".indexOf(c) >= 0) {
        return false;
      }
    }
    return true;
  }

  /** Whether the text can stand in a field: no control characters but the tab. */
  public static boolean isFieldValue(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if ((c < 0x20 && c != '\t') || c == 0x7f || c > 0xff) {
        return false;
      }
    }
    return true;
  }
}
