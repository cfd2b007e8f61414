package dev.bulla.cli.command;

import dev.bulla.bytes.Bytes;
import dev.bulla.cli.flags.Flag;
import dev.bulla.cli.flags.ParsedFlags;
import dev.bulla.error.BullaException;
import dev.bulla.error.ConfigurationException;
import dev.bulla.error.MalformedInputException;
import dev.bulla.error.Quoted;
import dev.bulla.limits.Limits;
import dev.bulla.oci.Repository;
import dev.bulla.registry.RegistryClient;
import dev.bulla.registry.auth.AmbientCredentials;
import dev.bulla.registry.auth.CredentialSource;
import dev.bulla.registry.auth.Credentials;
import dev.bulla.registry.auth.RegistryEnvironment;
import dev.bulla.registry.auth.StoredCredentials;
import dev.bulla.registry.transport.HttpTransport;
import dev.bulla.registry.transport.Proxies;
import dev.bulla.registry.transport.SocketTransport;
import dev.bulla.registry.transport.TlsOptions;
import java.nio.file.Path;
import java.util.Map;

/** What the flags of {@link RegistryFlags} and the environment say about talking to registries. */
final class RegistryAccess {

  private RegistryAccess() {}

  /** A client that is set up as the line asks. Reads the files that flags name; asks nobody. */
  static RegistryClient.Builder client(ParsedFlags flags, CommandContext context)
      throws BullaException {
    return client(flags, context, transport(flags, context));
  }

  /** As {@link #client(ParsedFlags, CommandContext)}, over what has been set up already. */
  static RegistryClient.Builder client(
      ParsedFlags flags, CommandContext context, HttpTransport transport) throws BullaException {
    Relaxations.note(flags, context, RegistryFlags.MISSING_IS_403);
    RegistryClient.Builder client =
        connection(flags, context, transport).credentials(credentials(flags, context));
    flags.get(RegistryFlags.MISSING_IS_403).forEach(client::missingIs403);
    return client;
  }

  /** A client for commands that have {@link RegistryFlags#CONNECTION} only: it knows nobody. */
  static RegistryClient.Builder connection(ParsedFlags flags, CommandContext context)
      throws BullaException {
    return connection(flags, context, transport(flags, context));
  }

  /** What carries requests to the network. */
  static HttpTransport transport(ParsedFlags flags, CommandContext context) throws BullaException {
    return SocketTransport.create(tls(flags, context), Proxies.of(context.environment().asMap()));
  }

  private static RegistryClient.Builder connection(
      ParsedFlags flags, CommandContext context, HttpTransport transport) throws BullaException {
    Relaxations.note(
        flags,
        context,
        RegistryFlags.ALLOW_HTTP,
        RegistryFlags.ALLOW_INSECURE,
        RegistryFlags.ALLOW_REALM);
    RegistryClient.Builder client =
        RegistryClient.builder(transport)
            .userAgent("bulla/" + Build.ofThisProgram().version())
            .insecureAllowHttp(flags.get(RegistryFlags.ALLOW_HTTP));
    flags.get(RegistryFlags.ALLOW_REALM).forEach(client::allowRealm);
    if (context.verbose()) {
      client.wireLog(lines -> lines.forEach(context.err()::println));
    }
    return client;
  }

  private static TlsOptions tls(ParsedFlags flags, CommandContext context) throws BullaException {
    TlsOptions.Builder tls = TlsOptions.builder().environment(context.environment().asMap());
    String roots = flags.get(RegistryFlags.CA_CERTIFICATE);
    if (!roots.isEmpty()) {
      tls.trustOnly(file(context, RegistryFlags.CA_CERTIFICATE, roots), roots);
    }
    String certificate = flags.get(RegistryFlags.CLIENT_CERTIFICATE);
    String key = flags.get(RegistryFlags.CLIENT_KEY);
    if (!certificate.isEmpty() && !key.isEmpty()) {
      tls.clientIdentity(
          file(context, RegistryFlags.CLIENT_CERTIFICATE, certificate),
          certificate,
          file(context, RegistryFlags.CLIENT_KEY, key),
          key);
    } else if (certificate.isEmpty() != key.isEmpty()) {
      throw new ConfigurationException(
          "--registry-client-cert and --registry-client-key belong together");
    }
    String serverName = flags.get(RegistryFlags.SERVER_NAME);
    if (!serverName.isEmpty()) {
      tls.serverName(serverName);
    }
    if (flags.get(RegistryFlags.ALLOW_INSECURE)) {
      tls.insecureAnyCertificate();
    }
    return tls.build();
  }

  private static Bytes file(CommandContext context, Flag<String> flag, String name)
      throws BullaException {
    try {
      return context.files().read(name, Limits.MAX_KEY_FILE);
    } catch (BullaException e) {
      throw e.in("--" + flag.name());
    }
  }

  /** Who to be: what the line says, else what is stored, else what the machine is. */
  static CredentialSource credentials(ParsedFlags flags, CommandContext context) {
    RegistryEnvironment environment = environment(context);
    if (flags.get(RegistryFlags.K8S_KEYCHAIN)) {
      return AmbientCredentials.in(environment, context.installed());
    }
    String username = flags.get(RegistryFlags.USERNAME);
    String password = flags.get(RegistryFlags.PASSWORD);
    if (!username.isEmpty() && !password.isEmpty()) {
      return CredentialSource.always(
          new Credentials.Basic(username, password), "--registry-username");
    }
    if (username.isEmpty() != password.isEmpty()) {
      context.warn(
          username.isEmpty()
              ? "--registry-password has no effect without --registry-username"
              : "--registry-username has no effect without --registry-password");
    }
    String token = flags.get(RegistryFlags.TOKEN);
    if (!token.isEmpty()) {
      return CredentialSource.always(new Credentials.RegistryToken(token), "--registry-token");
    }
    return StoredCredentials.in(environment);
  }

  /**
   * Any repository of a registry that is named by itself.
   *
   * @throws MalformedInputException when the text is no host, with a port if there is one
   */
  static Repository anyRepositoryOf(String server) throws MalformedInputException {
    if (server.indexOf('/') < 0) {
      try {
        Repository repository = Repository.parse(server + "/any/repository");
        if (repository.path().equals("any/repository")) {
          return repository;
        }
      } catch (MalformedInputException e) {
        throw new MalformedInputException("registry", notARegistry(server), e);
      }
    }
    throw new MalformedInputException("registry", notARegistry(server));
  }

  private static String notARegistry(String server) {
    return "not a host such as registry.example.com or localhost:5000: " + Quoted.text(server);
  }

  static RegistryEnvironment environment(CommandContext context) {
    Map<String, String> variables = context.environment().asMap();
    return new RegistryEnvironment(variables, Path.of(variables.getOrDefault("HOME", "/")));
  }
}
