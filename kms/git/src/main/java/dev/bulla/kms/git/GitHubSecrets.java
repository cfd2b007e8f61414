package dev.bulla.kms.git;

import dev.bulla.bytes.Base64Text;
import dev.bulla.bytes.Bytes;
import dev.bulla.error.KeyException;
import dev.bulla.error.MalformedInputException;
import dev.bulla.json.JsonObject;
import dev.bulla.key.Password;
import dev.bulla.key.SealedBox;
import dev.bulla.keys.kms.KmsFailures;
import dev.bulla.keys.kms.KmsHttp.Answer;
import dev.bulla.keys.kms.StoredKeys;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.function.Consumer;

/** Three secrets of a repository or an organisation, each sealed for the host. */
final class GitHubSecrets implements StoredKeys {

  private final String path;
  private final boolean organization;
  private final Opening opening;
  private final KmsFailures failures;

  /** Reads the settings, which only writing needs. */
  @FunctionalInterface
  interface Opening {
    GitHost host() throws KeyException;
  }

  GitHubSecrets(String path, boolean organization, Opening opening, KmsFailures failures) {
    this.path = path;
    this.organization = organization;
    this.opening = opening;
    this.failures = failures;
  }

  @Override
  public Bytes privateKey() throws KeyException {
    throw unreadable();
  }

  @Override
  public Password password() throws KeyException {
    throw unreadable();
  }

  @Override
  public Bytes publicKey() throws KeyException {
    throw unreadable();
  }

  private static KeyException unreadable() {
    return new KeyException(
        "loading URL: unrecognized scheme: github://",
        "GitHub gives secrets only to its own runs; pass them on as env://NAME");
  }

  @Override
  public void store(Bytes privateKey, Password password, Bytes publicKey, Consumer<String> done)
      throws KeyException {
    try (GitHost host = opening.host()) {
      Answer answer = host.get(path + "/actions/secrets/public-key");
      if (answer.status() == 404) {
        throw failures.notFound("there is no " + path + ", or the token may not see it");
      }
      String right = organization ? "admin:org" : "repo, or Secrets: write";
      Sealing sealing = sealing(host.success(answer, right));
      put(host, sealing, GitHost.PASSWORD, password.copyBytes(), right);
      done.accept("Password written to " + GitHost.PASSWORD + " github actions secret");
      put(host, sealing, GitHost.PRIVATE_KEY, privateKey.toByteArray(), right);
      done.accept("Private key written to " + GitHost.PRIVATE_KEY + " github actions secret");
      put(host, sealing, GitHost.PUBLIC_KEY, publicKey.toByteArray(), right);
      done.accept("Public key written to " + GitHost.PUBLIC_KEY + " github actions secret");
    }
  }

  /** The key that secrets are sealed for, and the host's name for it. */
  private record Sealing(Bytes key, String id) {}

  private Sealing sealing(JsonObject answer) throws KeyException {
    String id = GitHost.text(answer, "key_id");
    try {
      Bytes key = Base64Text.decode(GitHost.text(answer, "key"), "key");
      if (!id.isEmpty()) {
        return new Sealing(key, id);
      }
    } catch (MalformedInputException e) {
      throw failures.badAnswer(e.message(), e);
    }
    throw failures.badAnswer("a key without an id", null);
  }

  private void put(GitHost host, Sealing sealing, String name, byte[] value, String right)
      throws KeyException {
    JsonObject.Builder secret = JsonObject.builder();
    try {
      Bytes box = SealedBox.seal(sealing.key(), value, new SecureRandom());
      secret.put("encrypted_value", Base64Text.encode(box)).put("key_id", sealing.id());
    } catch (MalformedInputException e) {
      throw failures.badAnswer(e.message(), e);
    } finally {
      Arrays.fill(value, (byte) 0);
    }
    if (organization) {
      secret.put("visibility", "all");
    }
    try {
      host.success(host.send("PUT", path + "/actions/secrets/" + name, secret.build()), right);
    } catch (KeyException e) {
      throw e.in("could not create \"" + name + "\" github actions secret");
    }
  }

  @Override
  public void close() {
    // the connection ended with the writing
  }
}
