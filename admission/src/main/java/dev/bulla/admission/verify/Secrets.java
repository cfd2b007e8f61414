package dev.bulla.admission.verify;

import dev.bulla.admission.config.RegistrySecret;
import dev.bulla.bytes.Bytes;
import dev.bulla.error.BullaException;
import dev.bulla.error.ConfigurationException;
import dev.bulla.error.MalformedInputException;
import dev.bulla.error.Quoted;
import dev.bulla.json.GoFields;
import dev.bulla.json.JsonObject;
import dev.bulla.json.JsonParser;
import dev.bulla.limits.LimitedInput;
import dev.bulla.limits.Limits;
import dev.bulla.oci.Repository;
import dev.bulla.registry.auth.CredentialSource;
import dev.bulla.registry.auth.GivenCredentials;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The secrets that are mounted for validators, each a folder with a {@code secret.yaml} or a {@code
 * .dockerconfigjson}; the first wins. Links are followed as far as they stay in the folder, as
 * Kubernetes makes them.
 */
final class Secrets {

  /** Where the image of the webhook has them. */
  static final Path DEFAULT = Path.of("/app/secrets");

  private final Path folder;

  Secrets(Path folder) {
    this.folder = folder;
  }

  /**
   * The credentials of a secret.
   *
   * @throws ConfigurationException when there are none, or they cannot be read
   */
  CredentialSource read(String name) throws ConfigurationException {
    Optional<Bytes> yaml = file(name, "secret.yaml");
    try {
      if (yaml.isPresent()) {
        return user(name, yaml.get());
      }
      Optional<Bytes> docker = file(name, ".dockerconfigjson");
      if (docker.isPresent()) {
        requireRegistries(docker.get());
        return GivenCredentials.ofDockerConfig(docker.get(), source(name));
      }
    } catch (BullaException e) {
      throw new ConfigurationException(
          "error reading authentication file of secret " + Quoted.plain(name) + ": " + e.message(),
          e);
    }
    throw new ConfigurationException(
        "no authentication file for secret " + Quoted.plain(name),
        "its folder below "
            + folder
            + " needs a secret.yaml or a .dockerconfigjson; --secrets-dir names another place");
  }

  private static String source(String name) {
    return "the secret " + Quoted.plain(name);
  }

  private static CredentialSource user(String name, Bytes yaml)
      throws MalformedInputException, ConfigurationException {
    RegistrySecret secret = RegistrySecret.parse(yaml.toUtf8String("secret.yaml"), "secret.yaml");
    if (secret.registry().isEmpty()) {
      return CredentialSource.ANONYMOUS; // nobody knows whom to show it to
    }
    requireRegistry(secret.registry().get());
    return GivenCredentials.ofUser(
        secret.registry().get(), secret.username(), secret.password(), source(name));
  }

  /** A login under a name that is no registry would be used nowhere, and nobody told. */
  private static void requireRegistries(Bytes docker)
      throws MalformedInputException, ConfigurationException {
    String what = ".dockerconfigjson";
    JsonObject whole = JsonParser.parseObject(docker, what);
    for (JsonObject.Member login :
        GoFields.of(whole, what).object("auths").orElse(JsonObject.EMPTY).members()) {
      requireRegistry(login.name());
      if (!(login.value() instanceof JsonObject)) {
        throw new MalformedInputException(
            what, "what stands behind " + Quoted.text(login.name()) + " is no object");
      }
    }
  }

  private static void requireRegistry(String text) throws ConfigurationException {
    String bare = text.replaceFirst("^(?i:https?)://", "").replaceFirst("/v[12]/?$", "");
    try {
      Repository parsed = Repository.parse(bare.replaceFirst("/+$", "") + "/any/repository");
      if (parsed.path().endsWith("any/repository")) {
        return;
      }
    } catch (MalformedInputException e) {
      // said below
    }
    throw new ConfigurationException("unable to parse registry " + Quoted.text(text));
  }

  private Optional<Bytes> file(String name, String file) throws ConfigurationException {
    try {
      Path whole = folder.toRealPath();
      Path secret = whole.resolve(name).normalize();
      if (!whole.equals(secret.getParent())) {
        throw new ConfigurationException(
            "the name of a secret is the name of a folder: " + Quoted.text(name));
      }
      Path real = secret.resolve(file).toRealPath();
      if (!real.startsWith(secret.toRealPath()) || !secret.toRealPath().startsWith(whole)) {
        throw new ConfigurationException(
            file + " of the secret " + Quoted.text(name) + " leads out of its folder");
      }
      try (InputStream in = Files.newInputStream(real)) {
        return Optional.of(LimitedInput.readAll(in, Limits.MAX_KEY_FILE, file));
      }
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException | InvalidPathException | MalformedInputException e) {
      throw new ConfigurationException(
          "error reading authentication file of secret " + Quoted.plain(name), e);
    }
  }
}
