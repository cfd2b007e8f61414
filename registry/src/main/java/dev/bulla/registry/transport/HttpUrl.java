package dev.bulla.registry.transport;

import dev.bulla.error.MalformedInputException;
import dev.bulla.error.Quoted;
import dev.bulla.proxy.IpLiteral;
import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * An absolute {@code http} or {@code https} URL, taken apart once and strictly, so that the part of
 * the program that decides whether a place may be visited and the part that goes there cannot read
 * it differently.
 *
 * <p>No user information, no fragment, no backslash, no control or non-ASCII character. Source: RFC
 * 3986, narrowed.
 */
public final class HttpUrl {

  private static final int MAX_LENGTH = 16 << 10;
  private static final String WHAT = "URL";

  private final Origin origin;
  private final String pathAndQuery;

  private HttpUrl(Origin origin, String pathAndQuery) {
    this.origin = origin;
    this.pathAndQuery = pathAndQuery;
  }

  /** The URL of a path on a host. */
  public static HttpUrl of(Origin origin, String pathAndQuery) throws MalformedInputException {
    return new HttpUrl(origin, checkedPath(pathAndQuery));
  }

  /** The origin that a scheme and a {@code host[:port]} name. */
  public static Origin origin(String scheme, String authority) throws MalformedInputException {
    return parseAuthority(scheme, authority, authority);
  }

  /** Reads an absolute URL. */
  public static HttpUrl parse(String text) throws MalformedInputException {
    if (text.length() > MAX_LENGTH) {
      throw malformed(text, "longer than " + MAX_LENGTH + " characters");
    }
    int colon = text.indexOf("://");
    if (colon < 0) {
      throw malformed(text, "not absolute");
    }
    String scheme = text.substring(0, colon).toLowerCase(Locale.ROOT);
    if (!scheme.equals("http") && !scheme.equals("https")) {
      throw malformed(text, "the scheme is neither http nor https");
    }
    int start = colon + 3;
    int end = start;
    while (end < text.length() && "/?#".indexOf(text.charAt(end)) < 0) {
      end++;
    }
    Origin origin = parseAuthority(scheme, text.substring(start, end), text);
    return new HttpUrl(origin, checkedPath(text.substring(end)));
  }

  /**
   * Reads a URL that may be relative to this one, as a {@code Location} or {@code Link} header
   * gives it.
   */
  public HttpUrl resolve(String reference) throws MalformedInputException {
    if (reference.isEmpty()) {
      throw malformed(reference, "empty");
    }
    if (reference.startsWith("//")) {
      return parse(origin.scheme() + ":" + reference);
    }
    if (reference.startsWith("/")) {
      return of(origin, reference);
    }
    if (reference.startsWith("?")) {
      return of(origin, path() + reference);
    }
    for (int i = 0; i < reference.length() && "/?#".indexOf(reference.charAt(i)) < 0; i++) {
      if (reference.charAt(i) == ':') {
        return parse(reference);
      }
    }
    String path = path();
    return of(origin, path.substring(0, path.lastIndexOf('/') + 1) + reference);
  }

  private static Origin parseAuthority(String scheme, String authority, String whole)
      throws MalformedInputException {
    if (authority.indexOf('@') >= 0) {
      // never echo it: it may hold a password
      throw new MalformedInputException(WHAT, "user information is not accepted in a URL");
    }
    String host = authority;
    String portText = "";
    int afterHost = authority.startsWith("[") ? authority.indexOf(']') + 1 : 0;
    int colon = authority.indexOf(':', afterHost);
    if (colon >= 0) {
      host = authority.substring(0, colon);
      portText = authority.substring(colon + 1);
    }
    host = host.toLowerCase(Locale.ROOT);
    if (!isHost(host)) {
      throw malformed(whole, "no valid host");
    }
    return new Origin(
        scheme, host, portText.isEmpty() ? Origin.defaultPort(scheme) : port(portText, whole));
  }

  private static int port(String text, String whole) throws MalformedInputException {
    int port = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c < '0' || c > '9' || text.length() > 5) {
        throw malformed(whole, "no valid port");
      }
      port = port * 10 + (c - '0');
    }
    if (port < 1 || port > 65535) {
      throw malformed(whole, "no valid port");
    }
    return port;
  }

  /**
   * Names of letters, digits, hyphen, underscore and dot; IPv4; IPv6 in brackets. Nothing that a
   * resolver would have to decode, and no number that only some programs take for an address.
   */
  private static boolean isHost(String host) {
    if (host.isEmpty() || host.length() > 253) {
      return false;
    }
    boolean v6 = host.startsWith("[");
    if (v6 && (!host.endsWith("]") || host.length() < 4)) {
      return false;
    }
    for (int i = v6 ? 1 : 0; i < host.length() - (v6 ? 1 : 0); i++) {
      char c = host.charAt(i);
      boolean digit = c >= '0' && c <= '9';
      boolean ok =
          v6
              ? digit || (c >= 'a' && c <= 'f') || c == ':' || c == '.'
              : digit || (c >= 'a' && c <= 'z') || c == '-' || c == '_' || c == '.';
      if (!ok) {
        return false;
      }
    }
    return v6
        ? isIpv6(host)
        : (host.charAt(0) != '.'
            && host.charAt(0) != '-'
            && !host.contains("..")
            && (!IpLiteral.isNumeric(host) || IpLiteral.of(host).isPresent()));
  }

  /**
   * Whether whoever connects can read it too: the JDK refuses any other with an unchecked
   * exception.
   */
  private static boolean isIpv6(String bracketed) {
    if (IpLiteral.of(bracketed).isEmpty()) {
      return false;
    }
    try {
      return new URI("http://" + bracketed + "/").getHost() != null;
    } catch (URISyntaxException e) {
      return false;
    }
  }

  /** Percent-encodes what is printable but not allowed; refuses what is neither. */
  private static String checkedPath(String text) throws MalformedInputException {
    int fragment = text.indexOf('#');
    String given = fragment < 0 ? text : text.substring(0, fragment);
    if (given.length() > MAX_LENGTH) {
      throw new MalformedInputException(WHAT, "longer than " + MAX_LENGTH + " characters");
    }
    StringBuilder out = new StringBuilder(given.length() + 1);
    if (!given.startsWith("/")) {
      out.append('/');
    }
    for (int i = 0; i < given.length(); i++) {
      char c = given.charAt(i);
      if (c <= 0x20 || c >= 0x7f || c == '\\') {
        throw malformed(text, "a character that no URL has");
      } else if (c == '%') {
        if (i + 2 >= given.length()
            || Character.digit(given.charAt(i + 1), 16) < 0
            || Character.digit(given.charAt(i + 2), 16) < 0) {
          throw malformed(text, "a percent sign without two hexadecimal digits");
        }
        out.append(c);
      } else if ("\"<>[]^`{|}".indexOf(c) >= 0) {
        percent(out, c);
      } else {
        out.append(c);
      }
    }
    return out.toString();
  }

  /** This URL with one more query parameter. */
  public HttpUrl withQuery(String name, String value) {
    StringBuilder out = new StringBuilder(pathAndQuery);
    out.append(pathAndQuery.indexOf('?') < 0 ? '?' : '&');
    encode(out, name);
    out.append('=');
    encode(out, value);
    return new HttpUrl(origin, out.toString());
  }

  /**
   * Appends a text as one component of a query or form: everything but unreserved characters
   * percent-encoded.
   */
  public static void encode(StringBuilder out, String text) {
    for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
      int c = b & 0xff;
      boolean unreserved =
          (c >= 'a' && c <= 'z')
              || (c >= 'A' && c <= 'Z')
              || (c >= '0' && c <= '9')
              || c == '-'
              || c == '.'
              || c == '_'
              || c == '~';
      if (unreserved) {
        out.append((char) c);
      } else {
        percent(out, c);
      }
    }
  }

  /** Undoes percent-encoding. */
  static String decode(String text) throws MalformedInputException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    for (int i = 0; i < bytes.length; i++) {
      if (bytes[i] != '%') {
        out.write(bytes[i]);
        continue;
      }
      int high = i + 2 < bytes.length ? Character.digit(bytes[i + 1], 16) : -1;
      int low = i + 2 < bytes.length ? Character.digit(bytes[i + 2], 16) : -1;
      if (high < 0 || low < 0) {
        throw new MalformedInputException(WHAT, "a percent sign without two hexadecimal digits");
      }
      out.write((high << 4) + low);
      i += 2;
    }
    return out.toString(StandardCharsets.UTF_8);
  }

  private static void percent(StringBuilder out, int c) {
    out.append('%')
        .append("0123456789ABCDEF".charAt(c >> 4))
        .append("0123456789ABCDEF".charAt(c & 15));
  }

  private static MalformedInputException malformed(String text, String why) {
    return new MalformedInputException(WHAT, why + ": " + Quoted.text(text));
  }

  public Origin origin() {
    return origin;
  }

  /** From the first slash on, with the query. */
  public String pathAndQuery() {
    return pathAndQuery;
  }

  public String path() {
    int question = pathAndQuery.indexOf('?');
    return question < 0 ? pathAndQuery : pathAndQuery.substring(0, question);
  }

  /** Without the question mark; empty when there is none. */
  public String query() {
    int question = pathAndQuery.indexOf('?');
    return question < 0 ? "" : pathAndQuery.substring(question + 1);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof HttpUrl that
        && origin.equals(that.origin)
        && pathAndQuery.equals(that.pathAndQuery);
  }

  @Override
  public int hashCode() {
    return 31 * origin.hashCode() + pathAndQuery.hashCode();
  }

  /** The whole URL, queries included: not for messages, where a query may hold a signature. */
  @Override
  public String toString() {
    return origin + pathAndQuery;
  }
}
