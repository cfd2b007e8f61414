package dev.bulla.kms.azure;

import dev.bulla.bytes.Bytes;
import dev.bulla.error.KeyException.Problem;
import dev.bulla.error.MalformedInputException;
import dev.bulla.json.JsonObject;
import dev.bulla.json.JsonParser;
import dev.bulla.keys.kms.KmsContext;
import dev.bulla.keys.kms.ProgramCall;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;

/** The user who logged in with a program of Azure's, which is asked for a token. */
final class LoggedIn implements TokenSource {

  /** The Azure CLI takes seconds to start. */
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private static final int MAX_ANSWER = 1 << 18;

  private final KmsContext context;
  private final String program;
  private final String member;
  private final Function<TokenRequest, List<String>> arguments;

  private LoggedIn(
      KmsContext context,
      String program,
      String member,
      Function<TokenRequest, List<String>> arguments) {
    this.context = context;
    this.program = program;
    this.member = member;
    this.arguments = arguments;
  }

  /** {@code az account get-access-token}. */
  static LoggedIn azureCli(KmsContext context) {
    return new LoggedIn(
        context,
        "az",
        "accessToken",
        request -> {
          List<String> line =
              new ArrayList<>(
                  List.of(
                      "account",
                      "get-access-token",
                      "--output",
                      "json",
                      "--resource",
                      request.resource()));
          request.tenant().ifPresent(tenant -> line.addAll(List.of("--tenant", tenant)));
          return line;
        });
  }

  /** {@code azd auth token}. */
  static LoggedIn developerCli(KmsContext context) {
    return new LoggedIn(
        context,
        "azd",
        "token",
        request -> {
          List<String> line =
              new ArrayList<>(
                  List.of("auth", "token", "--output", "json", "--scope", request.scope()));
          request.tenant().ifPresent(tenant -> line.addAll(List.of("--tenant-id", tenant)));
          return line;
        });
  }

  @Override
  public Optional<String> token(TokenRequest request) throws TokenException {
    Optional<Path> found = find();
    if (found.isEmpty()) {
      return Optional.empty();
    }
    List<String> line = new ArrayList<>(List.of(found.get().toString()));
    line.addAll(arguments.apply(request));
    ProgramCall.Outcome outcome;
    try {
      outcome =
          ProgramCall.run(
              new ProcessBuilder(line).directory(context.directory().toFile()),
              Bytes.EMPTY,
              MAX_ANSWER,
              PATIENCE,
              text -> context.warnings().accept(program + ": " + text));
    } catch (IOException e) {
      throw failed("it cannot be run");
    } catch (TimeoutException e) {
      throw failed("no answer in time");
    } catch (MalformedInputException e) {
      throw failed("its answer is too long");
    }
    if (outcome.status() != 0) {
      // what it printed was passed on; the next one may be logged in
      return Optional.empty();
    }
    try {
      JsonObject answer = JsonParser.parseObject(outcome.output(), "answer");
      String token = EntraAnswer.text(answer, member);
      if (!token.isEmpty()) {
        return Optional.of(token);
      }
    } catch (MalformedInputException e) {
      // as below: the message could show a part of the token
    }
    throw failed("its answer holds no token");
  }

  /** In the folders of the PATH, never in the current one. */
  private Optional<Path> find() {
    String[] names =
        File.separatorChar == '\\'
            ? new String[] {program + ".cmd", program + ".exe"}
            : new String[] {program};
    for (String folder :
        context.variable("PATH", "Path").orElse("").split(File.pathSeparator, -1)) {
      for (String name : names) {
        if (!folder.isEmpty() && new File(folder).isAbsolute()) {
          Path path = Path.of(folder, name);
          if (Files.isExecutable(path) && Files.isRegularFile(path)) {
            return Optional.of(path);
          }
        }
      }
    }
    return Optional.empty();
  }

  private TokenException failed(String reason) {
    return new TokenException(
        Problem.NOT_AUTHENTICATED, "`" + program + "`: " + reason, AzureTokens.LOG_IN);
  }
}
