package dev.bulla.json;

import dev.bulla.error.Quoted;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A JSON object: members in their order, no name twice.
 *
 * <p>Equality ignores the order, as the format gives it no meaning (RFC 8259 §4); {@link
 * #members()} shows it.
 */
public final class JsonObject implements JsonValue {

  /** One member of an object. */
  public record Member(String name, JsonValue value) {

    @Override
    public String toString() {
      return "Member[name of " + name.length() + " characters, " + value + "]";
    }
  }

  /**
   * Up to this many members, looking through them is as fast as hashing, and an index would be
   * larger than they are.
   */
  private static final int UNINDEXED = 8;

  public static final JsonObject EMPTY = new JsonObject(List.of(), null);

  private final List<Member> members;
  private final @Nullable Map<String, JsonValue> index;

  private JsonObject(List<Member> members, @Nullable Map<String, JsonValue> index) {
    this.members = members;
    this.index = index;
  }

  /** An object of strings whose names are in UTF-8 byte order, as Go writes a map. */
  public static JsonObject sortedStrings(Map<String, String> entries) {
    TreeMap<String, String> sorted = new TreeMap<>(Utf8Order.INSTANCE);
    sorted.putAll(entries);
    Builder builder = builder();
    for (Map.Entry<String, String> entry : sorted.entrySet()) {
      builder.put(entry.getKey(), entry.getValue());
    }
    return builder.build();
  }

  /** An object whose names are in UTF-8 byte order, as Go writes a map. */
  public static JsonObject sorted(Map<String, ? extends JsonValue> entries) {
    TreeMap<String, JsonValue> sorted = new TreeMap<>(Utf8Order.INSTANCE);
    sorted.putAll(entries);
    Builder builder = builder();
    for (Map.Entry<String, JsonValue> entry : sorted.entrySet()) {
      builder.put(entry.getKey(), entry.getValue());
    }
    return builder.build();
  }

  public static Builder builder() {
    return new Builder();
  }

  /** The members in their order. */
  public List<Member> members() {
    return members;
  }

  public int size() {
    return members.size();
  }

  public boolean isEmpty() {
    return members.isEmpty();
  }

  /** The value of the member with exactly this name; {@code null} literals are values too. */
  public Optional<JsonValue> get(String name) {
    return Optional.ofNullable(find(name));
  }

  @Nullable JsonValue find(String name) {
    return find(members, index, name);
  }

  private static @Nullable JsonValue find(
      List<Member> members, @Nullable Map<String, JsonValue> index, String name) {
    if (index != null) {
      return index.get(name);
    }
    for (int i = 0; i < members.size(); i++) {
      Member member = members.get(i);
      if (member.name().equals(name)) {
        return member.value();
      }
    }
    return null;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    if (!(other instanceof JsonObject that) || members.size() != that.members.size()) {
      return false;
    }
    for (Member member : members) {
      if (!member.value().equals(that.find(member.name()))) {
        return false;
      }
    }
    return true;
  }

  @Override
  public int hashCode() {
    int hash = 0;
    for (Member member : members) {
      hash += member.hashCode();
    }
    return hash;
  }

  @Override
  public String toString() {
    return "JsonObject[" + members.size() + " members]";
  }

  /** Collects members in the order they are put, for one object. Not for use by several threads. */
  public static final class Builder {

    private final List<Member> members = new ArrayList<>();
    private @Nullable Map<String, JsonValue> index;
    private boolean built;

    private Builder() {}

    /**
     * Appends a member.
     *
     * @throws IllegalArgumentException when there is one of that name
     */
    public Builder put(String name, JsonValue value) {
      if (built) {
        throw new IllegalStateException("this builder has built its object");
      }
      if (index == null && members.size() == UNINDEXED) {
        index = new HashMap<>();
        for (Member member : members) {
          index.put(member.name(), member.value());
        }
      }
      boolean duplicate =
          index == null
              ? find(members, null, name) != null
              : index.putIfAbsent(name, value) != null;
      if (duplicate) {
        throw new IllegalArgumentException("duplicate member " + Quoted.text(name));
      }
      members.add(new Member(name, value));
      return this;
    }

    public Builder put(String name, String value) {
      return put(name, new JsonString(value));
    }

    public Builder put(String name, long value) {
      return put(name, JsonNumber.of(value));
    }

    public Builder put(String name, boolean value) {
      return put(name, JsonBoolean.of(value));
    }

    boolean has(String name) {
      return find(members, index, name) != null;
    }

    int size() {
      return members.size();
    }

    /** The object. The builder is of no use afterwards. */
    public JsonObject build() {
      if (members.isEmpty()) {
        return EMPTY;
      }
      built = true;
      return new JsonObject(List.copyOf(members), index);
    }
  }
}
