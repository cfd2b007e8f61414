package dev.bulla.key;

import java.util.Arrays;
import java.util.Random;

/** Damages bytes in the ways that parsers trip over. */
final class Mutations {

  private Mutations() {}

  static byte[] mutate(byte[] original, Random random) {
    byte[] out = original.clone();
    switch (random.nextInt(6)) {
      case 0 -> out[random.nextInt(out.length)] ^= (byte) (1 << random.nextInt(8));
      case 1 -> out[random.nextInt(out.length)] = (byte) random.nextInt(256);
      case 2 -> out = Arrays.copyOf(out, random.nextInt(out.length));
      case 3 -> {
        out = Arrays.copyOf(out, out.length + 1 + random.nextInt(4));
        out[out.length - 1] = (byte) random.nextInt(256);
      }
      case 4 -> {
        int at = random.nextInt(out.length);
        byte[] longer = new byte[out.length + 1];
        System.arraycopy(out, 0, longer, 0, at);
        longer[at] = (byte) random.nextInt(256);
        System.arraycopy(out, at, longer, at + 1, out.length - at);
        out = longer;
      }
      default -> {
        int from = random.nextInt(out.length);
        int to = Math.min(out.length, from + 1 + random.nextInt(8));
        Arrays.fill(out, from, to, random.nextBoolean() ? (byte) 0xff : 0);
      }
    }
    return out;
  }
}
