package dev.bulla.registry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.error.RegistryException.Kind;
import dev.bulla.oci.Repository;
import dev.bulla.registry.AccessReport.Asked;
import dev.bulla.registry.ScriptedTransport.Reply;
import dev.bulla.registry.auth.CredentialSource;
import dev.bulla.registry.auth.Credentials;
import dev.bulla.registry.transport.TransportKind;
import dev.bulla.testkit.registry.Auth;
import dev.bulla.testkit.registry.EmbeddedRegistry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class CheckAccessTest {

  private static final CredentialSource CI =
      CredentialSource.always(new Credentials.Basic("ci", "correct horse"), "a file");

  private static AccessReport check(
      TransportKind kind, Auth auth, CredentialSource source, boolean reading) throws Exception {
    try (EmbeddedRegistry registry = EmbeddedRegistry.start(EmbeddedRegistry.options().auth(auth));
        RegistryClient client = RegistryClient.builder(kind.create()).credentials(source).build()) {
      return client.checkAccess(Repository.parse(registry.host() + "/app"), reading);
    }
  }

  @ParameterizedTest
  @EnumSource(TransportKind.class)
  void saysWhatTheRegistryAsksFor(TransportKind kind) throws Exception {
    Auth.Bearer bearer = Auth.bearer().user("ci", "correct horse");
    Auth.Basic basic = Auth.basic().user("ci", "correct horse");
    for (boolean reading : new boolean[] {false, true}) {
      AccessReport token = check(kind, bearer, CI, reading);
      assertThat(token.asked()).isEqualTo(Asked.TOKEN);
      assertThat(token.tokenService()).startsWith("127.0.0.1:");
      assertThat(token.credentialsShown()).isTrue();
      assertThat(token.refusal()).isEmpty();

      AccessReport password = check(kind, basic, CI, reading);
      assertThat(password.asked()).isEqualTo(Asked.PASSWORD);
      assertThat(password.origin()).startsWith("http://127.0.0.1:");
      assertThat(password.credentialsShown()).isTrue();
      assertThat(password.refusal()).isEmpty();

      AccessReport nothing = check(kind, Auth.none(), CI, reading);
      assertThat(nothing.asked()).isEqualTo(Asked.NOTHING);
      assertThat(nothing.credentialsShown()).isFalse();
      assertThat(nothing.refusal()).isEmpty();

      AccessReport nobody = check(kind, basic, CredentialSource.ANONYMOUS, reading);
      assertThat(nobody.credentialsShown()).isFalse();
      assertThat(nobody.refusal().orElseThrow().kind()).isEqualTo(Kind.UNAUTHORIZED);
    }
  }

  @Test
  void aTokenFromAStrangerSaysNothingAboutTheCredentials() throws Exception {
    ScriptedTransport internet =
        new ScriptedTransport(request ->
            request.url().path().equals("/token")
                ? Reply.of(200).saying("{\"token\":\"anonymous\"}")
                : request.headers().first("Authorization").isPresent()
                    ? Reply.of(200).saying("{}")
                    : Reply.of(401)
                        .with("WWW-Authenticate", "Bearer realm=\"https://auth.other/token\""));
    try (RegistryClient client = RegistryClient.builder(internet).credentials(CI).build()) {
      AccessReport report =
          client.checkAccess(Repository.parse("registry.example/any/repository"), false);
      assertThat(report.refusal()).isEmpty();
      assertThat(report.tokenService()).isEqualTo("auth.other");
      assertThat(report.credentialsShown()).isFalse();
      assertThat(internet.lines())
          .filteredOn(line -> line.contains("auth.other"))
          .hasSize(1)
          .noneMatch(line -> line.endsWith("+auth"));
    }
  }

  @Test
  void somethingElseThanARegistryLetsNobodyIn() throws Exception {
    for (int status : new int[] {302, 403, 404, 500}) {
      try (RegistryClient client =
          RegistryClient.builder(new ScriptedTransport(request -> Reply.of(status)))
              .pace(new TestPace())
              .credentials(CI)
              .build()) {
        AccessReport report =
            client.checkAccess(Repository.parse("registry.example/any/repository"), false);
        assertThat(report.refusal()).as(Integer.toString(status)).isPresent();
        assertThat(report.credentialsShown()).isFalse();
      }
    }
  }
}
