package dev.bulla.kms.aws;

import dev.bulla.bytes.Base64Text;
import dev.bulla.error.KeyException;
import dev.bulla.error.MalformedInputException;
import dev.bulla.json.JsonArray;
import dev.bulla.json.JsonNumber;
import dev.bulla.json.JsonObject;
import dev.bulla.json.JsonParser;
import dev.bulla.json.JsonString;
import dev.bulla.json.JsonValue;
import dev.bulla.keys.kms.KmsContext;
import dev.bulla.keys.kms.KmsFailures;
import dev.bulla.keys.kms.KmsHttp;
import dev.bulla.keys.kms.KmsProxies;
import dev.bulla.keys.kms.KmsTrust;
import dev.bulla.registry.auth.CloudLogin;
import dev.bulla.registry.auth.CloudRegistry;
import dev.bulla.registry.auth.Credentials;
import java.io.ByteArrayInputStream;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.http.SdkHttpMethod;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.http.auth.aws.signer.AwsV4HttpSigner;
import software.amazon.awssdk.utils.SdkAutoCloseable;

/**
 * One request, {@code GetAuthorizationToken}: signed by the SDK that is here for keys, and sent by
 * our own client. The SDK's client of Amazon ECR would be another library for this one request.
 */
final class AuthorizationToken {

  private static final byte[] BODY = "{}".getBytes(StandardCharsets.UTF_8);

  /** What says that there ought to be an identity, so that none found is a failure. */
  private static final List<String> SIGNS =
      List.of(
          "AWS_PROFILE",
          "AWS_ROLE_ARN",
          "AWS_WEB_IDENTITY_TOKEN_FILE",
          "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
          "AWS_CONTAINER_CREDENTIALS_FULL_URI");

  private static final List<String> THROTTLED =
      List.of("ThrottlingException", "TooManyRequestsException");

  private final EcrService service;
  private final KmsFailures failures;

  private AuthorizationToken(EcrService service, KmsFailures failures) {
    this.service = service;
    this.failures = failures;
  }

  static Optional<CloudLogin> of(CloudRegistry registry, KmsContext context, KmsFailures failures)
      throws KeyException {
    EcrService service = EcrService.of(registry, context, failures);
    AuthorizationToken token = new AuthorizationToken(service, failures);
    Optional<AwsCredentials> identity = token.identity(context);
    if (identity.isEmpty()) {
      return Optional.empty();
    }
    KmsTrust trust = KmsTrust.of(context, context.variable("AWS_CA_BUNDLE"), Optional.empty());
    try (KmsHttp http =
        KmsHttp.create(context.timeout(), trust, Optional.of(KmsProxies.of(context)))) {
      KmsHttp.Answer answer =
          http.ask(
              token.request(identity.get(), registry.region()),
              failures,
              service.address().getHost(),
              AuthorizationToken::said,
              refusal -> THROTTLED.contains(code(refusal)));
      if (!answer.isOk()) {
        throw new AwsFailures(failures)
            .refused(code(answer), said(answer), answer.status(), service.action(), null);
      }
      return Optional.of(token.read(answer));
    }
  }

  private Optional<AwsCredentials> identity(KmsContext context) throws KeyException {
    AwsCredentialsProvider provider = AwsClients.credentials(context);
    try {
      return Optional.of(provider.resolveCredentials());
    } catch (SdkClientException e) {
      for (String sign : SIGNS) {
        if (context.variable(sign).isPresent()) {
          throw new AwsFailures(failures).failure(e, service.action());
        }
      }
      return Optional.empty();
    } catch (SdkException e) {
      throw new AwsFailures(failures).failure(e, service.action());
    } finally {
      if (provider instanceof SdkAutoCloseable closeable) {
        closeable.close();
      }
    }
  }

  private HttpRequest.Builder request(AwsCredentials identity, String region) {
    URI address = service.address();
    SdkHttpRequest unsigned =
        SdkHttpRequest.builder()
            .method(SdkHttpMethod.POST)
            .uri(address)
            .putHeader("Content-Type", "application/x-amz-json-1.1")
            .putHeader("X-Amz-Target", service.target())
            .build();
    SdkHttpRequest signed =
        AwsV4HttpSigner.create()
            .sign(request ->
                request
                    .identity(identity)
                    .request(unsigned)
                    .payload(() -> new ByteArrayInputStream(BODY))
                    .putProperty(AwsV4HttpSigner.SERVICE_SIGNING_NAME, service.signingName())
                    .putProperty(AwsV4HttpSigner.REGION_NAME, region))
            .request();
    HttpRequest.Builder request =
        HttpRequest.newBuilder(address).POST(HttpRequest.BodyPublishers.ofByteArray(BODY));
    for (Map.Entry<String, List<String>> header : signed.headers().entrySet()) {
      // the JDK's client writes this one itself, with the same content
      if (!header.getKey().equalsIgnoreCase("Host")) {
        header.getValue().forEach(value -> request.header(header.getKey(), value));
      }
    }
    return request;
  }

  /** {@code AWS:PASSWORD} in Base64, and when it ends. */
  private CloudLogin read(KmsHttp.Answer answer) throws KeyException {
    try {
      JsonValue data =
          JsonParser.parseObject(answer.body(), "answer")
              .get("authorizationData")
              .orElse(JsonObject.EMPTY);
      if (data instanceof JsonArray list && !list.values().isEmpty()) {
        data = list.values().get(0);
      }
      if (data instanceof JsonObject first
          && first.get("authorizationToken").orElse(data) instanceof JsonString token) {
        String pair = Base64Text.decode(token.value(), "token").toUtf8String("token");
        int colon = pair.indexOf(':');
        if (colon > 0 && colon < pair.length() - 1) {
          return new CloudLogin(
              new Credentials.Basic(pair.substring(0, colon), pair.substring(colon + 1)),
              ends(first));
        }
      }
    } catch (MalformedInputException e) {
      // as below: the message could show what was to be a password
    }
    throw failures.badAnswer("no authorization token is in it", null);
  }

  private static Instant ends(JsonObject data) {
    return data.get("expiresAt").orElse(data) instanceof JsonNumber seconds
            && Math.abs(seconds.doubleValue()) < 1e11
        ? Instant.ofEpochSecond((long) seconds.doubleValue())
        : Instant.MAX;
  }

  private static String said(KmsHttp.Answer answer) {
    String small = text(answer, "message");
    String message = small.isEmpty() ? text(answer, "Message") : small;
    String code = code(answer);
    return code.isEmpty()
        ? "HTTP " + answer.status()
        : message.isEmpty() ? code : code + ": " + message;
  }

  private static String code(KmsHttp.Answer answer) {
    String type = text(answer, "__type");
    return type.substring(type.lastIndexOf('#') + 1);
  }

  private static String text(KmsHttp.Answer answer, String name) {
    try {
      JsonObject document = JsonParser.parseObject(answer.body(), "answer");
      return document.get(name).orElse(document) instanceof JsonString text ? text.value() : "";
    } catch (MalformedInputException e) {
      // what stands in front of the service answers with pages of its own
      return "";
    }
  }
}
