package dev.bulla.sigstore.oidc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bulla.error.BullaException;
import dev.bulla.error.ConfigurationException;
import dev.bulla.error.MalformedInputException;
import dev.bulla.json.JsonArray;
import dev.bulla.json.JsonBoolean;
import dev.bulla.json.JsonNumber;
import dev.bulla.json.JsonObject;
import dev.bulla.json.JsonString;
import dev.bulla.json.JsonValue;
import dev.bulla.limits.Limits;
import dev.bulla.testkit.sigstore.VirtualOidc;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class IdentityTokenTest {

  private static final Instant NOW = Instant.parse("2026-03-04T05:06:07.8Z");
  private static final VirtualOidc ISSUER = VirtualOidc.create("https://issuer.test");

  private static IdentityToken person() throws BullaException {
    return IdentityToken.parse(ISSUER.emailToken("me@example.com", NOW));
  }

  private static IdentityToken with(Map<String, ? extends JsonValue> claims) throws BullaException {
    return IdentityToken.parse(ISSUER.token(ISSUER.claims(NOW, claims)));
  }

  @Test
  void saysWhoIssuedItForWhomAndUntilWhen() throws Exception {
    String text = ISSUER.emailToken("me@example.com", NOW);
    IdentityToken token = IdentityToken.parse(text);
    assertThat(token.text()).isEqualTo(text);
    assertThat(token.issuer()).isEqualTo("https://issuer.test");
    assertThat(token.audiences()).containsExactly("sigstore");
    assertThat(token.expiry()).isEqualTo(Instant.parse("2026-03-04T05:16:07Z"));
  }

  @Test
  void isNotShown() throws Exception {
    IdentityToken token = person();
    assertThat(token.toString())
        .isEqualTo("IdentityToken[https://issuer.test, until 2026-03-04T05:16:07Z]");
  }

  @Test
  void endsAtItsSecond() throws Exception {
    IdentityToken token = person();
    assertThat(token.isExpiredAt(token.expiry().minusNanos(1))).isFalse();
    assertThat(token.isExpiredAt(token.expiry())).isTrue();
    token.requireValidAt(token.expiry().minusNanos(1));
    assertThatThrownBy(() -> token.requireValidAt(token.expiry().plusMillis(1)))
        .isInstanceOf(ConfigurationException.class)
        .hasMessage(
            "identity token: expired at 2026-03-04T05:16:07Z, and it is 2026-03-04T05:16:07Z");
  }

  @Test
  void endsOnFractionsOfASecondToo() throws Exception {
    IdentityToken token = with(Map.of("exp", new JsonNumber("1772600000.9")));
    assertThat(token.expiry()).isEqualTo(Instant.ofEpochSecond(1_772_600_000));
  }

  @ParameterizedTest
  @ValueSource(strings = {"-1", "1e300", "253402300800"})
  void hasAnEndThatIsATime(String number) {
    assertThatThrownBy(() -> with(Map.of("exp", new JsonNumber(number))))
        .isInstanceOf(MalformedInputException.class)
        .hasMessage("identity token: exp: not a time");
  }

  @Test
  void mayBeForSeveral() throws Exception {
    IdentityToken token =
        with(Map.of("aud", JsonArray.of(new JsonString("other"), new JsonString("sigstore"))));
    token.requireFor("other");
    token.requireFor("sigstore");
    assertThat(token.audiences()).containsExactly("other", "sigstore");
  }

  @Test
  void isRefusedWhenItIsForOthers() throws Exception {
    IdentityToken token = with(Map.of("aud", new JsonString("ari:cloud\u202e")));
    assertThatThrownBy(() -> token.requireFor("sigstore"))
        .isInstanceOf(ConfigurationException.class)
        .hasMessage("identity token: it is for \"ari:cloud\\u{202e}\", not for \"sigstore\"");
  }

  @Test
  void provesTheVerifiedAddress() throws Exception {
    assertThat(person().subjectForProof()).isEqualTo("me@example.com");
    assertThat(
            with(Map.of(
                    "sub", new JsonString("1"),
                    "email", new JsonString("me@example.com"),
                    "email_verified", new JsonString("true")))
                .subjectForProof())
        .isEqualTo("me@example.com");
  }

  @Test
  void provesNoAddressThatIsNotVerified() throws Exception {
    IdentityToken claimed =
        with(Map.of("sub", new JsonString("1"), "email", new JsonString("you@example.com")));
    IdentityToken denied =
        with(
            Map.of(
                "sub", new JsonString("1"),
                "email", new JsonString("you@example.com"),
                "email_verified", JsonBoolean.FALSE));
    for (IdentityToken token : new IdentityToken[] {claimed, denied}) {
      assertThatThrownBy(token::subjectForProof)
          .isInstanceOf(ConfigurationException.class)
          .hasMessage(
              "identity token: its issuer has not verified the address \"you@example.com\"");
    }
  }

  @Test
  void provesTheSubjectOfAMachine() throws Exception {
    assertThat(with(Map.of("sub", new JsonString("repo:a/b:ref"))).subjectForProof())
        .isEqualTo("repo:a/b:ref");
    assertThatThrownBy(() -> with(Map.of()).subjectForProof())
        .isInstanceOf(MalformedInputException.class)
        .hasMessage("identity token: neither an address nor a subject");
  }

  /** What CVE-2025-66506 did to Fulcio: ten million dots, each of them a part. */
  @Test
  void takesNoTimeOverMillionsOfDots() {
    String dots = ".".repeat(10_000_000);
    assertThatThrownBy(() -> IdentityToken.parse(dots))
        .isInstanceOf(MalformedInputException.class)
        .hasMessage("identity token: longer than the limit of 65536 characters");
    assertThatThrownBy(() -> IdentityToken.parse(dots.substring(0, Limits.MAX_IDENTITY_TOKEN)))
        .isInstanceOf(MalformedInputException.class)
        .hasMessage("identity token: not 3 parts with dots between them");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ".", "a", "a.b", "a.b.c.d", "..", "a b.c.d", "e30.e30.e30\n"})
  void isThreePartsOfBase64(String text) {
    assertThatThrownBy(() -> IdentityToken.parse(text))
        .isInstanceOf(MalformedInputException.class)
        .hasMessageStartingWith("identity token: ");
  }

  @Test
  void isSigned() {
    String text = ISSUER.emailToken("me@example.com", NOW);
    assertThatThrownBy(() -> IdentityToken.parse(text.substring(0, text.lastIndexOf('.') + 1)))
        .isInstanceOf(MalformedInputException.class)
        .hasMessage("identity token: not signed");
    // {"alg":"none"}
    String none = "eyJhbGciOiJub25lIn0" + text.substring(text.indexOf('.'));
    assertThatThrownBy(() -> IdentityToken.parse(none))
        .isInstanceOf(MalformedInputException.class)
        .hasMessage("identity token: not signed");
  }

  @Test
  void hasEachClaimOnce() {
    String claims =
        "{\"iss\":\"https://a\",\"iss\":\"https://b\",\"aud\":\"sigstore\",\"exp\":1772600000}";
    assertThatThrownBy(() -> IdentityToken.parse(raw(claims)))
        .isInstanceOf(MalformedInputException.class)
        .hasMessageStartingWith("identity token: claims: ");
  }

  @ParameterizedTest
  @ValueSource(strings = {"iss", "aud", "exp"})
  void isNothingWithoutIssuerAudienceAndEnd(String claim) throws Exception {
    JsonObject all = ISSUER.emailClaims("me@example.com", NOW);
    JsonObject.Builder some = JsonObject.builder();
    all.members().stream()
        .filter(m -> !m.name().equals(claim))
        .forEach(m -> some.put(m.name(), m.value()));
    assertThatThrownBy(() -> IdentityToken.parse(ISSUER.token(some.build())))
        .isInstanceOf(MalformedInputException.class)
        .hasMessageStartingWith("identity token: " + claim + ": ");
  }

  @Test
  void isRefusedOrTheSameForAnyChangeOfACharacter() throws Exception {
    Random random = new Random(7);
    String text = ISSUER.emailToken("me@example.com", NOW);
    for (int i = 0; i < 2000; i++) {
      char[] changed = text.toCharArray();
      changed[random.nextInt(changed.length)] = (char) (32 + random.nextInt(96));
      String other = new String(changed);
      try {
        assertThat(IdentityToken.parse(other).text()).isEqualTo(other);
      } catch (MalformedInputException e) {
        assertThat(e.message()).startsWith("identity token");
      }
    }
  }

  private static String raw(String claims) {
    String[] parts = ISSUER.emailToken("me@example.com", NOW).split("\\.", -1);
    return parts[0]
        + "."
        + Base64.getUrlEncoder()
            .withoutPadding()
            .encodeToString(claims.getBytes(StandardCharsets.UTF_8))
        + "."
        + parts[2];
  }
}
