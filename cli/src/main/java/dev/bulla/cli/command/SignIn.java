package dev.bulla.cli.command;

import dev.bulla.cli.flags.ParsedFlags;
import dev.bulla.error.BullaException;
import dev.bulla.error.ConfigurationException;
import dev.bulla.sigstore.http.ServiceCaller;
import dev.bulla.sigstore.oidc.AuthFlow;
import dev.bulla.sigstore.oidc.IdentityTokenSource;
import dev.bulla.sigstore.oidc.IdentityTokens;
import dev.bulla.sigstore.oidc.LoginDialog;

/** How whoever signs without a key proves who it is, as the flags of {@link IdentityFlags} say. */
final class SignIn implements LoginDialog {

  private final ParsedFlags flags;
  private final CommandContext context;
  private boolean knowsTheStatement;

  private SignIn(ParsedFlags flags, CommandContext context, boolean knowsTheStatement) {
    this.flags = flags;
    this.context = context;
    this.knowsTheStatement = knowsTheStatement;
  }

  /**
   * A source of tokens; nobody is asked yet.
   *
   * @param issuer its address
   * @param knowsTheStatement whether the privacy statement was shown already
   * @param direct asks without a proxy
   */
  static IdentityTokenSource source(
      ParsedFlags flags,
      CommandContext context,
      String issuer,
      boolean knowsTheStatement,
      ServiceCaller http,
      ServiceCaller direct)
      throws BullaException {
    IdentityTokens.Builder tokens =
        IdentityTokens.builder(http, direct, context.environment().asMap())
            .issuer(issuer)
            .token(flags.get(IdentityFlags.IDENTITY_TOKEN))
            .clientId(flags.get(IdentityFlags.OIDC_CLIENT_ID))
            .clientSecretFile(flags.get(IdentityFlags.OIDC_CLIENT_SECRET_FILE))
            .redirectUrl(flags.get(IdentityFlags.OIDC_REDIRECT_URL))
            .provider(flags.get(IdentityFlags.OIDC_PROVIDER))
            .directory(context.io().workingDirectory())
            // /dev/null is a character device too, and nobody reads there what is printed
            .dialog(
                new SignIn(flags, context, knowsTheStatement),
                context.io().terminal().stdinIsCharacterDevice()
                    && context.io().terminal().stderrIsTerminal());
    if (!flags.get(IdentityFlags.FULCIO_AUTH_FLOW).isEmpty()) {
      tokens.flow(AuthFlow.parse(flags.get(IdentityFlags.FULCIO_AUTH_FLOW)));
    }
    if (flags.get(IdentityFlags.OIDC_DISABLE_AMBIENT)) {
      tokens.withoutAmbientProviders();
    }
    return tokens.build();
  }

  /** As cosign: whoever asks for the browser by name is told, and not asked. */
  @Override
  public void agree() throws ConfigurationException {
    if (knowsTheStatement) {
      return;
    }
    knowsTheStatement = true;
    if (flags.get(IdentityFlags.FULCIO_AUTH_FLOW).isEmpty()) {
      PrivacyStatement.requireConsent(flags, context);
    } else {
      PrivacyStatement.show(context); // who signs in is about to be named in a certificate
    }
  }

  @Override
  public void tell(String lines) {
    context.err().println(lines);
  }

  @Override
  public void announce(String line) {
    context.out().println(line);
  }

  @Override
  public String ask(String question) throws ConfigurationException {
    return context.prompts().ask(question);
  }
}
