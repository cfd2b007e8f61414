package dev.bulla.kms.gcp;

import com.google.api.client.http.HttpTransport;
import com.google.api.client.http.LowLevelHttpRequest;
import com.google.api.client.http.LowLevelHttpResponse;
import dev.bulla.keys.kms.KmsHttp;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.http.HttpRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Makes the requests that Google's library wants made, by our client: with its limits of time and
 * size, and the certificates that the user trusts.
 */
final class GoogleTransport extends HttpTransport {

  private final KmsHttp http;

  GoogleTransport(KmsHttp http) {
    this.http = http;
  }

  @Override
  protected LowLevelHttpRequest buildRequest(String method, String url) throws IOException {
    try {
      return new Request(method, new URI(url));
    } catch (URISyntaxException e) {
      throw new IOException("not an address");
    }
  }

  private final class Request extends LowLevelHttpRequest {

    /** The JDK's client sets these itself and refuses to be told. */
    private static final Set<String> OWN =
        Set.of("connection", "content-length", "expect", "host", "upgrade", "accept-encoding");

    private final String method;
    private final URI address;
    private final List<String> headers = new ArrayList<>();

    Request(String method, URI address) {
      this.method = method;
      this.address = address;
    }

    @Override
    public void addHeader(String name, String value) {
      if (!OWN.contains(name.toLowerCase(Locale.ROOT))) {
        headers.add(name);
        headers.add(value);
      }
    }

    @Override
    public LowLevelHttpResponse execute() throws IOException {
      HttpRequest.Builder request;
      try {
        request = HttpRequest.newBuilder(address);
        if (!headers.isEmpty()) {
          request.headers(headers.toArray(String[]::new));
        }
      } catch (IllegalArgumentException e) {
        throw new IOException("a request that cannot be made");
      }
      if (getStreamingContent() == null) {
        request.method(method, HttpRequest.BodyPublishers.noBody());
      } else {
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        getStreamingContent().writeTo(content);
        if (getContentType() != null) {
          request.header("Content-Type", getContentType());
        }
        if (getContentEncoding() != null) {
          request.header("Content-Encoding", getContentEncoding());
        }
        request.method(method, HttpRequest.BodyPublishers.ofByteArray(content.toByteArray()));
      }
      return new Response(http.exchange(request));
    }
  }

  private static final class Response extends LowLevelHttpResponse {

    private final KmsHttp.Answer answer;
    private final List<Map.Entry<String, String>> headers = new ArrayList<>();

    Response(KmsHttp.Answer answer) {
      this.answer = answer;
      answer
          .headers()
          .map()
          .forEach((name, values) -> values.forEach(value -> headers.add(Map.entry(name, value))));
    }

    @Override
    public InputStream getContent() {
      return answer.body().newInputStream();
    }

    @Override
    public @Nullable String getContentEncoding() {
      return header("Content-Encoding");
    }

    @Override
    public long getContentLength() {
      return answer.body().size();
    }

    @Override
    public @Nullable String getContentType() {
      return header("Content-Type");
    }

    private @Nullable String header(String name) {
      return answer.headers().firstValue(name).orElse(null);
    }

    @Override
    public String getStatusLine() {
      return "HTTP/1.1 " + answer.status();
    }

    @Override
    public int getStatusCode() {
      return answer.status();
    }

    @Override
    public @Nullable String getReasonPhrase() {
      return null;
    }

    @Override
    public int getHeaderCount() {
      return headers.size();
    }

    @Override
    public String getHeaderName(int index) {
      return headers.get(index).getKey();
    }

    @Override
    public String getHeaderValue(int index) {
      return headers.get(index).getValue();
    }
  }
}
