package dev.bulla.sigstore.oidc;

import dev.bulla.bytes.Bytes;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;

/** Names and values as forms and queries carry them ({@code application/x-www-form-urlencoded}). */
final class Form {

  static final String MEDIA_TYPE = "application/x-www-form-urlencoded";

  private final StringBuilder text = new StringBuilder();

  Form add(String name, String value) {
    if (text.length() > 0) {
      text.append('&');
    }
    text.append(encode(name)).append('=').append(encode(value));
    return this;
  }

  private static String encode(String value) {
    return URLEncoder.encode(value, StandardCharsets.UTF_8);
  }

  Bytes body() {
    return Bytes.utf8(text.toString());
  }

  /** The form as the query of a URL, which may have one already. */
  String appendedTo(String url) {
    return url + (url.indexOf('?') < 0 ? '?' : '&') + text;
  }

  /** Shows nothing: values may be secrets. */
  @Override
  public String toString() {
    return "Form[…]";
  }
}
