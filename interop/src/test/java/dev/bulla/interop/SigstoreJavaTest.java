package dev.bulla.interop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.bytes.Bytes;
import dev.bulla.digest.Digest;
import dev.bulla.json.ProtoJson;
import dev.bulla.testkit.sigstore.VirtualSigstore;
import dev.bulla.testkit.sigstore.VirtualSigstoreServer;
import dev.bulla.testkit.sigstore.VirtualSigstoreServer.Service;
import dev.sigstore.KeylessVerificationException;
import dev.sigstore.KeylessVerifier;
import dev.sigstore.TrustedRootProvider;
import dev.sigstore.VerificationOptions;
import dev.sigstore.bundle.Bundle;
import dev.sigstore.bundle.BundleParseException;
import dev.sigstore.strings.StringMatcher;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Bundles of bulla, judged by sigstore-java 2.0.0: what it reads it accepts, and refuses for
 * another signer or content. What it cannot read is named here; when it learns to, its cell fails.
 */
@Interop
@DisplayName("sigstore-java")
final class SigstoreJavaTest {

  private static final String ME = "me@example.com";
  private static final String ACCEPTED = "accepted";
  private static final Bytes ARTIFACT = Bytes.utf8("hello\n");

  /** It looks for the envelope in the entry, and Rekor v2 keeps the hash alone. */
  private static final String NO_ENVELOPES_IN_LOG_2 = "Could not parse DSSE from log entry body";

  private static final String NO_KEYS = "Plain public keys are not supported by this client";

  private static VirtualSigstoreServer server;

  @BeforeAll
  static void start() throws IOException {
    server = VirtualSigstoreServer.start(VirtualSigstore.live());
  }

  @AfterAll
  static void stop() {
    if (server != null) {
      server.close();
    }
  }

  /** What is signed, where it is logged, and what is said of it. */
  enum Signed {
    FILE_IN_LOG_1(Service.REKOR1, false, ACCEPTED),
    FILE_IN_LOG_2(Service.REKOR2, false, ACCEPTED),
    STATEMENT_IN_LOG_1(Service.REKOR1, true, ACCEPTED),
    STATEMENT_IN_LOG_2(Service.REKOR2, true, NO_ENVELOPES_IN_LOG_2);

    private final Service log;
    private final boolean statement;
    private final String expected;

    Signed(Service log, boolean statement, String expected) {
      this.log = log;
      this.statement = statement;
      this.expected = expected;
    }
  }

  private static void configure(Workplace place, Service log) {
    place.write("tr.json", server.sigstore().trustedRoot().bytes().toByteArray());
    // Rekor v2 proves no time
    place.write(
        "sc.json", ProtoJson.write(server.signingConfig(log, log == Service.REKOR2)).toByteArray());
  }

  @ParameterizedTest(name = "{0}")
  @EnumSource(Signed.class)
  @DisplayName("it accepts what bulla signs for an identity")
  void keyless(Signed signed, Workplace place) throws Exception {
    configure(place, signed.log);
    place.write("a.txt", ARTIFACT.toByteArray());
    place.write(
        "statement.json",
        "{\"_type\":\"https://in-toto.io/Statement/v1\",\"subject\":[{\"name\":\"a.txt\","
            + "\"digest\":{\"sha256\":\""
            + Digest.sha256(ARTIFACT).hex()
            + "\"}}],\"predicateType\":\"https://example.com/p\",\"predicate\":{}}");
    List<String> line =
        new ArrayList<>(
            List.of(
                "conformance",
                "sign-bundle",
                "--identity-token",
                server.oidc().emailToken(ME, Instant.now()),
                "--bundle",
                "b.json",
                "--trusted-root",
                "tr.json",
                "--signing-config",
                "sc.json"));
    line.addAll(signed.statement ? List.of("--in-toto", "statement.json") : List.of("a.txt"));
    place.call(Program.BULLA, line).run().expect(0);

    assertThat(verdict(place, ARTIFACT, ME)).contains(signed.expected);
    assertThat(verdict(place, ARTIFACT, "you@example.com")).isNotEqualTo(ACCEPTED);
    assertThat(verdict(place, Bytes.utf8("other"), ME)).isNotEqualTo(ACCEPTED);
  }

  @Test
  @DisplayName("it reads no bundle of a key")
  void keyed(Workplace place) throws Exception {
    place.write("b.json", keyBundle(place));

    assertThat(verdict(place, ARTIFACT, ME)).contains(NO_KEYS);
  }

  private static byte[] keyBundle(Workplace place) {
    configure(place, Service.REKOR1);
    return server
        .sigstore()
        .signer(dev.bulla.testkit.sigstore.VirtualKey.create(dev.bulla.key.KeyType.EC_P256))
        .loggedIn(server.sigstore().rekor1())
        .message(ARTIFACT)
        .bytes()
        .toByteArray();
  }

  /** {@link #ACCEPTED}, or why not. */
  private static String verdict(Workplace place, Bytes artifact, String who) throws Exception {
    Path bundle = place.folder().resolve("b.json");
    VerificationOptions options =
        VerificationOptions.builder()
            .addCertificateMatchers(
                VerificationOptions.CertificateMatcher.fulcio()
                    .subjectAlternativeName(StringMatcher.string(who))
                    .issuer(StringMatcher.string(server.oidc().issuer()))
                    .build())
            .build();
    KeylessVerifier verifier =
        KeylessVerifier.builder()
            .trustedRootProvider(TrustedRootProvider.from(place.folder().resolve("tr.json")))
            .build();
    try {
      verifier.verify(
          Digest.sha256(artifact).bytes().toByteArray(),
          Bundle.from(new StringReader(Files.readString(bundle, StandardCharsets.UTF_8))),
          options);
      return ACCEPTED;
    } catch (KeylessVerificationException | BundleParseException e) {
      return String.valueOf(e.getMessage());
    }
  }
}
