package dev.bulla.cli.command;

import dev.bulla.bytes.Bytes;
import dev.bulla.cli.flags.ParsedFlags;
import dev.bulla.error.BullaException;
import dev.bulla.error.ConfigurationException;
import dev.bulla.error.Quoted;
import dev.bulla.limits.LimitedInput;
import dev.bulla.oci.Repository;
import dev.bulla.registry.AccessReport;
import dev.bulla.registry.AccessReport.Asked;
import dev.bulla.registry.RegistryClient;
import dev.bulla.registry.auth.CredentialSource;
import dev.bulla.registry.auth.CredentialStore;
import dev.bulla.registry.auth.Credentials;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/** Carries out {@code login}. */
final class LoggingIn {

  private static final int MAX_PASSWORD = 64 << 10;

  private final ParsedFlags flags;
  private final CommandContext context;

  LoggingIn(ParsedFlags flags, CommandContext context) {
    this.flags = flags;
    this.context = context;
  }

  void run() throws BullaException {
    String server = flags.arguments().get(0);
    Repository repository = RegistryAccess.anyRepositoryOf(server);
    Credentials.Basic credentials = credentials();
    if (!flags.get(LoginCommand.SKIP_CHECK)) {
      check(repository, credentials);
    }
    CredentialStore store = store(flags, context);
    Optional<String> helper = store.save(repository.registry(), credentials);
    String file = Quoted.plain(store.file().toString());
    if (helper.isEmpty()) {
      context.err().println();
      context.err().println("WARNING! Your credentials are stored unencrypted in '" + file + "'.");
      context.err().println("Configure a credential helper to remove this warning. See");
      context.err().println("https://docs.docker.com/go/credential-store/");
      context.err().println();
    } else {
      context.note("the password is kept by " + helper.get());
    }
    context.err().println("logged in via " + file);
  }

  static CredentialStore store(ParsedFlags flags, CommandContext context)
      throws ConfigurationException {
    String file = flags.get(LoginCommand.AUTH_FILE);
    return file.isEmpty()
        ? CredentialStore.ofDocker(RegistryAccess.environment(context))
        : CredentialStore.in(context.files().resolve(file), RegistryAccess.environment(context));
  }

  private Credentials.Basic credentials() throws BullaException {
    boolean person = context.io().terminal().stdinIsCharacterDevice();
    boolean fromStdin = flags.get(LoginCommand.PASSWORD_STDIN);
    String username = flags.get(LoginCommand.USERNAME);
    if (username.isEmpty() && person && !fromStdin) {
      username = context.prompts().ask("Username: ").strip();
    }
    String password = flags.get(LoginCommand.PASSWORD);
    if (!password.isEmpty()) {
      context.warn("a password on the command line can be seen by others; use --password-stdin");
    } else if (fromStdin) {
      password = passwordFromStdin();
    } else if (person && !username.isEmpty()) {
      password = typed();
    }
    if (username.isEmpty() || password.isEmpty()) {
      throw new ConfigurationException(
          "username and password required", "give -u NAME, and the password by --password-stdin");
    }
    if (username.indexOf(':') >= 0) {
      throw new ConfigurationException("a user name cannot contain a colon (RFC 7617)");
    }
    return new Credentials.Basic(username, password);
  }

  private String passwordFromStdin() throws BullaException {
    Bytes all;
    try {
      all = LimitedInput.readAll(context.stdin(), MAX_PASSWORD, "standard input");
    } catch (IOException e) {
      throw new ConfigurationException("reading the password from standard input failed", e);
    }
    String text = all.toUtf8String("password");
    text = text.endsWith("\n") ? text.substring(0, text.length() - 1) : text;
    return text.endsWith("\r") ? text.substring(0, text.length() - 1) : text;
  }

  private String typed() throws ConfigurationException {
    context.err().print("Password: ");
    try {
      byte[] line = context.io().terminal().readWithoutEcho();
      context.err().println();
      String password = new String(line, StandardCharsets.UTF_8);
      Arrays.fill(line, (byte) 0);
      return password;
    } catch (IOException e) {
      throw new ConfigurationException("reading the password failed: " + e.getMessage(), e);
    }
  }

  /** What a registry does not accept is not stored, and neither is what it was never shown. */
  private void check(Repository repository, Credentials.Basic credentials) throws BullaException {
    AccessReport report;
    try (RegistryClient client =
        RegistryAccess.connection(flags, context)
            .credentials(CredentialSource.always(credentials, "this login"))
            .build()
            .within(context.timeout())) {
      report = client.checkAccess(repository, false);
    }
    if (report.refusal().isPresent()) {
      throw report.refusal().get();
    }
    if (report.asked() == Asked.NOTHING) {
      context.warn(
          repository.registry() + " did not ask for credentials; they are stored unchecked");
    } else if (!report.credentialsShown()) {
      throw new ConfigurationException(
          repository.registry()
              + " names another host, "
              + Quoted.plain(report.tokenService())
              + ", as its token service; the credentials were not sent there, and not stored",
          "if that is right, allow it with --allow-realm " + Quoted.plain(report.tokenService()));
    }
  }
}
