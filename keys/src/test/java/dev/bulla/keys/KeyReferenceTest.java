package dev.bulla.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.bulla.error.KeyException;
import dev.bulla.keys.KeyReference.EnvironmentVariable;
import dev.bulla.keys.KeyReference.LocalFile;
import dev.bulla.keys.KeyReference.Managed;
import dev.bulla.keys.KeyReference.Stored;
import dev.bulla.keys.KeyReference.Url;
import java.net.URI;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class KeyReferenceTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "cosign.key",
        "./a/../b.key",
        "/dev/stdin",
        "gitlab.key",
        "gitlab",
        "k8s",
        "awskms",
        "C:\\keys\\cosign.key",
        "env:NAME",
        "https:",
        "MCowBQYDK2VwAyEA/+8="
      })
  void takesTextWithoutASchemeForAFile(String text) throws Exception {
    assertThat(KeyReference.parse(text)).isEqualTo(new LocalFile(text));
  }

  @Test
  void knowsKeysOnTokensWithoutAnAuthority() throws Exception {
    KeyReference reference = KeyReference.parse("pkcs11:token=t;object=o?pin-value=1234");

    assertThat(reference)
        .isEqualTo(new Managed("pkcs11", "pkcs11:token=t;object=o?pin-value=1234"));
    assertThat(((Managed) reference).isOnToken()).isTrue();
    assertThat(reference.toString()).doesNotContain("1234");
    assertThat(((Managed) KeyReference.parse("awskms:///alias/x")).isOnToken()).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "k8s://ns/name, k8s",
    "gitlab://group/project, gitlab",
    "github://owner/repo, github"
  })
  void knowsThePlacesThatKeepWholePairs(String text, String scheme) throws Exception {
    KeyReference reference = KeyReference.parse(text);

    assertThat(reference).isEqualTo(new Stored(scheme, text));
    assertThat(reference).hasToString("Stored[" + scheme + "]");
  }

  @ParameterizedTest
  @CsvSource({
    "awskms:///alias/a, awskms",
    "awskms://localhost:4566/arn:aws:kms:us-east-1:000:key/1, awskms",
    "gcpkms://projects/p/locations/l/keyRings/r/cryptoKeys/k, gcpkms",
    "azurekms://vault.example/key, azurekms",
    "hashivault://key, hashivault",
    "openbao://key, openbao",
    "foo://user:hunter2@bar, foo",
    "HTTPS://h.example/k, HTTPS",
    "://x, ''"
  })
  void leavesEveryOtherSchemeToAProvider(String text, String scheme) throws Exception {
    KeyReference reference = KeyReference.parse(text);

    assertThat(reference).isEqualTo(new Managed(scheme, text));
    assertThat(reference).hasToString("Managed[" + scheme + "]");
  }

  @ParameterizedTest
  @ValueSource(strings = {"gitlab.key", "awskms:/alias/a", "hashivault:key", "openbao", "a:/b"})
  void takesWhatHasNoSlashesBehindItsColonForAFile(String text) throws Exception {
    assertThat(KeyReference.parse(text)).isEqualTo(new LocalFile(text));
  }

  @Test
  void readsAddressesAndVariables() throws Exception {
    assertThat(KeyReference.parse("https://h.example/k.pub"))
        .isEqualTo(new Url(URI.create("https://h.example/k.pub")));
    assertThat(KeyReference.parse("http://h.example/k.pub"))
        .isEqualTo(new Url(URI.create("http://h.example/k.pub")));
    assertThat(KeyReference.parse("env://COSIGN_PUBLIC_KEY"))
        .isEqualTo(new EnvironmentVariable("COSIGN_PUBLIC_KEY"));
    assertThat(KeyReference.parse("env://")).isEqualTo(new EnvironmentVariable(""));
  }

  @ParameterizedTest
  @ValueSource(strings = {"https://", "https:///path", "https://a b/", "http://[", "https://%zz/"})
  void refusesAddressesWithoutAHost(String text) {
    assertThatExceptionOfType(KeyException.class)
        .isThrownBy(() -> KeyReference.parse(text))
        .withMessageStartingWith("loading URL: ");
  }

  @Test
  void showsAddressesWithoutTheirSecrets() throws Exception {
    KeyReference reference =
        KeyReference.parse("https://user:hunter2@h.example:8443/keys/k.pub?token=hunter2");

    assertThat(reference).hasToString("Url[https://h.example:8443/keys/k.pub?…]");
  }
}
