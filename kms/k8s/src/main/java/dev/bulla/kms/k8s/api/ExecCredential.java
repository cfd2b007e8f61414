package dev.bulla.kms.k8s.api;

import dev.bulla.bytes.Bytes;
import dev.bulla.error.KeyException;
import dev.bulla.error.KeyException.Problem;
import dev.bulla.error.MalformedInputException;
import dev.bulla.error.Quoted;
import dev.bulla.json.GoJson;
import dev.bulla.json.JsonObject;
import dev.bulla.json.JsonParser;
import dev.bulla.json.JsonString;
import dev.bulla.keys.kms.KmsContext;
import dev.bulla.keys.kms.ProgramCall;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Asks the program that a user of the kubeconfig names for a credential. Source: the page on client
 * authentication of Kubernetes, {@code client.authentication.k8s.io/v1} and {@code v1beta1}.
 */
final class ExecCredential {

  private static final int MAX_ANSWER = 1 << 20;

  private ExecCredential() {}

  static Connection ask(Yaml exec, Connection server, KmsContext context)
      throws MalformedInputException, KeyException {
    String command = exec.text("command").orElse("");
    String version = exec.text("apiVersion").orElse("");
    if (command.isEmpty() || !version.matches("client\\.authentication\\.k8s\\.io/v1(beta1)?")) {
      throw KubeConfig.unusable("exec has no command, or an apiVersion that is not known", null);
    }
    List<String> line = new ArrayList<>();
    // a path is relative to the file that names it; a name is looked for in the PATH
    boolean isPath = command.contains("/");
    line.add(isPath ? exec.folder().resolve(Path.of(command)).toString() : command);
    line.addAll(exec.texts("args"));
    ProcessBuilder program = new ProcessBuilder(line).directory(context.directory().toFile());
    for (Yaml variable : exec.mappings("env")) {
      program
          .environment()
          .put(variable.text("name").orElse(""), variable.text("value").orElse(""));
    }
    program
        .environment()
        .put("KUBERNETES_EXEC_INFO", info(version, exec.isTrue("provideClusterInfo"), server));
    ProgramCall.Outcome outcome;
    try {
      outcome =
          ProgramCall.run(
              program,
              Bytes.EMPTY,
              MAX_ANSWER,
              context.timeout(),
              text -> context.warnings().accept("credential plugin: " + text));
    } catch (IOException e) {
      // not its own message, which shows the program's arguments
      throw failed(command, "it cannot be run", null);
    } catch (TimeoutException e) {
      throw failed(command, "no answer in time", e);
    }
    if (outcome.status() != 0) {
      throw failed(command, "exit status " + outcome.status(), null);
    }
    try {
      return read(JsonParser.parseObject(outcome.output(), "credential"), version, server);
    } catch (MalformedInputException e) {
      // not its message, which may show a part of a credential
      throw failed(command, "its answer is no ExecCredential of " + version, null);
    }
  }

  private static String info(String version, boolean cluster, Connection server)
      throws MalformedInputException {
    JsonObject.Builder spec = JsonObject.builder();
    if (cluster) {
      spec.put("cluster", JsonObject.builder().put("server", server.server().toString()).build());
    }
    return GoJson.write(
            JsonObject.builder()
                .put("kind", "ExecCredential")
                .put("apiVersion", version)
                .put("spec", spec.put("interactive", false).build())
                .build())
        .toUtf8String("exec info");
  }

  private static Connection read(JsonObject answer, String version, Connection server)
      throws MalformedInputException, KeyException {
    JsonObject status =
        answer.get("status").orElse(JsonObject.EMPTY) instanceof JsonObject object
            ? object
            : JsonObject.EMPTY;
    if (!text(answer, "kind").equals("ExecCredential")
        || !text(answer, "apiVersion").equals(version)) {
      throw new MalformedInputException("credential", "another kind");
    }
    String token = text(status, "token");
    String certificate = text(status, "clientCertificateData");
    String key = text(status, "clientKeyData");
    if (certificate.isEmpty() != key.isEmpty() || (token.isEmpty() && key.isEmpty())) {
      throw new MalformedInputException("credential", "no credential");
    }
    return new Connection(
        server.server(),
        server.trust(),
        token.isEmpty() ? Optional.empty() : Optional.of(KubeConfig.bearer(token)),
        key.isEmpty()
            ? Optional.empty()
            : Optional.of(new Connection.Identity(Bytes.utf8(certificate), Bytes.utf8(key))));
  }

  private static String text(JsonObject object, String name) {
    return object.get(name).orElse(JsonObject.EMPTY) instanceof JsonString text ? text.value() : "";
  }

  private static KeyException failed(String command, String reason, @Nullable Throwable cause) {
    return KeyException.of(
        Problem.NOT_AUTHENTICATED,
        "the credential plugin " + Quoted.plain(command) + " of the kubeconfig: " + reason,
        "run it by hand, or log in again",
        cause);
  }
}
