package dev.bulla.sigstore.oidc;

import dev.bulla.error.BullaException;
import dev.bulla.error.ConfigurationException;
import dev.bulla.error.Quoted;
import dev.bulla.sigstore.http.ServiceCaller;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Where the identity token for signing without a key comes from. In this order:
 *
 * <ol>
 *   <li>the token that was given, or the file with it ({@code --identity-token});
 *   <li>the machine's own, from the first ambient provider that is here, in cosign's order: {@code
 *       github-actions}, {@code buildkite-agent}, {@code envvar} (SIGSTORE_ID_TOKEN), {@code
 *       filesystem}, {@code google-workload-identity}, {@code google-impersonate}, {@code spiffe},
 *       and behind them {@code gitlab}, {@code circleci}, {@code bitbucket}, {@code jenkins};
 *   <li>the issuer, in the way that was asked for; in none when nobody is there to sign in.
 * </ol>
 *
 * <p>A provider that is here and fails is an error, not a reason to ask the user. A token is kept
 * until a minute before its end, then the next one is fetched the same way, so that one object
 * serves a long batch. Safe for use by many threads.
 *
 * <pre>{@code
 * IdentityTokenSource tokens =
 *     IdentityTokens.builder(caller, callerWithoutProxy, environment)
 *         .issuer("https://oauth2.sigstore.dev/auth")
 *         .dialog(dialog, stdinIsTerminal)
 *         .build();
 * IdentityToken token = tokens.get();
 * }</pre>
 */
public final class IdentityTokens implements IdentityTokenSource {

  /** The issuer of the public instance. */
  public static final String PUBLIC_ISSUER = "https://oauth2.sigstore.dev/auth";

  /** What issuers know programs for Sigstore by, and what their tokens are for. */
  public static final String CLIENT_ID = "sigstore";

  private static final Duration MARGIN = Duration.ofMinutes(1);
  private static final Duration PATIENCE = Duration.ofMinutes(5);

  private final Builder settings;
  private final Surroundings machine;
  private final AmbientTokens ambient;
  private final Redirect redirect;
  private @Nullable IdentityToken last;

  private IdentityTokens(
      Builder settings, Surroundings machine, AmbientTokens ambient, Redirect redirect) {
    this.settings = settings;
    this.machine = machine;
    this.ambient = ambient;
    this.redirect = redirect;
  }

  /**
   * Settings, to be completed.
   *
   * @param http asks issuers and the services of CI systems
   * @param direct asks without a proxy: for Google's metadata server, which is beside the machine
   * @param environment the variables; those of the process, or others
   */
  public static Builder builder(
      ServiceCaller http, ServiceCaller direct, Map<String, String> environment) {
    return new Builder(http, direct, environment);
  }

  /**
   * A token that is good for a while.
   *
   * @throws BullaException when there is none; in particular a {@link ConfigurationException},
   *     before anything was asked or read, when no token is given, the machine has none, and nobody
   *     is there to sign in
   */
  @Override
  public synchronized IdentityToken get() throws BullaException {
    Instant now = settings.clock.instant();
    IdentityToken token = last;
    if (token == null || token.isExpiredAt(now.plus(MARGIN))) {
      token = fetch();
      token.requireValidAt(settings.clock.instant());
      last = token;
    }
    return token;
  }

  private IdentityToken fetch() throws BullaException {
    if (!settings.token.isEmpty()) {
      return new GivenToken(machine, settings.token).get();
    }
    if (!settings.provider.isEmpty()) {
      return ambient.named(settings.provider, settings.clientId);
    }
    if (settings.ambientToo) {
      Optional<IdentityToken> token = ambient.any(settings.clientId);
      if (token.isPresent()) {
        return token.get();
      }
    }
    return signIn().get();
  }

  private IdentityTokenSource signIn() throws BullaException {
    AuthFlow flow = settings.flow.orElse(AuthFlow.NORMAL);
    boolean nobody = !settings.somebodyIsThere && flow == AuthFlow.NORMAL;
    if (nobody || flow == AuthFlow.TOKEN) {
      throw new ConfigurationException(
          flow == AuthFlow.TOKEN
              ? "no identity token was given, and the flow `token` asks nobody for one"
              : "no identity token, and no terminal at which somebody could sign in",
          MissingTokenAdvice.of(machine, settings.clientId));
    }
    Client client =
        new Client(settings.http, settings.issuer, settings.clientId, secret(), settings.clock);
    if (flow == AuthFlow.DEVICE) {
      return new DeviceFlow(client, settings.dialog, settings.pause);
    }
    if (flow == AuthFlow.CLIENT_CREDENTIALS) {
      return new ClientCredentialsFlow(client, settings.dialog);
    }
    Browser browser =
        settings.browser == null
            ? new SystemBrowser(machine, System.getProperty("os.name", ""))
            : settings.browser;
    return new BrowserFlow(client, settings.dialog, browser, redirect, PATIENCE);
  }

  private Optional<String> secret() throws BullaException {
    if (settings.secretFile.isEmpty()) {
      return Optional.empty();
    }
    String shown = "--oidc-client-secret-file " + Quoted.plain(settings.secretFile);
    try {
      String secret = Surroundings.read(machine.file(settings.secretFile), "client secret");
      if (secret.isEmpty()) {
        throw new ConfigurationException(shown + ": it is empty");
      }
      return Optional.of(secret);
    } catch (IOException e) {
      throw new ConfigurationException(shown + ": it cannot be read", e);
    }
  }

  /** Settings. Every one has a default; those of flags take their text, empty for the default. */
  public static final class Builder {

    private final ServiceCaller http;
    private final ServiceCaller direct;
    private final Map<String, String> environment;
    private String token = "";
    private Optional<AuthFlow> flow = Optional.empty();
    private String issuer = PUBLIC_ISSUER;
    private String clientId = CLIENT_ID;
    private String secretFile = "";
    private String redirectUrl = "";
    private String provider = "";
    private boolean ambientToo = true;
    private LoginDialog dialog = Silence.INSTANCE;
    private boolean somebodyIsThere;
    private @Nullable Browser browser;
    private Path directory = Path.of("");
    private Path root = Path.of("/");
    private InstantSource clock = InstantSource.system();
    private DeviceFlow.Pause pause = Thread::sleep;
    private String googleIam = "https://iamcredentials.googleapis.com";

    private Builder(ServiceCaller http, ServiceCaller direct, Map<String, String> environment) {
      this.http = http;
      this.direct = direct;
      this.environment = Map.copyOf(environment);
    }

    /** {@code --identity-token}: a token, or the path of a file with one. */
    public Builder token(String tokenOrPath) {
      this.token = tokenOrPath;
      return this;
    }

    /** {@code --fulcio-auth-flow}; without it the browser, where somebody is there. */
    public Builder flow(AuthFlow chosen) {
      this.flow = Optional.of(chosen);
      return this;
    }

    /** {@code --oidc-issuer}, or the signing configuration's. */
    public Builder issuer(String url) {
      this.issuer = url.isEmpty() ? PUBLIC_ISSUER : url;
      return this;
    }

    /** {@code --oidc-client-id}; also the audience that ambient providers are asked for. */
    public Builder clientId(String id) {
      this.clientId = id.isEmpty() ? CLIENT_ID : id;
      return this;
    }

    /** {@code --oidc-client-secret-file}. */
    public Builder clientSecretFile(String path) {
      this.secretFile = path;
      return this;
    }

    /** {@code --oidc-redirect-url}: a page of this machine. */
    public Builder redirectUrl(String url) {
      this.redirectUrl = url;
      return this;
    }

    /** {@code --oidc-provider}: this ambient provider and nothing else. */
    public Builder provider(String name) {
      this.provider = name;
      return this;
    }

    /** {@code --oidc-disable-ambient-providers}. */
    public Builder withoutAmbientProviders() {
      this.ambientToo = false;
      return this;
    }

    /**
     * How whoever signs in is spoken to.
     *
     * @param somebody whether somebody is there: usually whether standard input is a terminal
     */
    public Builder dialog(LoginDialog spoken, boolean somebody) {
      this.dialog = spoken;
      this.somebodyIsThere = somebody;
      return this;
    }

    /** Opens pages; without it the desktop's own way does. */
    public Builder browser(Browser opener) {
      this.browser = opener;
      return this;
    }

    /** Where relative paths begin. */
    public Builder directory(Path folder) {
      this.directory = folder;
      return this;
    }

    /** What time it is. */
    public Builder clock(InstantSource source) {
      this.clock = source;
      return this;
    }

    /** Another file system than the machine's. */
    Builder root(Path folder) {
      this.root = folder;
      return this;
    }

    Builder pause(DeviceFlow.Pause waiting) {
      this.pause = waiting;
      return this;
    }

    Builder googleIam(String url) {
      this.googleIam = url;
      return this;
    }

    /**
     * The source. Nothing is asked or read yet. These settings are not to be changed any more.
     *
     * @throws ConfigurationException when settings cannot be, or contradict each other
     */
    public IdentityTokens build() throws ConfigurationException {
      if (!provider.isEmpty() && !ambientToo) {
        throw new ConfigurationException(
            "--oidc-provider names a provider that --oidc-disable-ambient-providers turns off");
      }
      Surroundings machine = new Surroundings(environment, root, directory);
      AmbientTokens ambient = AmbientTokens.of(machine, http, direct, googleIam);
      if (!provider.isEmpty()) {
        ambient.requireKnown(provider);
      }
      return new IdentityTokens(
          this,
          machine,
          ambient,
          redirectUrl.isEmpty() ? Redirect.USUAL : Redirect.parse(redirectUrl));
    }
  }

  /** Speaks to nobody. */
  private enum Silence implements LoginDialog {
    INSTANCE;

    @Override
    public void agree() {
      // nobody is there
    }

    @Override
    public void tell(String lines) {
      // nobody is there
    }

    @Override
    public void announce(String line) {
      // nobody is there
    }

    @Override
    public String ask(String question) throws ConfigurationException {
      throw new ConfigurationException("nobody is there to answer");
    }
  }
}
