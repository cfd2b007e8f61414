package dev.bulla.registry;

import dev.bulla.error.ConfigurationException;
import dev.bulla.error.MalformedInputException;
import dev.bulla.error.Quoted;
import dev.bulla.error.RegistryException;
import dev.bulla.error.RegistryException.Kind;
import dev.bulla.oci.Repository;
import dev.bulla.registry.HostState.BasicScheme;
import dev.bulla.registry.HostState.BearerScheme;
import dev.bulla.registry.HostState.Scheme;
import dev.bulla.registry.HostState.Token;
import dev.bulla.registry.auth.Challenge;
import dev.bulla.registry.auth.CredentialAnswer;
import dev.bulla.registry.auth.CredentialSource;
import dev.bulla.registry.auth.Credentials;
import dev.bulla.registry.auth.Scope;
import dev.bulla.registry.auth.Scopes;
import dev.bulla.registry.transport.HttpUrl;
import dev.bulla.registry.transport.Origin;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Finds out what to write into the {@code Authorization} header of requests to the origin that the
 * user chose. Nothing is shown before the registry has asked, and nothing is looked up before that
 * either.
 *
 * <p>Credentials go to a token service only when {@link HostRules#trustsRealm} says so; any other
 * is asked for an anonymous token. Sources: RFC 6750, RFC 7617, and the token and OAuth2
 * specifications of the Docker registry.
 */
final class Authorizer {

  private final TokenRequests tokens;
  private final CredentialSource source;
  private final HostRules rules;
  private final Egress egress;
  private final Pace pace;
  private final boolean expectWrites;

  Authorizer(
      Wire wire,
      CredentialSource source,
      HostRules rules,
      Egress egress,
      Pace pace,
      boolean expectWrites) {
    this.tokens = new TokenRequests(wire, pace);
    this.source = source;
    this.rules = rules;
    this.egress = egress;
    this.pace = pace;
    this.expectWrites = expectWrites;
  }

  /** The header for a request that nothing has been asked for yet; {@code null} for none. */
  @Nullable String beforehand(HostState host, Call call, CallBudget budget)
      throws FailedExchange, RegistryException {
    Scheme scheme = host.scheme();
    if (scheme == null) {
      return null;
    }
    return authorization(host, scheme, call, call.scope(), null, budget);
  }

  /**
   * The header to repeat a refused request with; {@code null} when there is nothing to try.
   *
   * @param used what the refused request had
   */
  @Nullable String afterRefusal(
      HostState host,
      Origin origin,
      Call call,
      Answer refusal,
      @Nullable String used,
      CallBudget budget)
      throws FailedExchange, RegistryException {
    Optional<Challenge> challenge = challenge(refusal);
    if (challenge.isEmpty()) {
      return null;
    }
    Scopes scopes = call.scope();
    Scheme scheme;
    if (challenge.get().scheme().equals("bearer")) {
      scheme = bearer(origin, refusal, challenge.get(), budget);
      // what the registry asks for comes first: some token services look at the first scope only
      scopes = Scopes.parse(challenge.get().parameter("scope").orElse("")).union(scopes);
    } else {
      scheme = new BasicScheme();
    }
    host.setScheme(scheme);
    String header = authorization(host, scheme, call, scopes, used, budget);
    return header == null || header.equals(used) ? null : header;
  }

  /** The strongest kind we can answer. */
  private static Optional<Challenge> challenge(Answer refusal) throws RegistryException {
    List<Challenge> challenges;
    try {
      challenges = Challenge.parse(refusal.headers().all("WWW-Authenticate"));
    } catch (MalformedInputException e) {
      throw RegistryErrors.bad(refusal, e);
    }
    Optional<Challenge> basic = Optional.empty();
    for (Challenge challenge : challenges) {
      if (challenge.scheme().equals("bearer") && challenge.parameter("realm").isPresent()) {
        return Optional.of(challenge);
      }
      if (challenge.scheme().equals("basic") && basic.isEmpty()) {
        basic = Optional.of(challenge);
      }
    }
    return basic;
  }

  private BearerScheme bearer(Origin origin, Answer refusal, Challenge challenge, CallBudget budget)
      throws RegistryException {
    String realm = challenge.parameter("realm").orElseThrow();
    HttpUrl url =
        egress.follow(origin, refusal.method(), refusal.url(), realm, "the token realm", budget);
    return new BearerScheme(url, challenge.parameter("service").orElse(""));
  }

  private @Nullable String authorization(
      HostState host,
      Scheme scheme,
      Call call,
      Scopes scopes,
      @Nullable String used,
      CallBudget budget)
      throws FailedExchange, RegistryException {
    CredentialAnswer known = credentials(host, call, used != null);
    if (known.credentials() instanceof Credentials.RegistryToken token) {
      return bearerHeader(token.token(), call);
    }
    if (scheme instanceof BearerScheme bearer) {
      return bearerHeader(token(host, bearer, call, scopes, used, budget), call);
    }
    return known.credentials() instanceof Credentials.Basic basic ? basic.headerValue() : null;
  }

  private static String bearerHeader(String token, Call call) throws RegistryException {
    for (int i = 0; i < token.length(); i++) {
      if (token.charAt(i) <= 0x20 || token.charAt(i) >= 0x7f) {
        throw new RegistryException(
            Kind.UNAUTHORIZED,
            "the token for " + call.repository() + " holds a character that no token has");
      }
    }
    return "Bearer " + token;
  }

  private CredentialAnswer credentials(HostState host, Call call, boolean wereRefused)
      throws RegistryException {
    String path = call.repository().path();
    CredentialAnswer known = wereRefused ? null : host.credentials.get(path);
    if (known == null) {
      known = lookUp(call.repository());
      if (host.credentials.size() >= MAX_REMEMBERED) {
        host.credentials.clear();
      }
      host.credentials.put(path, known);
    }
    return known;
  }

  private static final int MAX_REMEMBERED = 10_000;

  private CredentialAnswer lookUp(Repository repository) throws RegistryException {
    try {
      return source.find(repository);
    } catch (ConfigurationException e) {
      throw new RegistryException(
          Kind.UNAUTHORIZED,
          repository.registry() + " asks for credentials: " + e.message(),
          0,
          List.of(),
          e.hint().orElse(null),
          e);
    }
  }

  private String token(
      HostState host,
      BearerScheme scheme,
      Call call,
      Scopes scopes,
      @Nullable String used,
      CallBudget budget)
      throws FailedExchange, RegistryException {
    String resource = call.scope().resource();
    ReentrantLock lock = host.locks.get(resource);
    if (lock == null) {
      if (host.locks.size() >= MAX_REMEMBERED) {
        host.locks.clear();
      }
      lock = new ReentrantLock();
      ReentrantLock other = host.locks.putIfAbsent(resource, lock);
      lock = other == null ? lock : other;
    }
    lock.lock();
    try {
      Token kept = host.tokens.get(resource);
      if (kept != null
          && kept.scheme().equals(scheme)
          && kept.scopes().covers(scopes)
          && pace.nanoTime() < kept.goodUntil()
          && !("Bearer " + kept.value()).equals(used)) {
        return kept.value();
      }
      Token fresh = fetch(host, scheme, call, wanted(call, scopes, kept), budget);
      if (host.tokens.size() >= MAX_REMEMBERED) {
        host.tokens.clear();
      }
      host.tokens.put(resource, fresh);
      share(host, call, fresh);
      return fresh.value();
    } finally {
      lock.unlock();
    }
  }

  /** A token for several repositories serves each of them, where they have the same credentials. */
  private void share(HostState host, Call call, Token token) throws RegistryException {
    CredentialAnswer known = credentials(host, call, false);
    for (Scope scope : call.scope().list()) {
      Optional<String> path = scope.repositoryPath();
      if (path.isPresent() && !scope.resource().equals(call.scope().resource())) {
        Token other = host.tokens.get(scope.resource());
        Repository repository = new Repository(call.repository().registry(), path.get());
        if ((other == null || token.scopes().covers(other.scopes()))
            && lookUp(repository).credentials().equals(known.credentials())) {
          host.tokens.put(scope.resource(), token);
        }
      }
    }
  }

  /** Everything that the token may be needed for, so that one serves reading and writing. */
  private Scopes wanted(Call call, Scopes scopes, @Nullable Token kept) {
    Scopes wanted = scopes;
    if (kept != null) {
      wanted = wanted.union(kept.scopes());
    }
    return expectWrites ? wanted.union(Scopes.of(Scope.push(call.repository().path()))) : wanted;
  }

  private Token fetch(
      HostState host, BearerScheme scheme, Call call, Scopes scopes, CallBudget budget)
      throws FailedExchange, RegistryException {
    CredentialAnswer known = credentials(host, call, false);
    Origin registry = host.origin();
    boolean trusted = registry != null && rules.trustsRealm(registry, scheme.realm().origin());
    Credentials shown = trusted ? known.credentials() : Credentials.ANONYMOUS;
    Answer answer = tokens.ask(scheme, scopes, shown, call, budget);
    Scopes bare = call.scope();
    if ((answer.status() == 401 || answer.status() == 403)
        && expectWrites
        && !bare.covers(scopes)) {
      // who may only read is refused everything by some services, instead of being given less
      scopes = bare;
      answer = tokens.ask(scheme, scopes, shown, call, budget);
    }
    if (answer.status() != 200) {
      if (RegistryCaller.isPassing(answer.status())) {
        throw new FailedExchange(answer);
      }
      throw RegistryErrors.ofService(
          answer.status() == 401 || answer.status() == 403
              ? answer.withHint(hint(host, call.repository()))
              : answer);
    }
    return tokens.read(answer, scheme, scopes);
  }

  /** Whether what is known for a repository is shown to its registry or its token service. */
  boolean shows(HostState host, Repository repository) {
    CredentialAnswer known = host.credentials.get(repository.path());
    Origin origin = host.origin();
    if (known == null || known.isAnonymous() || origin == null) {
      return false;
    }
    if (known.credentials() instanceof Credentials.RegistryToken) {
      return true;
    }
    if (host.scheme() instanceof BearerScheme bearer) {
      return rules.trustsRealm(origin, bearer.realm().origin());
    }
    return known.credentials() instanceof Credentials.Basic;
  }

  /** What to do about a refusal. */
  String hint(HostState host, Repository repository) {
    CredentialAnswer known = host.credentials.get(repository.path());
    if (known == null || known.isAnonymous()) {
      return "no credentials were found for "
          + repository.registry()
          + (known == null || known.equals(CredentialAnswer.NONE) ? "" : ": " + known.source())
          + "; log in with bulla login, docker or podman, or give --registry-username and"
          + " --registry-password";
    }
    Origin origin = host.origin();
    if (host.scheme() instanceof BearerScheme bearer
        && origin != null
        && !rules.trustsRealm(origin, bearer.realm().origin())
        && !(known.credentials() instanceof Credentials.RegistryToken)) {
      String realm = Quoted.plain(bearer.realm().origin().authority());
      return "the credentials from "
          + known.source()
          + " were not sent: "
          + repository.registry()
          + " names "
          + realm
          + " as its token service; if that is right, allow it with --allow-realm "
          + realm;
    }
    if (known.credentials() instanceof Credentials.IdentityToken
        && host.scheme() instanceof BasicScheme) {
      return "the identity token from "
          + known.source()
          + " was not sent: "
          + repository.registry()
          + " asks for a name and a password, and has no token service";
    }
    return "the credentials from " + known.source() + " were not accepted, or do not suffice";
  }
}
