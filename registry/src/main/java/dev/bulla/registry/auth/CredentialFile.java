package dev.bulla.registry.auth;

import dev.bulla.bytes.Base64Text;
import dev.bulla.bytes.Bytes;
import dev.bulla.error.ConfigurationException;
import dev.bulla.error.MalformedInputException;
import dev.bulla.error.Quoted;
import dev.bulla.json.GoFields;
import dev.bulla.json.JsonObject;
import dev.bulla.json.JsonParser;
import dev.bulla.limits.LimitedInput;
import dev.bulla.limits.Limits;
import dev.bulla.oci.Repository;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * One file of credentials: docker's {@code config.json} or podman's {@code auth.json}, which share
 * a format.
 *
 * @param path where it was read
 * @param entries in the file's order
 * @param helpers by server, in the file's order
 * @param store the helper for every server that has none of its own
 */
record CredentialFile(
    Path path, List<Entry> entries, List<Helper> helpers, Optional<String> store) {

  /** The credentials of one server. */
  record Entry(ServerKey key, Credentials credentials) {}

  /** The helper of one server. */
  record Helper(ServerKey key, String name) {}

  /** Reads a file; empty when there is none. */
  static Optional<CredentialFile> load(Path path) throws ConfigurationException {
    Bytes content;
    try (InputStream in = Files.newInputStream(path)) {
      content = LimitedInput.readAll(in, Limits.MAX_KEY_FILE, path.toString());
    } catch (NoSuchFileException | NotDirectoryException e) {
      return Optional.empty();
    } catch (AccessDeniedException e) {
      throw new ConfigurationException("cannot read " + path + ": permission denied", e);
    } catch (IOException e) {
      throw new ConfigurationException("cannot read " + path + ": " + e.getMessage(), e);
    } catch (MalformedInputException e) {
      throw new ConfigurationException(e.message(), e);
    }
    try {
      return Optional.of(parse(path, content));
    } catch (MalformedInputException e) {
      throw new ConfigurationException("cannot use the credentials in " + e.message(), e);
    }
  }

  static CredentialFile parse(Path path, Bytes content) throws MalformedInputException {
    return parse(path, JsonParser.parseObject(content, path.toString()));
  }

  static CredentialFile parse(Path path, JsonObject content) throws MalformedInputException {
    return parse(path, content, ServerKey::parse);
  }

  /**
   * @param keys how the names of servers are read
   */
  static CredentialFile parse(Path path, JsonObject content, Function<String, ServerKey> keys)
      throws MalformedInputException {
    String what = path.toString();
    GoFields fields = GoFields.of(content, what);
    List<Entry> entries = new ArrayList<>();
    JsonObject auths = fields.object("auths").orElse(JsonObject.EMPTY);
    for (JsonObject.Member member : auths.members()) {
      if (member.value() instanceof JsonObject entry) {
        String where = what + ": " + Quoted.plain(member.name());
        credentials(GoFields.of(entry, where), where)
            .ifPresent(found -> entries.add(new Entry(keys.apply(member.name()), found)));
      }
    }
    List<Helper> helpers = new ArrayList<>();
    for (Map.Entry<String, String> helper : fields.stringMap("credHelpers").entrySet()) {
      helpers.add(new Helper(keys.apply(helper.getKey()), helper.getValue()));
    }
    return new CredentialFile(
        path,
        List.copyOf(entries),
        List.copyOf(helpers),
        fields.string("credsStore").filter(name -> !name.isEmpty()));
  }

  /** An entry may be empty: it then says that the helper knows. */
  private static Optional<Credentials> credentials(GoFields entry, String where)
      throws MalformedInputException {
    String registryToken = entry.string("registrytoken").orElse("");
    if (!registryToken.isEmpty()) {
      return Optional.of(new Credentials.RegistryToken(registryToken));
    }
    String username = entry.string("username").orElse("");
    String password = entry.string("password").orElse("");
    String auth = entry.string("auth").orElse("");
    if (!auth.isEmpty()) {
      String pair = Base64Text.decodeAnyVariant(auth.strip(), where).toUtf8String(where);
      int colon = pair.indexOf(':');
      if (colon < 0) {
        throw new MalformedInputException(where, "auth holds no user name and password");
      }
      username = pair.substring(0, colon);
      password = withoutTrailingZeros(pair.substring(colon + 1));
    }
    String identityToken = entry.string("identitytoken").orElse("");
    if (!identityToken.isEmpty()) {
      return Optional.of(
          username.isEmpty()
              ? new Credentials.IdentityToken(identityToken)
              : new Credentials.IdentityToken(username, identityToken));
    }
    return username.isEmpty() ? Optional.empty() : Optional.of(ofUser(username, password));
  }

  /** Docker's way to say that the secret is a token. */
  static Credentials ofUser(String username, String secret) {
    return username.equals(Credentials.IdentityToken.NO_NAME)
        ? new Credentials.IdentityToken(secret)
        : new Credentials.Basic(username, secret);
  }

  /** Old versions of docker padded passwords. */
  private static String withoutTrailingZeros(String text) {
    int end = text.length();
    while (end > 0 && text.charAt(end - 1) == 0) {
      end--;
    }
    return text.substring(0, end);
  }

  /** The helper that knows about a repository's server. An empty name says: none but this file. */
  Optional<String> helperFor(Repository repository) {
    for (Helper helper : helpers) {
      if (helper.key().covers(repository)) {
        return Optional.of(helper.name()).filter(name -> !name.isEmpty());
      }
    }
    return store;
  }

  /** The credentials kept under the name that fits best. */
  Optional<Credentials> entryFor(Repository repository) {
    Optional<Entry> best = Optional.empty();
    for (Entry entry : entries) {
      if (entry.key().covers(repository)
          && (best.isEmpty() || entry.key().path().length() > best.get().key().path().length())) {
        best = Optional.of(entry);
      }
    }
    return best.map(Entry::credentials);
  }
}
