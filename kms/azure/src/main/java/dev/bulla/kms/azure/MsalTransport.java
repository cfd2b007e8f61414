package dev.bulla.kms.azure;

import com.microsoft.aad.msal4j.HttpMethod;
import com.microsoft.aad.msal4j.HttpRequest;
import com.microsoft.aad.msal4j.HttpResponse;
import com.microsoft.aad.msal4j.IHttpClient;
import com.microsoft.aad.msal4j.IHttpResponse;
import dev.bulla.error.MalformedInputException;
import dev.bulla.keys.kms.KmsHttp;
import java.io.IOException;
import java.net.URI;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Makes the requests that MSAL wants made, by our client: with its limits of time and size, and the
 * certificates that the user trusts. To the place where users log in, and nowhere else. Remembers
 * how the last one ended, since MSAL's exceptions say less.
 */
final class MsalTransport implements IHttpClient {

  /** The JDK's client sets these itself and refuses to be told. */
  private static final Set<String> OWN =
      Set.of("connection", "content-length", "expect", "host", "upgrade");

  private final KmsHttp http;
  private final URI authority;
  private KmsHttp.@Nullable Answer answer;
  private @Nullable IOException failure;

  MsalTransport(KmsHttp http, URI authority) {
    this.http = http;
    this.authority = authority;
  }

  @Override
  public IHttpResponse send(HttpRequest request) throws IOException {
    URI address = URI.create(request.url().toString());
    if (!authority.getScheme().equals(address.getScheme())
        || !authority.getAuthority().equals(address.getAuthority())) {
      throw new IOException("a request to another place than that of logging in");
    }
    java.net.http.HttpRequest.Builder made = java.net.http.HttpRequest.newBuilder(address);
    if (request.headers() != null) {
      request
          .headers()
          .forEach((name, value) -> {
            if (!OWN.contains(name.toLowerCase(Locale.ROOT))) {
              made.header(name, value);
            }
          });
    }
    if (request.httpMethod() == HttpMethod.POST) {
      made.POST(java.net.http.HttpRequest.BodyPublishers.ofString(request.body()));
    } else {
      made.GET();
    }
    return exchange(made);
  }

  private IHttpResponse exchange(java.net.http.HttpRequest.Builder made) throws IOException {
    KmsHttp.Answer came;
    try {
      came = http.exchange(made);
    } catch (IOException e) {
      remember(null, e);
      throw e;
    }
    remember(came, null);
    HttpResponse response = new HttpResponse();
    response.statusCode(came.status());
    response.addHeaders(came.headers().map());
    try {
      response.body(came.body().toUtf8String("answer"));
    } catch (MalformedInputException e) {
      throw new IOException("an answer that is no text");
    }
    return response;
  }

  private synchronized void remember(KmsHttp.@Nullable Answer came, @Nullable IOException thrown) {
    answer = came;
    failure = thrown;
  }

  /** The last answer, if one came. */
  synchronized KmsHttp.@Nullable Answer answer() {
    return answer;
  }

  /** Why none came. */
  synchronized @Nullable IOException failure() {
    return failure;
  }
}
