package dev.bulla.keys.kms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.bulla.error.KeyException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KmsProvidersTest {

  @TempDir Path folder;

  private static KmsProviders installed(InstalledServices.Location folders) {
    return KmsProviders.of(InstalledServices.onClassPathOrIn(folders));
  }

  @Test
  void findsTheProviderOfAScheme() throws Exception {
    KmsProviders providers = KmsProviders.of(List.of(new InMemoryKmsProvider()));

    assertThat(providers.find("inmemory")).containsInstanceOf(InMemoryKmsProvider.class);
    assertThat(providers.find("elsewhere")).isEmpty();
  }

  @Test
  void findsNoneOnAClassPathWithoutAny() throws Exception {
    assertThat(KmsProviders.onClassPath().find("inmemory")).isEmpty();
    assertThat(installed(() -> Optional.of(folder)).find("inmemory")).isEmpty();
    assertThat(installed(Optional::empty).find("inmemory")).isEmpty();
  }

  @Test
  void findsJarsInTheFolderOfTheScheme() throws Exception {
    writeJar("inmemory", InMemoryKmsProvider.class.getName());
    KmsProviders providers = installed(() -> Optional.of(folder));

    assertThat(providers.find("inmemory")).containsInstanceOf(InMemoryKmsProvider.class);
    assertThat(providers.find("elsewhere")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "..", "../inmemory", "./inmemory", "a/../inmemory", "INMEMORY"})
  void aSchemeLeadsToNoOtherFolder(String scheme) throws Exception {
    writeJar("inmemory", InMemoryKmsProvider.class.getName());
    Path deeper = Files.createDirectory(folder.resolve("a"));

    assertThat(installed(() -> Optional.of(folder)).find(scheme)).isEmpty();
    assertThat(installed(() -> Optional.of(deeper)).find(scheme)).isEmpty();
  }

  @Test
  void aBrokenInstallationIsNotTakenForNone() throws Exception {
    writeJar("inmemory", "no.such.Provider");

    assertThatExceptionOfType(KeyException.class)
        .isThrownBy(() -> installed(() -> Optional.of(folder)).find("inmemory"))
        .withMessage("a key provider is installed and cannot be loaded");
  }

  private void writeJar(String scheme, String provider) throws IOException {
    Path jar = Files.createDirectory(folder.resolve(scheme)).resolve("provider.jar");
    try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(jar))) {
      zip.putNextEntry(new ZipEntry("META-INF/services/" + KmsProvider.class.getName()));
      zip.write(provider.getBytes(StandardCharsets.UTF_8));
    }
  }
}
