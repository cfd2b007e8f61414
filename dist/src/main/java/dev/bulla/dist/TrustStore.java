package dev.bulla.dist;

import dev.bulla.bytes.Bytes;
import dev.bulla.digest.Digest;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.Security;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Makes the trust store of the runtime: of the certificates in the building JDK's store, those on
 * the pinned list and no other.
 *
 * <p>The building JDK's {@code cacerts} cannot be shipped as it is: distributions link it to the
 * host's store, which holds whatever the host was told to trust, and {@code jlink} copies it
 * without a word. The other direction is reported and bounded: an old host's store lacks some of
 * the list, but one that lacks more than a tenth is refused.
 */
final class TrustStore {

  private TrustStore() {}

  public static void main(String[] args) throws IOException, GeneralSecurityException {
    if (args.length == 4 && args[0].equals("pin")) {
      pin(Path.of(args[1]), Path.of(args[2]), Path.of(args[3]), System.err);
    } else if (args.length == 3 && args[0].equals("check")) {
      check(Path.of(args[1]), Path.of(args[2]));
    } else if (args.length == 2 && args[0].equals("list")) {
      read(Path.of(args[1])).forEach((print, root) -> System.out.println(line(print, root)));
    } else {
      System.err.println(
          "usage: TrustStore pin CACERTS ROOTS OUTPUT | check STORE ROOTS | list STORE");
      System.exit(2);
    }
  }

  /** Writes to {@code output} the certificates of {@code store} that {@code list} names. */
  static void pin(Path store, Path list, Path output, PrintStream report)
      throws IOException, GeneralSecurityException {
    SortedMap<String, X509Certificate> offered = read(store);
    SortedMap<String, String> pinned = pins(list);
    SortedMap<String, X509Certificate> kept = new TreeMap<>(offered);
    kept.keySet().retainAll(pinned.keySet());

    offered.forEach((print, root) -> {
      if (!pinned.containsKey(print)) {
        report.println("trust store: left out, not on the list: " + line(print, root));
      }
    });
    pinned.forEach((print, name) -> {
      if (!offered.containsKey(print)) {
        report.println("trust store: on the list, but " + store + " lacks it: " + name);
      }
    });
    if (kept.size() * 10 < pinned.size() * 9) {
      throw new IOException(
          "%s has only %d of the %d certificates in %s: build with a JDK that brings its vendor's store, or renew the list"
              .formatted(store, kept.size(), pinned.size(), list));
    }
    write(kept, output);
  }

  /** Fails when the store holds a certificate that the list does not name, or next to none. */
  static void check(Path store, Path list) throws IOException, GeneralSecurityException {
    SortedMap<String, X509Certificate> held = read(store);
    SortedMap<String, String> pinned = pins(list);
    List<String> strangers = new ArrayList<>();
    held.forEach((print, root) -> {
      if (!pinned.containsKey(print)) {
        strangers.add(line(print, root));
      }
    });
    if (!strangers.isEmpty()) {
      throw new IOException(
          store + " holds certificates that " + list + " does not name: " + strangers);
    }
    if (held.size() * 10 < pinned.size() * 9) {
      throw new IOException(store + " holds only " + held.size() + " of " + pinned.size());
    }
  }

  /** Every certificate of a store, by the SHA-256 of its encoding. */
  static SortedMap<String, X509Certificate> read(Path store)
      throws IOException, GeneralSecurityException {
    KeyStore keyStore = KeyStore.getInstance(store.toFile(), (char[]) null);
    SortedMap<String, X509Certificate> roots = new TreeMap<>();
    for (String alias : Collections.list(keyStore.aliases())) {
      Certificate certificate = keyStore.getCertificate(alias);
      if (certificate instanceof X509Certificate root) {
        roots.put(Digest.sha256(Bytes.of(root.getEncoded())).hex(), root);
      }
    }
    return roots;
  }

  /** The pinned list: fingerprint to name. */
  static SortedMap<String, String> pins(Path list) throws IOException {
    SortedMap<String, String> pins = new TreeMap<>();
    for (String line : Files.readAllLines(list)) {
      if (line.isBlank() || line.startsWith("#")) {
        continue;
      }
      int gap = line.indexOf("  ");
      if (gap != 64) {
        throw new IOException(list + ": not \"<64 hex>  <name>\": " + line);
      }
      pins.put(line.substring(0, gap), line.substring(gap + 2));
    }
    return pins;
  }

  private static void write(Map<String, X509Certificate> roots, Path output)
      throws IOException, GeneralSecurityException {
    // Public certificates need no password, and without one the file is the same every time.
    Security.setProperty("keystore.pkcs12.certProtectionAlgorithm", "NONE");
    Security.setProperty("keystore.pkcs12.macAlgorithm", "NONE");
    KeyStore keyStore = KeyStore.getInstance("PKCS12");
    keyStore.load(null, null);
    for (Map.Entry<String, X509Certificate> root : roots.entrySet()) {
      keyStore.setCertificateEntry(root.getKey(), root.getValue());
    }
    try (OutputStream out = Files.newOutputStream(output)) {
      keyStore.store(out, null);
    }
  }

  private static String line(String print, X509Certificate root) {
    return print + "  " + root.getSubjectX500Principal().getName();
  }
}
