package dev.bulla.testkit.sigstore;

import dev.bulla.bytes.Bytes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Who signs, as a Fulcio certificate says it. Immutable.
 *
 * @param kind the kind of the alternative name
 * @param name the alternative name: {@code me@example.com}, a URI, {@code user!domain}
 * @param issuer the issuer of the token; in the extensions 1 and 8
 * @param extensions by their number below 1.3.6.1.4.1.57264.1; these win over the issuer
 */
public record VirtualIdentity(
    Kind kind, String name, String issuer, Map<Integer, String> extensions) {

  private static final String ARC = "1.3.6.1.4.1.57264.1.";
  private static final int LAST_RAW = 6;

  /** What kind of alternative name a certificate has. */
  public enum Kind {
    EMAIL,
    URI,
    /** The type-id 1.3.6.1.4.1.57264.1.7 with a UTF8String. */
    OTHER_NAME,
    DNS
  }

  public VirtualIdentity {
    extensions = Map.copyOf(extensions);
  }

  public static VirtualIdentity email(String address, String issuer) {
    return new VirtualIdentity(Kind.EMAIL, address, issuer, Map.of());
  }

  public static VirtualIdentity uri(String uri, String issuer) {
    return new VirtualIdentity(Kind.URI, uri, issuer, Map.of());
  }

  /** A user name: {@code user!domain}. */
  public static VirtualIdentity otherName(String name, String issuer) {
    return new VirtualIdentity(Kind.OTHER_NAME, name, issuer, Map.of());
  }

  public static VirtualIdentity dns(String name, String issuer) {
    return new VirtualIdentity(Kind.DNS, name, issuer, Map.of());
  }

  /**
   * A workflow of GitHub Actions with every extension there is.
   *
   * @param repository {@code owner/name}
   * @param workflow the file: {@code build.yml}
   * @param ref {@code refs/heads/main}
   */
  public static VirtualIdentity githubWorkflow(
      String issuer, String repository, String workflow, String ref) {
    String server = "https://github.com/";
    String uri = server + repository + "/.github/workflows/" + workflow + "@" + ref;
    String sha = "f".repeat(40);
    String owner = repository.substring(0, repository.indexOf('/'));
    Map<Integer, String> all = new TreeMap<>();
    all.put(2, "push");
    all.put(3, sha);
    all.put(4, "Build");
    all.put(5, repository);
    all.put(6, ref);
    all.put(9, uri);
    all.put(10, sha);
    all.put(11, "github-hosted");
    all.put(12, server + repository);
    all.put(13, sha);
    all.put(14, ref);
    all.put(15, "1234567");
    all.put(16, server + owner);
    all.put(17, "7654321");
    all.put(18, uri);
    all.put(19, sha);
    all.put(20, "push");
    all.put(21, server + repository + "/actions/runs/1/attempts/1");
    all.put(22, "public");
    all.put(23, "production");
    all.put(24, "repo:" + repository + ":ref:" + ref);
    return new VirtualIdentity(Kind.URI, uri, issuer, all);
  }

  /** The same with one extension set. */
  public VirtualIdentity withExtension(int number, String value) {
    Map<Integer, String> more = new TreeMap<>(extensions);
    more.put(number, value);
    return new VirtualIdentity(kind, name, issuer, more);
  }

  /** The alternative name as a GeneralName (RFC 5280 §4.2.1.6). */
  Bytes generalName() {
    return switch (kind) {
      case EMAIL -> Asn1.tagged(0x81, Asn1.ascii(name));
      case DNS -> Asn1.tagged(0x82, Asn1.ascii(name));
      case URI -> Asn1.tagged(0x86, Asn1.ascii(name));
      case OTHER_NAME -> Asn1.explicit(0, Asn1.oid(ARC + 7), Asn1.explicit(0, Asn1.utf8(name)));
    };
  }

  /** The extensions of Fulcio: up to number 6 the text itself, then UTF8String. */
  List<Bytes> certificateExtensions() {
    TreeMap<Integer, String> all = new TreeMap<>(extensions);
    all.putIfAbsent(1, issuer);
    all.putIfAbsent(8, issuer);
    List<Bytes> written = new ArrayList<>();
    all.forEach((number, value) -> {
      Bytes content = number <= LAST_RAW ? Bytes.utf8(value) : Asn1.utf8(value);
      written.add(CertificateWriter.extension(ARC + number, false, content));
    });
    return written;
  }
}
