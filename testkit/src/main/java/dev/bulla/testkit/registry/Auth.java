package dev.bulla.testkit.registry;

import java.time.Duration;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * Who may do what, and how they have to say who they are. Immutable. {@link Object#toString()}
 * shows no secret.
 */
public sealed interface Auth {

  /** Everybody may do everything. */
  static None none() {
    return new None();
  }

  /** User names and passwords with every request (RFC 7617). */
  static Basic basic() {
    return new Basic(Users.NONE, "bulla");
  }

  /**
   * Tokens from a token endpoint of this same server at {@code /token}. Source: the Docker registry
   * token protocol.
   */
  static Bearer bearer() {
    return new Bearer(Users.NONE, "", "bulla", false, Duration.ofMinutes(5), TokenAnswer.BOTH);
  }

  /** No credentials are asked for. */
  record None() implements Auth {}

  /** As {@link Auth#basic()}. */
  final class Basic implements Auth {

    final Users users;
    final String realm;

    private Basic(Users users, String realm) {
      this.users = users;
      this.realm = realm;
    }

    /** A user who may do everything. */
    public Basic user(String name, String password) {
      return user(name, password, EnumSet.allOf(Action.class));
    }

    /** A user who may do the given things on every repository. */
    public Basic user(String name, String password, Set<Action> actions) {
      return new Basic(users.with(name, password, actions), realm);
    }

    /** The realm named in the challenge. */
    public Basic realm(String text) {
      return new Basic(users, text);
    }

    @Override
    public String toString() {
      return "Auth.basic" + users;
    }
  }

  /** As {@link Auth#bearer()}. */
  final class Bearer implements Auth {

    final Users users;
    final String realm;
    final String service;
    final boolean anonymousPull;
    final Duration lifetime;
    final TokenAnswer answer;

    private Bearer(
        Users users,
        String realm,
        String service,
        boolean anonymousPull,
        Duration lifetime,
        TokenAnswer answer) {
      this.users = users;
      this.realm = realm;
      this.service = service;
      this.anonymousPull = anonymousPull;
      this.lifetime = lifetime;
      this.answer = answer;
    }

    /** A user who may do everything. */
    public Bearer user(String name, String password) {
      return user(name, password, EnumSet.allOf(Action.class));
    }

    /** A user who may do the given things on every repository. */
    public Bearer user(String name, String password, Set<Action> actions) {
      return new Bearer(
          users.with(name, password, actions), realm, service, anonymousPull, lifetime, answer);
    }

    /** A refresh token (identity token) that stands for a user named before. */
    public Bearer identityToken(String user, String token) {
      return new Bearer(
          users.withIdentityToken(user, token), realm, service, anonymousPull, lifetime, answer);
    }

    /** Whoever brings no credentials gets tokens to pull. */
    public Bearer anonymousPull() {
      return new Bearer(users, realm, service, true, lifetime, answer);
    }

    /** The realm named in the challenge instead of the real token endpoint. */
    public Bearer realm(String url) {
      return new Bearer(users, url, service, anonymousPull, lifetime, answer);
    }

    /** The service named in the challenge. */
    public Bearer service(String name) {
      return new Bearer(users, realm, name, anonymousPull, lifetime, answer);
    }

    /** How long a token is good for. */
    public Bearer lifetime(Duration time) {
      return new Bearer(users, realm, service, anonymousPull, time, answer);
    }

    /** In which members a token is given. */
    public Bearer answer(TokenAnswer members) {
      return new Bearer(users, realm, service, anonymousPull, lifetime, members);
    }

    @Override
    public String toString() {
      return "Auth.bearer" + users;
    }
  }

  /** The members of a token answer that carry the token; real services differ. */
  enum TokenAnswer {
    BOTH,
    TOKEN,
    ACCESS_TOKEN
  }

  /** Users by name. */
  final class Users {

    static final Users NONE = new Users(Map.of(), Map.of());

    private final Map<String, User> byName;
    private final Map<String, String> identityTokens;

    /** One user. Never printed. */
    static final class User {
      final String name;
      final String password;
      final Set<Action> actions;

      User(String name, String password, Set<Action> actions) {
        this.name = name;
        this.password = password;
        this.actions = Set.copyOf(actions);
      }
    }

    private Users(Map<String, User> byName, Map<String, String> identityTokens) {
      this.byName = Map.copyOf(byName);
      this.identityTokens = Map.copyOf(identityTokens);
    }

    Users with(String name, String password, Set<Action> actions) {
      Map<String, User> more = new LinkedHashMap<>(byName);
      more.put(name, new User(name, password, actions));
      return new Users(more, identityTokens);
    }

    Users withIdentityToken(String user, String token) {
      if (!byName.containsKey(user)) {
        throw new IllegalArgumentException("no user " + user);
      }
      Map<String, String> more = new LinkedHashMap<>(identityTokens);
      more.put(token, user);
      return new Users(byName, more);
    }

    Map<String, User> byName() {
      return byName;
    }

    /** User names by token. */
    Map<String, String> identityTokens() {
      return identityTokens;
    }

    @Override
    public String toString() {
      return byName.keySet().toString();
    }
  }
}
