package dev.bulla.kms.azure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.bulla.error.MalformedInputException;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which tokens a vault of which name may ask for. */
class VaultChallengeTest {

  private static VaultChallenge parse(String header, String host) throws Exception {
    return VaultChallenge.parse(List.of(header), host);
  }

  @Test
  void whatVaultsSend() throws Exception {
    assertThat(
            parse(
                    "Bearer authorization=\"https://login.windows.net/72f988bf-86f1\","
                        + " resource=\"https://vault.azure.net\"",
                    "v.vault.azure.net")
                .wanted())
        .isEqualTo(new TokenRequest("https://vault.azure.net", Optional.of("72f988bf-86f1")));
    assertThat(
            parse(
                    "Bearer authorization_uri=\"https://login.microsoftonline.us/t/\","
                        + "scope=\"https://managedhsm.usgovcloudapi.net/.default\", error=\"x\"",
                    "h.managedhsm.usgovcloudapi.net")
                .wanted())
        .isEqualTo(new TokenRequest("https://managedhsm.usgovcloudapi.net", Optional.of("t")));
  }

  @ParameterizedTest
  @CsvSource({
    "v.vault.azure.net, https://vault.azure.net, true",
    "v.vault.azure.net, https://vault.azure.net/, true",
    "v.vault.azure.net, https://managedhsm.azure.net, false",
    "v.vault.azure.net, https://azure.net, false",
    "v.vault.azure.net, https://net, false",
    "v.vault.azure.net, https://vault.azure.cn, false",
    "v.vault.azure.net, https://management.azure.com, false",
    "vault.azure.net.evil.example, https://vault.azure.net, false",
    "evil.example, https://vault.azure.net, false",
    "evil-vault.azure.net, https://vault.azure.net, false",
    "v.vault.example, https://vault.example, true",
    "v.vault.example, https://vault.example:8443, true",
    "v.vault.example, https://example, false",
    "v.vault.example, https://ault.example, false",
    "localhost, https://localhost:8443, true"
  })
  void theResourceHasToBeTheVaultsOwn(String host, String resource, boolean good) throws Exception {
    String header = "Bearer resource=\"" + resource + "\"";
    if (good) {
      assertThat(parse(header, host).wanted().tenant()).isEmpty();
    } else {
      assertThatExceptionOfType(MalformedInputException.class)
          .isThrownBy(() -> parse(header, host))
          .withMessageContaining("not for this vault");
    }
  }
}
