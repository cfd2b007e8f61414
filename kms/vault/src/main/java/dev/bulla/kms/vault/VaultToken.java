package dev.bulla.kms.vault;

import dev.bulla.bytes.Bytes;
import dev.bulla.error.KeyException;
import dev.bulla.error.KeyException.Problem;
import dev.bulla.error.MalformedInputException;
import dev.bulla.keys.kms.KmsContext;
import dev.bulla.limits.LimitedInput;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Finds the token, in this order: {@code VAULT_TOKEN}, {@code BAO_TOKEN}, the token helper that
 * {@code ~/.vault} names (or the file that {@code VAULT_CONFIG_PATH} names), {@code
 * ~/.vault-token}.
 */
final class VaultToken {

  private static final int MAX_TOKEN = 64 << 10;
  private static final int HELPER_SECONDS = 60;
  private static final Pattern HELPER =
      Pattern.compile("^\\s*token_helper\\s*=\\s*\"([^\"\\\\]+)\"", Pattern.MULTILINE);

  private VaultToken() {}

  static String find(KmsContext context) throws KeyException {
    Optional<String> given = context.variable("VAULT_TOKEN", "BAO_TOKEN");
    if (given.isPresent()) {
      return checked(given.get().strip());
    }
    Optional<String> helper = helper(context);
    if (helper.isPresent()) {
      return checked(ask(helper.get()));
    }
    Optional<Path> file = context.home().map(home -> home.resolve(".vault-token"));
    if (file.isPresent() && Files.isRegularFile(file.get())) {
      String token = text(file.get(), "read .vault-token file").strip();
      if (!token.isEmpty()) {
        return checked(token);
      }
    }
    throw KeyException.of(
        Problem.NOT_AUTHENTICATED,
        "no token helper configured and ~/.vault-token file not found or empty",
        "set VAULT_TOKEN, or log in with `vault login` or `bao login`",
        null);
  }

  /** Line breaks would end the header that carries it. */
  private static String checked(String token) throws KeyException {
    if (token.isEmpty() || token.chars().anyMatch(c -> c <= 0x20 || c >= 0x7f)) {
      throw KeyException.of(
          Problem.NOT_AUTHENTICATED, "the Vault token is not a token", null, null);
    }
    return token;
  }

  private static Optional<String> helper(KmsContext context) throws KeyException {
    Optional<Path> config =
        context
            .variable("VAULT_CONFIG_PATH")
            .map(context.directory()::resolve)
            .or(() -> context.home().map(home -> home.resolve(".vault")));
    if (config.isEmpty() || !Files.isRegularFile(config.get())) {
      return Optional.empty();
    }
    Matcher line = HELPER.matcher(text(config.get(), "read Vault's configuration"));
    return line.find() ? Optional.of(line.group(1)) : Optional.empty();
  }

  private static String ask(String program) throws KeyException {
    try {
      Process process =
          new ProcessBuilder(program, "get").redirectError(ProcessBuilder.Redirect.DISCARD).start();
      process.getOutputStream().close();
      String token;
      try (InputStream out = process.getInputStream()) {
        token = LimitedInput.readAll(out, MAX_TOKEN, "token").toUtf8String("token").strip();
      }
      if (!process.waitFor(HELPER_SECONDS, TimeUnit.SECONDS) || process.exitValue() != 0) {
        process.destroyForcibly();
        throw helperFailed(null);
      }
      return token;
    } catch (IOException | MalformedInputException e) {
      throw helperFailed(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw helperFailed(e);
    }
  }

  private static KeyException helperFailed(@org.jspecify.annotations.Nullable Throwable cause) {
    return KeyException.of(
        Problem.NOT_AUTHENTICATED,
        "token helper failed to get token",
        "run it by hand with the word get, or set VAULT_TOKEN",
        cause);
  }

  private static String text(Path file, String doing) throws KeyException {
    try (InputStream in = Files.newInputStream(file)) {
      Bytes bytes = LimitedInput.readAll(in, MAX_TOKEN, doing);
      return bytes.toUtf8String(doing);
    } catch (IOException | MalformedInputException e) {
      throw KeyException.of(
          Problem.NOT_AUTHENTICATED, doing + ": it cannot be read as text", null, null);
    }
  }
}
