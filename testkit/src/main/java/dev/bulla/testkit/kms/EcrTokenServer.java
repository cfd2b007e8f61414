package dev.bulla.testkit.kms;

import dev.bulla.bytes.Base64Text;
import dev.bulla.bytes.Bytes;
import dev.bulla.bytes.HexText;
import dev.bulla.digest.Digest;
import dev.bulla.error.MalformedInputException;
import dev.bulla.json.GoJson;
import dev.bulla.json.JsonArray;
import dev.bulla.json.JsonNumber;
import dev.bulla.json.JsonObject;
import dev.bulla.limits.LimitedInput;
import dev.bulla.testkit.http.Waiting;
import dev.bulla.testkit.http.WireBody;
import dev.bulla.testkit.http.WireRequest;
import dev.bulla.testkit.http.WireResponse;
import dev.bulla.testkit.http.WireServer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * A double of the call of Amazon ECR, private and public, that gives out passwords of registries:
 * GetAuthorizationToken. The signature of each request is computed again.
 *
 * <p>Sources: the Amazon ECR and ECR Public API references; AWS IAM User Guide, "Create a signed
 * AWS API request".
 */
public final class EcrTokenServer implements AutoCloseable {

  private static final int MAX_BODY = 1 << 16;
  private static final Pattern AUTHORIZATION =
      Pattern.compile(
          "AWS4-HMAC-SHA256 Credential=([^/]+)/([0-9]{8})/([^/]+)/([^/]+)/aws4_request,"
              + " ?SignedHeaders=([a-z0-9;-]+), ?Signature=([0-9a-f]{64})");

  private final String accessKey;
  private final String secretKey;
  private final String password;
  private final WireServer server;
  private final FaultSwitch faults = new FaultSwitch();
  private final List<String> scopes = new ArrayList<>();
  private Instant ends = Instant.ofEpochSecond(4_000_000_000L);

  private EcrTokenServer(String accessKey, String secretKey, String password) throws IOException {
    this.accessKey = accessKey;
    this.secretKey = secretKey;
    this.password = password;
    this.server = WireServer.start(WireServer.loopback(), this::answer);
  }

  /**
   * Starts over plain HTTP, for one access key.
   *
   * @param password what it gives out
   */
  public static EcrTokenServer start(String accessKey, String secretKey, String password)
      throws IOException {
    return new EcrTokenServer(accessKey, secretKey, password);
  }

  /** {@code http://127.0.0.1:PORT}. */
  public String address() {
    return "http://127.0.0.1:" + server.address().getPort();
  }

  public int requests() {
    return faults.requests();
  }

  public void fail(KmsFault fault, int requests) {
    faults.set(fault, requests);
  }

  /** When the passwords that it gives out are said to end. */
  public synchronized void setEnd(Instant end) {
    ends = end;
  }

  /** Region and service of each request that was granted: {@code eu-west-1/ecr}. */
  public synchronized List<String> scopes() {
    return List.copyOf(scopes);
  }

  private WireResponse answer(WireRequest request, Waiting waiting) throws IOException {
    Optional<KmsFault> fault = faults.next();
    if (fault.isPresent()) {
      switch (fault.get()) {
        case SILENCE -> waiting.untilClosed();
        case THROTTLED -> {
          return error(400, "ThrottlingException", "Rate exceeded");
        }
        case SERVER_ERROR -> {
          return error(500, "ServerException", "internal failure");
        }
        case NOT_PERMITTED -> {
          return error(
              400,
              "AccessDeniedException",
              "User: arn:aws:iam::111122223333:user/u is not authorized to perform:"
                  + " ecr:GetAuthorizationToken on resource: *");
        }
        case CLOCK_SKEW -> {
          return error(
              400,
              "InvalidSignatureException",
              "Signature expired: 20260101T000000Z is now earlier than 20260101T001500Z");
        }
      }
    }
    try {
      return serve(request);
    } catch (MalformedInputException e) {
      return error(400, "SerializationException", e.message());
    } catch (GeneralSecurityException e) {
      throw new IOException(e);
    }
  }

  private synchronized WireResponse serve(WireRequest request)
      throws IOException, MalformedInputException, GeneralSecurityException {
    Bytes body = LimitedInput.readAll(request.body(), MAX_BODY, "body");
    if (!request.method().equals("POST")
        || !request.target().equals("/")
        || !header(request, "Content-Type").equals("application/x-amz-json-1.1")
        || !body.equals(Bytes.utf8("{}"))) {
      return error(400, "SerializationException", "not the request that is documented");
    }
    Matcher parts = AUTHORIZATION.matcher(header(request, "Authorization"));
    if (!parts.matches()) {
      return error(400, "MissingAuthenticationTokenException", "Missing Authentication Token");
    }
    if (!parts.group(1).equals(accessKey)) {
      return error(
          400,
          "UnrecognizedClientException",
          "The security token included in the request is invalid.");
    }
    if (!signature(request, body, parts).equals(parts.group(6))) {
      return error(
          400,
          "InvalidSignatureException",
          "The request signature we calculated does not match the signature you provided.");
    }
    JsonObject data =
        JsonObject.builder()
            .put("authorizationToken", Base64Text.encode(Bytes.utf8("AWS:" + password)))
            .put("expiresAt", JsonNumber.of(ends.getEpochSecond() + 0.25))
            .build();
    String target = header(request, "X-Amz-Target");
    String service = parts.group(4);
    if (target.equals("AmazonEC2ContainerRegistry_V20150921.GetAuthorizationToken")
        && service.equals("ecr")) {
      scopes.add(parts.group(3) + "/" + service);
      return json(
          200, JsonObject.builder().put("authorizationData", JsonArray.of(List.of(data))).build());
    }
    if (target.equals("SpencerFrontendService.GetAuthorizationToken")
        && service.equals("ecr-public")) {
      scopes.add(parts.group(3) + "/" + service);
      return json(200, JsonObject.builder().put("authorizationData", data).build());
    }
    return error(400, "UnknownOperationException", "");
  }

  private String signature(WireRequest request, Bytes body, Matcher parts)
      throws GeneralSecurityException {
    StringBuilder canonical = new StringBuilder("POST\n/\n\n");
    for (String name : parts.group(5).split(";", -1)) {
      canonical.append(name).append(':').append(header(request, name).strip()).append('\n');
    }
    canonical.append('\n').append(parts.group(5)).append('\n').append(Digest.sha256(body).hex());
    String scope = parts.group(2) + "/" + parts.group(3) + "/" + parts.group(4) + "/aws4_request";
    String toSign =
        "AWS4-HMAC-SHA256\n"
            + header(request, "X-Amz-Date")
            + "\n"
            + scope
            + "\n"
            + Digest.sha256(Bytes.utf8(canonical.toString())).hex();
    byte[] key = ("AWS4" + secretKey).getBytes(StandardCharsets.UTF_8);
    for (String step : scope.split("/", -1)) {
      key = hmac(key, step);
    }
    return HexText.encode(Bytes.of(hmac(key, toSign)));
  }

  private static byte[] hmac(byte[] key, String text) throws GeneralSecurityException {
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(key, "HmacSHA256"));
    return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
  }

  private static String header(WireRequest request, String name) {
    return request.headers().first(name).orElse("");
  }

  private static WireResponse error(int status, String type, String message) {
    return json(status, JsonObject.builder().put("__type", type).put("message", message).build());
  }

  private static WireResponse json(int status, JsonObject body) {
    return WireResponse.of(status)
        .with("Content-Type", "application/x-amz-json-1.1")
        .withBody(WireBody.of(GoJson.write(body)));
  }

  @Override
  public void close() {
    server.close();
  }
}
