package dev.bulla.kms.azure;

import dev.bulla.error.KeyException;
import dev.bulla.error.MalformedInputException;
import dev.bulla.json.GoJson;
import dev.bulla.json.JsonObject;
import dev.bulla.json.JsonParser;
import dev.bulla.keys.kms.KmsFailures;
import dev.bulla.keys.kms.KmsHttp;
import java.net.URI;
import java.net.http.HttpRequest;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Talks to a vault's REST API: one request, its repeats, its answer or its refusal. */
final class KeyVaultClient implements AutoCloseable {

  /** Every vault, HSM and cloud of Azure's speaks it; later ones add nothing that is used here. */
  static final String API_VERSION = "7.4";

  private final String address;
  private final String host;
  private final boolean isHsm;
  private final KmsHttp http;
  private final AzureTokens tokens;
  private final KmsFailures failures;
  private @Nullable TokenRequest wanted;

  KeyVaultClient(
      AzureKeyReference reference,
      boolean isHsm,
      KmsHttp http,
      AzureTokens tokens,
      KmsFailures failures) {
    this.address = reference.address();
    this.host = reference.host();
    this.isHsm = isHsm;
    this.http = http;
    this.tokens = tokens;
    this.failures = failures;
  }

  /**
   * A success, or a refusal that only the caller can explain.
   *
   * @param body the answer when it is a success
   * @param status HTTP's
   * @param message what a refusal says
   */
  record Answer(JsonObject body, int status, String message) {

    boolean isOk() {
      return status / 100 == 2;
    }
  }

  /** What a request needs the right to. */
  enum Right {
    GET("get", "read", "Key Vault Crypto User"),
    LIST("list", "read", "Key Vault Crypto User"),
    SIGN("sign", "sign/action", "Key Vault Crypto User"),
    VERIFY("verify", "verify/action", "Key Vault Crypto User"),
    CREATE("create", "create/action", "Key Vault Crypto Officer");

    private final String policy;
    private final String action;
    private final String role;

    Right(String policy, String action, String role) {
      this.policy = policy;
      this.action = action;
      this.role = role;
    }

    /** Its names: in access policies, and where rights come with roles. */
    String names(boolean isHsm) {
      return isHsm
          ? "Microsoft.KeyVault/managedHsm/keys/"
              + action.replaceFirst("^([a-z]+)$", "$1/action").replace("create/action", "create")
              + " (in the role "
              + role.replace("Key Vault", "Managed HSM")
              + ")"
          : "keys/"
              + policy
              + " (with RBAC Microsoft.KeyVault/vaults/keys/"
              + action
              + ", in the role "
              + role
              + ")";
    }
  }

  /**
   * Reads, or writes when there is a body.
   *
   * @param path below {@code /keys/}
   * @param query what follows the version of the API, from {@code &} on
   * @return a success; a refusal because of rights (403), since there is none (404), or since there
   *     is another (409)
   */
  Answer ask(String path, String query, Right right, @Nullable JsonObject body)
      throws KeyException {
    KmsHttp.Answer answer = send(path, query, body);
    if (answer.status() == 401) {
      // the first answer says which token is wanted; a later one, that it was taken back
      tokens.forget();
      challenged(answer);
      answer = send(path, query, body);
    }
    Refusal refusal = Refusal.of(answer);
    return switch (answer.status()) {
      case 200, 201 -> success(answer);
      case 401 ->
          throw refusal.isAboutTime()
              ? failures.clockSkew(refusal.message(), null)
              : failures.notAuthenticated(refusal.message(), AzureTokens.LOG_IN, null);
      case 403 -> {
        Optional<KeyException> reason = refusal.otherThanRights(failures);
        if (reason.isPresent()) {
          throw reason.get();
        }
        yield new Answer(JsonObject.EMPTY, 403, right.names(isHsm));
      }
      case 404, 409 -> new Answer(JsonObject.EMPTY, answer.status(), refusal.message());
      default -> throw failures.refused(refusal.message(), null);
    };
  }

  /** As {@link #ask}, where missing rights are a failure. */
  Answer askPermitted(String path, Right right, @Nullable JsonObject body) throws KeyException {
    Answer answer = ask(path, "", right, body);
    if (answer.status() == 403) {
      throw failures.notPermitted(answer.message(), null);
    }
    return answer;
  }

  private KmsHttp.Answer send(String path, String query, @Nullable JsonObject body)
      throws KeyException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(
            URI.create(address + "/keys/" + path + "?api-version=" + API_VERSION + query));
    TokenRequest known = wanted();
    if (known != null) {
      try {
        request.header("Authorization", "Bearer " + tokens.token(known));
      } catch (TokenException e) {
        throw e.about(failures);
      }
    }
    if (body == null) {
      request.GET();
    } else {
      request
          .header("Content-Type", "application/json")
          .POST(HttpRequest.BodyPublishers.ofByteArray(GoJson.write(body).toByteArray()));
    }
    return http.ask(request, failures, address, answer -> Refusal.of(answer).message());
  }

  private synchronized @Nullable TokenRequest wanted() {
    return wanted;
  }

  private synchronized void challenged(KmsHttp.Answer answer) throws KeyException {
    try {
      wanted = VaultChallenge.parse(answer.headers().allValues("WWW-Authenticate"), host).wanted();
    } catch (MalformedInputException e) {
      throw failures.notAuthenticated(
          e.message(), e.hint().orElse("is this the address of a key vault?"), null);
    }
  }

  private Answer success(KmsHttp.Answer answer) throws KeyException {
    try {
      return new Answer(JsonParser.parseObject(answer.body(), "answer"), answer.status(), "");
    } catch (MalformedInputException e) {
      throw failures.badAnswer(e.message(), e);
    }
  }

  @Override
  public void close() {
    tokens.forget();
    http.close();
  }
}
