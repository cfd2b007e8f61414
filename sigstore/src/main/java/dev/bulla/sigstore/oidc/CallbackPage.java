package dev.bulla.sigstore.oidc;

import dev.bulla.bytes.Bytes;

/**
 * What the browser shows when it comes back. Fixed texts: nothing of what was in the request gets
 * onto the page, and the page loads nothing.
 */
enum CallbackPage {
  SIGNED_IN(
      "200 OK",
      "You are signed in",
      "bulla has what it needs. You can close this window and go back to the terminal."),
  REFUSED(
      "200 OK",
      "You are not signed in",
      "The sign-in was not completed. The terminal says why; you can close this window."),
  NOT_OURS(
      "400 Bad Request",
      "This is not the sign-in that bulla waits for",
      "Nothing was done. Use the page that bulla opened, or start again in the terminal."),
  NOT_FOUND(
      "404 Not Found", "There is nothing here", "bulla waits at another address for your sign-in.");

  private final String status;
  private final String title;
  private final String text;

  CallbackPage(String status, String title, String text) {
    this.status = status;
    this.title = title;
    this.text = text;
  }

  /** The whole answer (RFC 9112). */
  Bytes answer() {
    Bytes page = Bytes.utf8(page());
    return Bytes.concat(
        Bytes.utf8(
            "HTTP/1.1 "
                + status
                + "\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: "
                + page.size()
                + "\r\nContent-Security-Policy: default-src 'none'; style-src 'unsafe-inline'"
                + "\r\nReferrer-Policy: no-referrer\r\nX-Content-Type-Options: nosniff"
                + "\r\nCache-Control: no-store\r\nConnection: close\r\n\r\n"),
        page);
  }

  private String page() {
    return "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
        + "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>"
        + title
        + "</title>\n<style>body{font:1.1rem/1.5 system-ui,sans-serif;max-width:34rem;"
        + "margin:20vh auto;padding:0 1.5rem;color-scheme:light dark}</style>\n</head>\n<body>\n<h1>"
        + title
        + "</h1>\n<p>"
        + text
        + "</p>\n</body>\n</html>\n";
  }
}
