package dev.bulla.registry.auth;

import dev.bulla.bytes.Bytes;
import dev.bulla.error.ConfigurationException;
import dev.bulla.error.MalformedInputException;
import dev.bulla.error.Quoted;
import dev.bulla.json.GoFields;
import dev.bulla.json.GoJson;
import dev.bulla.json.JsonObject;
import dev.bulla.json.JsonParser;
import dev.bulla.limits.LimitedInput;
import dev.bulla.limits.Limits;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A program {@code docker-credential-NAME} that knows credentials. It gets the server's name on its
 * standard input and an environment without our secrets, and has limited time.
 *
 * <p>Source: docker/docker-credential-helpers, "Development".
 */
final class CredentialHelper {

  private static final String NOT_FOUND = "credentials not found";

  /** What any helper may need to find its files, its display and the network. */
  private static final List<String> COMMON =
      List.of(
          "PATH",
          "HOME",
          "USER",
          "LOGNAME",
          "LANG",
          "LANGUAGE",
          "LC_ALL",
          "LC_CTYPE",
          "TZ",
          "TMPDIR",
          "TERM",
          "DISPLAY",
          "WAYLAND_DISPLAY",
          "XAUTHORITY",
          "DBUS_SESSION_BUS_ADDRESS",
          "XDG_RUNTIME_DIR",
          "XDG_CONFIG_HOME",
          "XDG_DATA_HOME",
          "XDG_CACHE_HOME",
          "XDG_SESSION_TYPE",
          "DOCKER_CONFIG",
          "SSL_CERT_FILE",
          "SSL_CERT_DIR",
          "ALL_PROXY",
          "HTTP_PROXY",
          "HTTPS_PROXY",
          "NO_PROXY",
          "all_proxy",
          "http_proxy",
          "https_proxy",
          "no_proxy",
          "GNUPGHOME",
          "GPG_TTY",
          "GPG_AGENT_INFO",
          "SYSTEMROOT",
          "SystemRoot",
          "WINDIR",
          "APPDATA",
          "LOCALAPPDATA",
          "USERPROFILE",
          "PROGRAMDATA",
          "ProgramData",
          "PROGRAMFILES",
          "ProgramFiles",
          "PATHEXT",
          "TEMP",
          "TMP");

  /** What the helper of one service needs and no other is told. */
  private static final Map<String, List<String>> PER_NAME =
      Map.of(
          "ecr", List.of("AWS_"),
          "gc", List.of("GOOGLE_", "CLOUDSDK_", "GCE_"),
          "acr", List.of("AZURE_", "MSI_", "IDENTITY_"),
          "pass", List.of("PASSWORD_STORE_"));

  private final RegistryEnvironment environment;
  private final String name;
  private final Duration timeout;

  CredentialHelper(RegistryEnvironment environment, String name, Duration timeout) {
    this.environment = environment;
    this.name = name;
    this.timeout = timeout;
  }

  private String program() {
    return "docker-credential-" + name;
  }

  /** What the helper knows about a server; empty when it knows nothing. */
  Optional<Credentials> get(String server) throws ConfigurationException {
    return answer(call("get", Bytes.utf8(server)));
  }

  /** Has the helper keep credentials. */
  void store(String server, Credentials.Basic credentials) throws ConfigurationException {
    JsonObject entry =
        JsonObject.builder()
            .put("ServerURL", server)
            .put("Username", credentials.username())
            .put("Secret", credentials.password())
            .build();
    mustSucceed(call("store", GoJson.write(entry)));
  }

  /** Has the helper forget a server; false when it knew nothing of it. */
  boolean erase(String server) throws ConfigurationException {
    Outcome outcome = call("erase", Bytes.utf8(server));
    if (outcome.status() != 0 && isNotFound(outcome)) {
      return false;
    }
    mustSucceed(outcome);
    return true;
  }

  /** What a helper left behind. */
  private record Outcome(int status, Bytes output) {}

  private Outcome call(String verb, Bytes input) throws ConfigurationException {
    if (!isPlainName(name)) {
      throw new ConfigurationException(
          "not a name of a credential helper: " + Quoted.text(name),
          "credsStore and credHelpers take names without folders, such as \"pass\"");
    }
    Path path =
        find()
            .orElseThrow(() ->
                new ConfigurationException(
                    "credential helper " + program() + " is not on the PATH",
                    "install it, or remove it from docker's config.json"));
    return run(path, verb, input);
  }

  private static boolean isPlainName(String text) {
    if (text.isEmpty() || text.length() > 64 || text.contains("..")) {
      return false;
    }
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean ok =
          (c >= 'a' && c <= 'z')
              || (c >= 'A' && c <= 'Z')
              || (c >= '0' && c <= '9')
              || (i > 0 && (c == '-' || c == '_' || c == '.'));
      if (!ok) {
        return false;
      }
    }
    return true;
  }

  /** Only absolute folders: a program in the current folder may be anybody's. */
  private Optional<Path> find() {
    for (String folder : environment.variable("PATH").orElse("").split(File.pathSeparator, 1024)) {
      for (String extension : new String[] {"", ".exe"}) {
        Path candidate = Path.of(folder.isEmpty() ? "." : folder, program() + extension);
        if (candidate.isAbsolute()
            && Files.isRegularFile(candidate)
            && Files.isExecutable(candidate)) {
          return Optional.of(candidate);
        }
      }
    }
    return Optional.empty();
  }

  private Outcome run(Path path, String verb, Bytes input) throws ConfigurationException {
    ProcessBuilder builder = new ProcessBuilder(path.toString(), verb);
    builder.environment().clear();
    builder.environment().putAll(scrubbed());
    builder.redirectError(ProcessBuilder.Redirect.DISCARD);
    Process process;
    try {
      process = builder.start();
    } catch (IOException e) {
      throw failed("cannot be started: " + e.getMessage(), e);
    }
    try {
      // read on another thread: a helper that keeps its output open must not keep us
      FutureTask<Bytes> output =
          new FutureTask<>(() ->
              LimitedInput.readAll(process.getInputStream(), Limits.MAX_TOKEN_BODY, program()));
      Thread reader = new Thread(output, program());
      reader.setDaemon(true);
      reader.start();
      try (OutputStream in = process.getOutputStream()) {
        input.writeTo(in);
      } catch (IOException e) {
        // a helper may answer without reading; its exit status tells
        reader.setName(program());
      }
      long end = System.nanoTime() + timeout.toNanos();
      Bytes text = output.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
      if (!process.waitFor(end - System.nanoTime(), TimeUnit.NANOSECONDS)) {
        throw tooSlow();
      }
      return new Outcome(process.exitValue(), text);
    } catch (TimeoutException e) {
      throw tooSlow();
    } catch (ExecutionException e) {
      throw failed("cannot be read", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw failed("was interrupted", e);
    } finally {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
  }

  private Map<String, String> scrubbed() {
    Map<String, String> passed = new HashMap<>();
    for (Map.Entry<String, String> variable : environment.variables().entrySet()) {
      if (COMMON.contains(variable.getKey()) || isForThisHelper(variable.getKey())) {
        passed.put(variable.getKey(), variable.getValue());
      }
    }
    return passed;
  }

  private boolean isForThisHelper(String variable) {
    String lower = name.toLowerCase(Locale.ROOT);
    for (Map.Entry<String, List<String>> rule : PER_NAME.entrySet()) {
      if (lower.startsWith(rule.getKey())) {
        for (String prefix : rule.getValue()) {
          if (variable.startsWith(prefix)) {
            return true;
          }
        }
      }
    }
    return false;
  }

  private Optional<Credentials> answer(Outcome outcome) throws ConfigurationException {
    if (outcome.status() != 0 && isNotFound(outcome)) {
      return Optional.empty();
    }
    mustSucceed(outcome);
    try {
      GoFields fields = GoFields.of(JsonParser.parseObject(outcome.output(), program()), program());
      String username = fields.string("Username").orElse("");
      String secret = fields.string("Secret").orElse("");
      return username.isEmpty() && secret.isEmpty()
          ? Optional.empty()
          : Optional.of(CredentialFile.ofUser(username, secret));
    } catch (MalformedInputException e) {
      // never with the output, which holds the secret
      throw failed("gave an answer that cannot be read", e);
    }
  }

  private boolean isNotFound(Outcome outcome) throws ConfigurationException {
    return said(outcome).toLowerCase(Locale.ROOT).contains(NOT_FOUND);
  }

  private void mustSucceed(Outcome outcome) throws ConfigurationException {
    if (outcome.status() != 0) {
      throw failed("says " + Quoted.text(said(outcome)), null);
    }
  }

  private String said(Outcome outcome) throws ConfigurationException {
    try {
      return outcome.output().toUtf8String(program()).strip();
    } catch (MalformedInputException e) {
      throw failed("gave an answer that cannot be read", e);
    }
  }

  private ConfigurationException tooSlow() {
    return new ConfigurationException(
        "credential helper " + program() + " gave no answer in " + timeout.toSeconds() + " s",
        "it may be waiting for input; log in again, or use another credential store");
  }

  private ConfigurationException failed(
      String how, @org.jspecify.annotations.Nullable Throwable cause) {
    return new ConfigurationException("credential helper " + program() + " " + how, cause);
  }
}
