package dev.bulla.kms.git;

import dev.bulla.bytes.Bytes;
import dev.bulla.error.KeyException;
import dev.bulla.error.MalformedInputException;
import dev.bulla.json.JsonObject;
import dev.bulla.key.Password;
import dev.bulla.keys.kms.KmsFailures;
import dev.bulla.keys.kms.KmsHttp.Answer;
import dev.bulla.keys.kms.StoredKeys;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Three variables of a project or, where there is no such project, of a group. */
final class GitLabVariables implements StoredKeys {

  private final String reference;
  private final GitHost host;
  private final KmsFailures failures;
  private @Nullable Place place;

  GitLabVariables(String reference, GitHost host, KmsFailures failures) {
    this.reference = reference;
    this.host = host;
    this.failures = failures;
  }

  /** Where the variables are. */
  private enum Kind {
    PROJECT("projects/", "project"),
    GROUP("groups/", "group");

    private final String path;
    private final String word;

    Kind(String path, String word) {
      this.path = path;
      this.word = word;
    }
  }

  private record Place(Kind kind, String path) {}

  private synchronized Place place() throws KeyException {
    if (place == null) {
      for (Kind kind : Kind.values()) {
        String path = kind.path + GitHost.segment(reference);
        Answer answer = host.get(path);
        if (answer.status() != 404) {
          host.success(answer, "read_api");
          place = new Place(kind, path);
          return place;
        }
      }
      throw failures
          .notFound(
              "reference \""
                  + reference
                  + "\" is neither a valid project nor group; GITLAB_HOST names another host")
          .in("could not determine if reference is a group or project");
    }
    return place;
  }

  private String variable(String name) throws KeyException {
    Answer answer = host.get(place().path() + "/variables/" + name);
    if (answer.status() == 404) {
      throw failures.notFound("there is no variable " + name);
    }
    JsonObject variable = host.success(answer, "api, role Maintainer");
    if (!GitHost.text(variable, "key").equals(name)) {
      throw failures.badAnswer("another variable than " + name, null);
    }
    return GitHost.text(variable, "value");
  }

  @Override
  public Bytes privateKey() throws KeyException {
    return Bytes.utf8(variable(GitHost.PRIVATE_KEY));
  }

  @Override
  public Password password() throws KeyException {
    return Password.ofText(variable(GitHost.PASSWORD));
  }

  @Override
  public Bytes publicKey() throws KeyException {
    return Bytes.utf8(variable(GitHost.PUBLIC_KEY));
  }

  /** The password goes first: where a pair is kept already, nothing is changed. */
  @Override
  public void store(Bytes privateKey, Password password, Bytes publicKey, Consumer<String> done)
      throws KeyException {
    String word = place().kind().word;
    create(GitHost.PASSWORD, Bytes.owning(password.copyBytes()));
    done.accept("Password written to \"" + GitHost.PASSWORD + "\" " + word + " variable");
    create(GitHost.PRIVATE_KEY, privateKey);
    done.accept("Private key written to \"" + GitHost.PRIVATE_KEY + "\" " + word + " variable");
    create(GitHost.PUBLIC_KEY, publicKey);
    done.accept("Public key written to \"" + GitHost.PUBLIC_KEY + "\" " + word + " variable");
  }

  private void create(String name, Bytes value) throws KeyException {
    String text;
    try {
      text = value.toUtf8String(name);
    } catch (MalformedInputException e) {
      throw failures.refused("variables hold text, and the password is none", null);
    }
    JsonObject variable =
        JsonObject.builder()
            .put("key", name)
            .put("value", text)
            .put("variable_type", "env_var")
            .put("protected", false)
            .put("masked", false)
            .put("environment_scope", "*")
            .build();
    try {
      host.success(
          host.send("POST", place().path() + "/variables", variable), "api, role Maintainer");
    } catch (KeyException e) {
      throw e.in("could not create \"" + name + "\" variable");
    }
  }

  @Override
  public void close() {
    host.close();
  }
}
