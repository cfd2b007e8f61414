package dev.bulla.testkit.registry;

import dev.bulla.bytes.Bytes;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.zip.CRC32;

/**
 * Layers with the same bytes everywhere. The compressor of the platform would do, but its output
 * differs between versions, so the gzip stream holds its content uncompressed (RFC 1951 §3.2.4).
 */
final class TarGzip {

  private static final int BLOCK = 512;
  private static final int MAX_STORED = 0xffff;

  private TarGzip() {}

  /** A tar archive (POSIX ustar) of one file. */
  static Bytes tar(String name, Bytes content) {
    byte[] header = new byte[BLOCK];
    put(header, 0, name);
    put(header, 100, "0000644\0");
    put(header, 108, "0000000\0");
    put(header, 116, "0000000\0");
    put(header, 124, octal(content.size()));
    put(header, 136, octal(0));
    put(header, 148, "        ");
    header[156] = '0';
    put(header, 257, "ustar\00000");
    int sum = 0;
    for (byte b : header) {
      sum += b & 0xff;
    }
    put(header, 148, String.format(Locale.ROOT, "%06o\0 ", sum));
    int padding = (BLOCK - content.size() % BLOCK) % BLOCK;
    return Bytes.concat(Bytes.owning(header), content, Bytes.owning(new byte[padding + 2 * BLOCK]));
  }

  private static String octal(long value) {
    return String.format(Locale.ROOT, "%011o\0", value);
  }

  private static void put(byte[] into, int at, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(bytes, 0, into, at, bytes.length);
  }

  /** A gzip stream (RFC 1952) that stores. */
  static Bytes gzip(Bytes content) {
    byte[] bytes = content.toByteArray();
    ByteArrayOutputStream out = new ByteArrayOutputStream(bytes.length + 64);
    out.writeBytes(new byte[] {0x1f, (byte) 0x8b, 8, 0, 0, 0, 0, 0, 0, (byte) 0xff});
    int at = 0;
    do {
      int length = Math.min(MAX_STORED, bytes.length - at);
      out.write(at + length == bytes.length ? 1 : 0);
      little(out, length, 2);
      little(out, ~length, 2);
      out.write(bytes, at, length);
      at += length;
    } while (at < bytes.length);
    CRC32 crc = new CRC32();
    crc.update(bytes);
    little(out, crc.getValue(), 4);
    little(out, bytes.length, 4);
    return Bytes.owning(out.toByteArray());
  }

  private static void little(ByteArrayOutputStream out, long value, int bytes) {
    for (int i = 0; i < bytes; i++) {
      out.write((int) (value >> (8 * i)) & 0xff);
    }
  }
}
