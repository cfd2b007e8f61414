package dev.bulla.testkit.sigstore;

import dev.bulla.bytes.Bytes;
import dev.bulla.error.MalformedInputException;
import dev.bulla.json.JsonArray;
import dev.bulla.json.JsonBoolean;
import dev.bulla.json.JsonObject;
import dev.bulla.json.JsonString;
import dev.bulla.json.JsonValue;
import dev.bulla.json.ProtoJson;
import dev.bulla.limits.LimitedInput;
import dev.bulla.testkit.http.BadRequest;
import dev.bulla.testkit.http.WireHeaders;
import dev.bulla.testkit.http.WireRequest;
import dev.bulla.testkit.http.WireResponse;
import dev.bulla.testkit.http.WireServer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.UnaryOperator;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * A {@link VirtualSigstore} over HTTP on loopback, each service on a port of its own. Strict:
 * requests that the real services refuse are refused, and so are members that nobody knows. Safe
 * for many threads.
 */
public final class VirtualSigstoreServer implements AutoCloseable {

  private static final int MAX_BODY = 32 << 20;

  /** The services. */
  public enum Service {
    FULCIO,
    REKOR1,
    REKOR2,
    TSA,
    OIDC,
    TUF,
    CT_LOG
  }

  /**
   * A request that was answered. {@link #toString()} shows method and path only: header and body
   * may carry a token.
   */
  public record Served(
      Service service,
      String method,
      String path,
      String query,
      WireHeaders headers,
      Bytes body,
      int status) {

    @Override
    public String toString() {
      return service + " " + method + " " + path + " " + status;
    }
  }

  private record Fault(Service service, UnaryOperator<WireResponse> change) {}

  private final VirtualSigstore sigstore;
  private final boolean tls;
  private final Map<Service, WireServer> servers = new EnumMap<>(Service.class);
  private final Map<Service, Endpoint> endpoints = new EnumMap<>(Service.class);
  private final List<Served> served = new CopyOnWriteArrayList<>();
  private final List<Fault> faults = new ArrayList<>();
  private final VirtualOidc oidc;
  private final OidcEndpoint oidcEndpoint;
  private final FulcioEndpoint fulcioEndpoint;
  private final VirtualTuf tuf;

  private VirtualSigstoreServer(
      VirtualSigstore sigstore, @Nullable SSLContext context, boolean clientCertificates)
      throws IOException {
    this.sigstore = sigstore;
    this.tls = context != null;
    // the issuer's name is its address, so its port is needed first; nobody can ask before the
    // address is known
    for (Service service : Service.values()) {
      servers.put(
          service,
          context == null
              ? WireServer.start(WireServer.loopback(), (request, w) -> answer(service, request))
              : WireServer.startTls(
                  WireServer.loopback(),
                  context,
                  clientCertificates,
                  (request, w) -> answer(service, request)));
    }
    this.oidc = VirtualOidc.create(url(Service.OIDC));
    this.oidcEndpoint = new OidcEndpoint(sigstore, oidc);
    this.fulcioEndpoint = new FulcioEndpoint(sigstore, List.of(oidc, sigstore.oidc()));
    endpoints.put(Service.FULCIO, fulcioEndpoint);
    endpoints.put(Service.REKOR1, new Rekor1Endpoint(sigstore));
    endpoints.put(Service.REKOR2, new Rekor2Endpoint(sigstore));
    endpoints.put(Service.TSA, new TsaEndpoint(sigstore));
    endpoints.put(Service.OIDC, oidcEndpoint);
    this.tuf = VirtualTuf.of(instance(), sigstore.validTo());
    endpoints.put(Service.TUF, new TufEndpoint(tuf));
    endpoints.put(Service.CT_LOG, new CtLogEndpoint(sigstore));
    logIn("me@example.com");
  }

  /** Starts over plain HTTP. */
  public static VirtualSigstoreServer start(VirtualSigstore sigstore) throws IOException {
    return new VirtualSigstoreServer(sigstore, null, false);
  }

  /** Starts over TLS; the certificate has to be for 127.0.0.1. */
  public static VirtualSigstoreServer startTls(VirtualSigstore sigstore, SSLContext context)
      throws IOException {
    return new VirtualSigstoreServer(sigstore, context, false);
  }

  /** As {@link #startTls}, for clients with a certificate that the context trusts. */
  public static VirtualSigstoreServer startMutualTls(VirtualSigstore sigstore, SSLContext context)
      throws IOException {
    return new VirtualSigstoreServer(sigstore, context, true);
  }

  public VirtualSigstore sigstore() {
    return sigstore;
  }

  /** The issuer that is served; its tokens are what Fulcio wants. */
  public VirtualOidc oidc() {
    return oidc;
  }

  /** {@code http://127.0.0.1:PORT} of a service. */
  public String url(Service service) {
    WireServer server = servers.get(service);
    if (server == null) {
      throw new IllegalStateException("not started yet");
    }
    return (tls ? "https" : "http") + "://127.0.0.1:" + server.address().getPort();
  }

  /** Where timestamps are asked for. */
  public String tsaUrl() {
    return url(Service.TSA) + "/api/v1/timestamp";
  }

  /**
   * The repository that is served: this instance's {@code trusted_root.json}, and as {@code
   * signing_config.v0.2.json} its log of the second generation with its timestamp authority.
   */
  public VirtualTuf tuf() {
    return tuf;
  }

  private Map<String, Bytes> instance() {
    return Map.of(
        "trusted_root.json",
        sigstore.trustedRoot().bytes(),
        "signing_config.v0.2.json",
        ProtoJson.write(signingConfig(Service.REKOR2, true)));
  }

  /** From now on the issuer takes everybody for the holder of that address. */
  public void logIn(String email) {
    logIn(
        Map.of(
            "sub", new JsonString("subject-of-" + email),
            "email", new JsonString(email),
            "email_verified", JsonBoolean.TRUE));
  }

  /** From now on the issuer says this of everybody. */
  public void logIn(Map<String, ? extends JsonValue> claims) {
    oidcEndpoint.logIn(claims);
  }

  /** So many times a device that asks for its token is told to ask again. */
  public void devicesWait(int times) {
    devicesAreTold(Collections.nCopies(times, "authorization_pending"));
  }

  /**
   * What devices that ask for their token are told, one after the other, before they get it.
   *
   * @param errors in the words of RFC 8628 §3.5
   */
  public void devicesAreTold(List<String> errors) {
    oidcEndpoint.devicesAreTold(errors);
  }

  /** From now on the issuer's client has a secret, which every request for a token has to show. */
  public void clientHasSecret(String secret) {
    oidcEndpoint.clientHasSecret(secret);
  }

  /** Whether Fulcio hands out the log's timestamp beside the certificate instead of inside. */
  public void detachedTimestamps(boolean yes) {
    fulcioEndpoint.detached(yes);
  }

  /**
   * Changes the next answers of a service: another status, another body, another delivery. What the
   * service did, it did.
   *
   * @param times how many answers
   */
  public void disturb(Service service, int times, UnaryOperator<WireResponse> change) {
    synchronized (faults) {
      for (int i = 0; i < times; i++) {
        faults.add(new Fault(service, change));
      }
    }
  }

  /** Every request that was answered, in the order in which the answers were ready. */
  public List<Served> served() {
    return List.copyOf(served);
  }

  /** The requests that a service answered. */
  public List<Served> served(Service service) {
    return served.stream().filter(s -> s.service() == service).toList();
  }

  private WireResponse answer(Service service, WireRequest request) throws IOException {
    Bytes body = Bytes.EMPTY;
    WireResponse response;
    try {
      body = LimitedInput.readAll(request.body(), MAX_BODY, "request");
      Endpoint endpoint = endpoints.get(service);
      response = endpoint == null ? WireResponse.of(503) : endpoint.answer(request, body);
    } catch (Refused e) {
      response = Endpoint.error(e);
    } catch (MalformedInputException e) {
      response = Endpoint.error(new Refused(400, String.valueOf(e.getMessage())));
    } catch (BadRequest e) {
      response = Endpoint.error(new Refused(e.status(), e.problem()));
    }
    response = disturbed(service, response);
    served.add(
        new Served(
            service,
            request.method(),
            request.path(),
            request.rawQuery(),
            request.headers(),
            body,
            response.status()));
    return response;
  }

  private WireResponse disturbed(Service service, WireResponse response) {
    synchronized (faults) {
      for (int i = 0; i < faults.size(); i++) {
        if (faults.get(i).service() == service) {
          return faults.remove(i).change().apply(response);
        }
      }
    }
    return response;
  }

  /**
   * The {@code signing_config.json} that leads to these services.
   *
   * @param log {@link Service#REKOR1}, {@link Service#REKOR2}, or {@code null} for no log
   * @param timestamps whether the timestamp authority is in it
   */
  public JsonObject signingConfig(@Nullable Service log, boolean timestamps) {
    JsonObject.Builder config =
        JsonObject.builder()
            .put("mediaType", "application/vnd.dev.sigstore.signingconfig.v0.2+json")
            .put("caUrls", service(url(Service.FULCIO), 1))
            .put("oidcUrls", service(url(Service.OIDC), 1));
    if (log != null) {
      config
          .put("rekorTlogUrls", service(url(log), log == Service.REKOR1 ? 1 : 2))
          .put("rekorTlogConfig", selector());
    }
    if (timestamps) {
      config.put("tsaUrls", service(tsaUrl(), 1)).put("tsaConfig", selector());
    }
    return config.build();
  }

  private static JsonObject selector() {
    return JsonObject.builder().put("selector", "ANY").build();
  }

  private JsonArray service(String url, int version) {
    return JsonArray.of(
        JsonObject.builder()
            .put("url", url)
            .put("majorApiVersion", version)
            .put(
                "validFor",
                JsonObject.builder().put("start", sigstore.validFrom().toString()).build())
            .put("operator", "virtual.test")
            .build());
  }

  /** Waits until it is closed. */
  public void awaitClosed() throws InterruptedException {
    for (WireServer server : servers.values()) {
      server.awaitClosed();
    }
  }

  @Override
  public void close() {
    servers.values().forEach(WireServer::close);
  }
}
