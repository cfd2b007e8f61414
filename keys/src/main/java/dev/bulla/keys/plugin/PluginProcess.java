package dev.bulla.keys.plugin;

import dev.bulla.bytes.Bytes;
import dev.bulla.error.KeyException;
import dev.bulla.error.KeyException.Problem;
import dev.bulla.error.MalformedInputException;
import dev.bulla.error.Quoted;
import dev.bulla.json.JsonObject;
import dev.bulla.json.JsonParser;
import dev.bulla.json.JsonString;
import dev.bulla.keys.kms.KmsContext;
import dev.bulla.keys.kms.ProgramCall;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Runs a plugin program, once for each question. */
final class PluginProcess {

  /** Of an answer; the largest that makes sense is a signature or a public key. */
  private static final int MAX_ANSWER = 1 << 20;

  /** Of one argument, below what Linux takes. */
  private static final int MAX_REQUEST = 96 << 10;

  /** Above this, an exit status on Unix says which signal ended the program. */
  private static final int SIGNALLED = 128;

  private final String scheme;
  private final Path program;
  private final KmsContext context;
  private final Duration patience;

  PluginProcess(String scheme, Path program, KmsContext context, Duration patience) {
    this.scheme = scheme;
    this.program = program;
    this.context = context;
    this.patience = patience;
  }

  /** For how long an answer is waited for. */
  Duration patience() {
    return patience;
  }

  /**
   * Asks one question.
   *
   * @param request the JSON document
   * @param message for the program's standard input
   * @return the answer, in which no error is reported
   */
  JsonObject ask(Bytes request, Bytes message) throws KeyException {
    String argument;
    try {
      argument = request.toUtf8String("request");
    } catch (MalformedInputException e) {
      throw failed("the reference is not text", e);
    }
    if (request.size() > MAX_REQUEST) {
      throw failed("the reference is too long", null);
    }
    String name = PluginPrograms.programName(scheme);
    ProgramCall.Outcome outcome;
    try {
      outcome =
          ProgramCall.run(
              new ProcessBuilder(program.toString(), PluginRequests.PROTOCOL, argument)
                  .directory(context.directory().toFile()),
              message,
              MAX_ANSWER,
              patience,
              line -> context.warnings().accept(name + ": " + line));
    } catch (IOException e) {
      // not its own message, which shows the program's arguments
      throw failed("it cannot be run", null);
    } catch (TimeoutException e) {
      throw problem(
          Problem.UNREACHABLE,
          "error executing plugin program: no answer within " + patience.toSeconds() + " s",
          "--timeout gives it longer",
          e);
    } catch (MalformedInputException e) {
      throw unusable(e.message(), e);
    }
    return answer(outcome.output(), outcome.status());
  }

  /** An exit status is not heeded, as cosign does not, unless there is nothing else. */
  private JsonObject answer(Bytes output, int status) throws KeyException {
    if (output.isEmpty() && status > SIGNALLED) {
      throw failed("ended by signal " + (status - SIGNALLED), null);
    }
    if (output.isEmpty()) {
      throw unusable("nothing was printed, exit status " + status, null);
    }
    JsonObject answer;
    try {
      answer = JsonParser.parseObject(output, "response");
    } catch (MalformedInputException e) {
      throw unusable(e.message(), e);
    }
    if (answer.get("errorMessage").orElse(JsonObject.EMPTY) instanceof JsonString error
        && !error.value().isEmpty()) {
      throw problem(
          Problem.OTHER, "plugin returned error: " + Quoted.plain(error.value()), null, null);
    }
    return answer;
  }

  KeyException unusable(String reason, @Nullable Throwable cause) {
    return problem(
        Problem.BAD_ANSWER, "parsing plugin response: " + Quoted.plain(reason), null, cause);
  }

  private KeyException failed(String reason, @Nullable Throwable cause) {
    return problem(Problem.OTHER, "error executing plugin program: " + reason, null, cause);
  }

  private KeyException problem(
      Problem problem, String message, @Nullable String hint, @Nullable Throwable cause) {
    String asked = "the key plugin " + PluginPrograms.programName(scheme) + " was asked";
    return KeyException.of(problem, message, hint == null ? asked : asked + "; " + hint, cause);
  }
}
