package dev.bulla.key;

import dev.bulla.bytes.Bytes;
import dev.bulla.error.MalformedInputException;
import dev.bulla.fuzz.Check;
import java.util.List;
import java.util.Optional;

/** {@link Pem}: what is printed reads back the same, and alone. */
public final class PemTarget {

  private PemTarget() {}

  public static boolean accepts(byte[] input) throws MalformedInputException {
    Bytes text = Bytes.of(input);
    Optional<Pem> first = first(text);
    List<Pem> all;
    try {
      all = Pem.parseAll(text, "text");
    } catch (MalformedInputException e) {
      Check.refusal(e);
      return false;
    }
    Check.equal(all.stream().findFirst(), first, "the first of all is the first");
    for (Pem block : all) {
      Check.equal(List.of(block), Pem.parseAll(block.print(), "printed"), "what is printed");
    }
    return !all.isEmpty();
  }

  private static Optional<Pem> first(Bytes text) {
    try {
      return Optional.of(Pem.parseFirst(text, "text"));
    } catch (MalformedInputException e) {
      Check.refusal(e);
      return Optional.empty();
    }
  }
}
