package dev.bulla.sigstore.http;

import dev.bulla.bytes.Bytes;
import java.util.List;
import java.util.Optional;

/**
 * What a service answered. {@link #toString()} leaves out headers and body, which may hold a token.
 *
 * @param status the HTTP status
 * @param body whole, within the limit of the request
 */
public record ServiceAnswer(int status, List<ServiceHeader> headers, Bytes body) {

  /** Takes a copy of the headers. */
  public ServiceAnswer {
    headers = List.copyOf(headers);
  }

  /** Whether the service did what it was asked for (2xx). */
  public boolean isOk() {
    return status / 100 == 2;
  }

  /** The first value of a header. */
  public Optional<String> header(String name) {
    for (ServiceHeader header : headers) {
      if (header.name().equalsIgnoreCase(name)) {
        return Optional.of(header.value());
      }
    }
    return Optional.empty();
  }

  @Override
  public String toString() {
    return "ServiceAnswer[" + status + ", " + body.size() + " bytes]";
  }
}
