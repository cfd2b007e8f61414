package dev.bulla.cli.command;

import dev.bulla.cli.flags.CommandSpec;
import dev.bulla.cli.flags.ParsedFlags;
import dev.bulla.cli.flags.Positionals;
import dev.bulla.error.BullaException;
import dev.bulla.error.Quoted;
import dev.bulla.oci.Repository;
import dev.bulla.registry.auth.CredentialStore;

/** Forgets what {@code login} keeps. */
final class LogoutCommand implements Command {

  @Override
  public CommandSpec spec() {
    return CommandSpec.of("logout", "Log out of a registry")
        .example("bulla logout registry.example.com")
        .positionals("SERVER", Positionals.exactly(1))
        .flags("Credentials", LoginCommand.AUTH_FILE);
  }

  @Override
  public void run(ParsedFlags flags, CommandContext context) throws BullaException {
    Repository repository = RegistryAccess.anyRepositoryOf(flags.arguments().get(0));
    CredentialStore store = LoggingIn.store(flags, context);
    String file = Quoted.plain(store.file().toString());
    if (store.erase(repository.registry())) {
      context.err().println("logged out via " + file);
    } else {
      context.note("there were no credentials for " + repository.registry() + " in " + file);
    }
  }
}
