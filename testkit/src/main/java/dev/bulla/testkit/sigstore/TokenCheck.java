package dev.bulla.testkit.sigstore;

import dev.bulla.bytes.Base64Text;
import dev.bulla.bytes.Bytes;
import dev.bulla.error.MalformedInputException;
import dev.bulla.json.JsonBoolean;
import dev.bulla.json.JsonNull;
import dev.bulla.json.JsonNumber;
import dev.bulla.json.JsonObject;
import dev.bulla.json.JsonParser;
import dev.bulla.json.JsonString;
import dev.bulla.json.JsonValue;
import java.security.GeneralSecurityException;
import java.security.Signature;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Checks identity tokens as Fulcio does: signature, issuer, audience, times; then who it is. */
final class TokenCheck {

  /** Whom a token is about. */
  record Holder(String challenge, VirtualIdentity identity) {}

  /** Claims of GitHub Actions by the extension that they go to. */
  private static final Map<Integer, String> GITHUB =
      Map.ofEntries(
          Map.entry(2, "event_name"),
          Map.entry(3, "sha"),
          Map.entry(4, "workflow"),
          Map.entry(5, "repository"),
          Map.entry(6, "ref"),
          Map.entry(10, "job_workflow_sha"),
          Map.entry(11, "runner_environment"),
          Map.entry(13, "sha"),
          Map.entry(14, "ref"),
          Map.entry(15, "repository_id"),
          Map.entry(17, "repository_owner_id"),
          Map.entry(19, "workflow_sha"),
          Map.entry(20, "event_name"),
          Map.entry(22, "repository_visibility"),
          Map.entry(23, "environment"),
          Map.entry(24, "sub"));

  private static final Map<Integer, String> GITHUB_URIS =
      Map.of(
          9, "job_workflow_ref",
          12, "repository",
          16, "repository_owner",
          18, "workflow_ref");

  private final List<VirtualOidc> issuers;

  TokenCheck(List<VirtualOidc> issuers) {
    this.issuers = List.copyOf(issuers);
  }

  Holder check(String token, Instant now) throws Refused, MalformedInputException {
    String[] parts = token.split("\\.", -1);
    if (parts.length != 3) {
      throw new Refused(400, "not a JSON Web Token");
    }
    JsonObject claims =
        JsonParser.parseObject(Base64Text.decodeAnyVariant(parts[1], "token"), "claims");
    String issuer = text(claims, "iss");
    VirtualOidc known =
        issuers.stream()
            .filter(i -> i.issuer().equals(issuer))
            .findFirst()
            .orElseThrow(() -> new Refused(400, "unknown issuer of the token"));
    if (!isSigned(known, parts)) {
      throw new Refused(401, "the token is not signed by its issuer");
    }
    if (!text(claims, "aud").equals(VirtualOidc.AUDIENCE)) {
      throw new Refused(401, "the token is for another audience");
    }
    long seconds = now.getEpochSecond();
    if (number(claims, "exp") <= seconds) {
      throw new Refused(401, "the token has expired");
    }
    if (number(claims, "nbf") > seconds || number(claims, "iat") > seconds) {
      throw new Refused(401, "the token is from the future");
    }
    return holder(claims, issuer);
  }

  private static boolean isSigned(VirtualOidc issuer, String[] parts)
      throws MalformedInputException {
    JsonObject header =
        JsonParser.parseObject(Base64Text.decodeAnyVariant(parts[0], "token"), "header");
    if (!text(header, "alg").equals("RS256")) {
      return false;
    }
    try {
      Signature verifier = Signature.getInstance("SHA256withRSA");
      verifier.initVerify(issuer.key().publicKey());
      Bytes.utf8(parts[0] + "." + parts[1]).feed(verifier);
      return verifier.verify(Base64Text.decodeAnyVariant(parts[2], "token").toByteArray());
    } catch (GeneralSecurityException e) {
      return false;
    }
  }

  private static Holder holder(JsonObject claims, String issuer) throws Refused {
    String email = text(claims, "email");
    String subject = text(claims, "sub");
    if (!email.isEmpty()) {
      JsonValue verified = claims.get("email_verified").orElse(JsonNull.INSTANCE);
      if (!verified.equals(JsonBoolean.TRUE) && !verified.equals(new JsonString("true"))) {
        throw new Refused(400, "the address in the token is not verified");
      }
      return new Holder(email, VirtualIdentity.email(email, issuer));
    }
    if (subject.isEmpty()) {
      throw new Refused(400, "the token names nobody");
    }
    String workflow = text(claims, "job_workflow_ref");
    if (!workflow.isEmpty()) {
      return new Holder(subject, github(claims, issuer, workflow));
    }
    VirtualIdentity identity =
        subject.contains("://")
            ? VirtualIdentity.uri(subject, issuer)
            : VirtualIdentity.otherName(subject + "!virtual.test", issuer);
    return new Holder(subject, identity);
  }

  private static VirtualIdentity github(JsonObject claims, String issuer, String workflow) {
    Map<Integer, String> extensions = new TreeMap<>();
    GITHUB.forEach((number, claim) -> {
      if (!text(claims, claim).isEmpty()) {
        extensions.put(number, text(claims, claim));
      }
    });
    GITHUB_URIS.forEach((number, claim) -> {
      if (!text(claims, claim).isEmpty()) {
        extensions.put(number, "https://github.com/" + text(claims, claim));
      }
    });
    String run = text(claims, "run_id");
    if (!run.isEmpty()) {
      extensions.put(
          21,
          "https://github.com/"
              + text(claims, "repository")
              + "/actions/runs/"
              + run
              + "/attempts/"
              + text(claims, "run_attempt"));
    }
    return new VirtualIdentity(
        VirtualIdentity.Kind.URI, "https://github.com/" + workflow, issuer, extensions);
  }

  static String text(JsonObject object, String name) {
    return object.get(name).orElse(JsonNull.INSTANCE) instanceof JsonString text
        ? text.value()
        : "";
  }

  private static long number(JsonObject object, String name) throws MalformedInputException {
    return object.get(name).orElse(JsonNull.INSTANCE) instanceof JsonNumber number
        ? number.longValue()
        : 0;
  }
}
