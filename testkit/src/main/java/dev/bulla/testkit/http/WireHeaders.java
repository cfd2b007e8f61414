package dev.bulla.testkit.http;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/**
 * Header fields in the order and the spelling in which they stand on the wire. Looked up without
 * regard to case (RFC 9110 §5.1). Immutable. {@link #toString()} shows names only, since values may
 * be credentials.
 */
public final class WireHeaders {

  public static final WireHeaders EMPTY = new WireHeaders(List.of());

  private final List<Field> fields;

  /** One header field. */
  public record Field(String name, String value) {

    public Field {
      if (name.isEmpty() || !name.chars().allMatch(WireHeaders::isTokenChar)) {
        throw new IllegalArgumentException("not a header name");
      }
      if (value.chars().anyMatch(c -> c == '\r' || c == '\n' || c == 0)) {
        throw new IllegalArgumentException("line break in the value of header " + name);
      }
    }

    @Override
    public String toString() {
      return name;
    }
  }

  private WireHeaders(List<Field> fields) {
    this.fields = List.copyOf(fields);
  }

  public static WireHeaders of(List<Field> fields) {
    return fields.isEmpty() ? EMPTY : new WireHeaders(fields);
  }

  /** Names and values in turn. */
  public static WireHeaders of(String... namesAndValues) {
    List<Field> fields = new ArrayList<>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      fields.add(new Field(namesAndValues[i], namesAndValues[i + 1]));
    }
    return of(fields);
  }

  public List<Field> fields() {
    return fields;
  }

  /** The first field of that name. */
  public Optional<String> first(String name) {
    return fields.stream()
        .filter(f -> f.name().equalsIgnoreCase(name))
        .map(Field::value)
        .findFirst();
  }

  /** The values of every field of that name, in order. */
  public List<String> all(String name) {
    return fields.stream().filter(f -> f.name().equalsIgnoreCase(name)).map(Field::value).toList();
  }

  public boolean has(String name) {
    return fields.stream().anyMatch(f -> f.name().equalsIgnoreCase(name));
  }

  /** One field of that name and no other. */
  public WireHeaders with(String name, String value) {
    return without(name).plus(name, value);
  }

  /** A further field, whether or not there is one of that name. */
  public WireHeaders plus(String name, String value) {
    List<Field> more = new ArrayList<>(fields);
    more.add(new Field(name, value));
    return of(more);
  }

  public WireHeaders without(String name) {
    return of(fields.stream().filter(f -> !f.name().equalsIgnoreCase(name)).toList());
  }

  /** The same fields under other names. */
  public WireHeaders renamed(UnaryOperator<String> names) {
    return of(fields.stream().map(f -> new Field(names.apply(f.name()), f.value())).toList());
  }

  /** Whether a character may stand in a token (RFC 9110 §5.6.2). */
  static boolean isTokenChar(int c) {
    return (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || (c >= '0' && c <= '9')
        || "!#$%&'*+-.^_`|~".indexOf(c) >= 0;
  }

  @Override
  public String toString() {
    return fields.stream().map(Field::name).collect(Collectors.joining(", ", "[", "]"));
  }
}
