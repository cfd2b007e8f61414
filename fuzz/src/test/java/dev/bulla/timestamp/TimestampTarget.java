package dev.bulla.timestamp;

import dev.bulla.bytes.Bytes;
import dev.bulla.error.MalformedInputException;
import dev.bulla.fuzz.Check;
import java.util.List;

/** {@link TimestampToken}: whatever is read, nobody proves a time to somebody who trusts nobody. */
public final class TimestampTarget {

  private TimestampTarget() {}

  public static boolean accepts(byte[] input) {
    TimestampToken token;
    try {
      token = TimestampToken.parse(Bytes.of(input));
    } catch (MalformedInputException e) {
      Check.refusal(e);
      return false;
    }
    Check.that(
        token.verify(Bytes.utf8("stamped"), List.of()) instanceof TimestampRefusal,
        "nobody is trusted");
    return true;
  }
}
