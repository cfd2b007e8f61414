package dev.bulla.cli.command;

import dev.bulla.Bulla;
import dev.bulla.bytes.Bytes;
import dev.bulla.cli.flags.Flag;
import dev.bulla.cli.flags.ParsedFlags;
import dev.bulla.error.BullaException;
import dev.bulla.error.MalformedInputException;
import dev.bulla.evidence.SignatureObject;
import dev.bulla.limits.Limits;
import dev.bulla.oci.DigestReference;
import dev.bulla.oci.Repository;
import dev.bulla.registry.RegistryClient;
import dev.bulla.registry.auth.CredentialSource;
import dev.bulla.registry.auth.Credentials;
import dev.bulla.registry.auth.RegistryEnvironment;
import dev.bulla.registry.auth.StoredCredentials;
import dev.bulla.registry.transport.SocketTransport;
import dev.bulla.registry.transport.TlsOptions;
import dev.bulla.store.EvidenceTags;
import dev.bulla.store.StoreOptions;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;

/**
 * What a command needs to work with images: a registry client as the flags and the environment ask
 * for it.
 */
final class ImageSession implements AutoCloseable {

  private final RegistryClient client;
  private final Bulla bulla;

  private ImageSession(RegistryClient client, StoreOptions store) {
    this.client = client;
    this.bulla = new Bulla(client, store, InstantSource.system());
  }

  /** For a command that only reads. Reads the registry's flags and files; nobody is asked yet. */
  static ImageSession open(ParsedFlags flags, CommandContext context) throws BullaException {
    return open(flags, context, false);
  }

  /**
   * For a command that also writes: its tokens are asked for with that in mind, which spares a
   * request.
   */
  static ImageSession openForWriting(ParsedFlags flags, CommandContext context)
      throws BullaException {
    return open(flags, context, true);
  }

  private static ImageSession open(ParsedFlags flags, CommandContext context, boolean writes)
      throws BullaException {
    StoreOptions store = storeOptions(flags, context);
    Relaxations.note(
        flags,
        context,
        RegistryFlags.ALLOW_HTTP,
        RegistryFlags.ALLOW_INSECURE,
        RegistryFlags.ALLOW_REALM,
        RegistryFlags.MISSING_IS_403);
    RegistryClient.Builder client =
        RegistryClient.builder(SocketTransport.create(tls(flags, context)))
            .credentials(credentials(flags, context))
            .userAgent("bulla/" + Build.ofThisProgram().version())
            .insecureAllowHttp(flags.get(RegistryFlags.ALLOW_HTTP))
            .expectWrites(writes);
    flags.get(RegistryFlags.ALLOW_REALM).forEach(client::allowRealm);
    flags.get(RegistryFlags.MISSING_IS_403).forEach(client::missingIs403);
    if (context.verbose()) {
      client.wireLog(lines -> lines.forEach(context.err()::println));
    }
    return new ImageSession(client.build().within(context.timeout()), store);
  }

  Bulla bulla() {
    return bulla;
  }

  RegistryClient client() {
    return client;
  }

  /** Whether an image has referrers and no signature object. */
  boolean hasOnlyReferrers(DigestReference image) throws BullaException {
    Repository repository = bulla.evidence().repositoryFor(image);
    return client.getManifest(repository, EvidenceTags.signatures("", image.digest())).isEmpty()
        && !bulla.evidence().referrers(image).isEmpty();
  }

  private static StoreOptions storeOptions(ParsedFlags flags, CommandContext context)
      throws BullaException {
    Optional<Repository> repository = Optional.empty();
    Optional<String> named = context.environment().value("COSIGN_REPOSITORY");
    if (named.isPresent()) {
      try {
        repository = Optional.of(Repository.parse(named.get()));
      } catch (MalformedInputException e) {
        throw e.in("parsing $COSIGN_REPOSITORY");
      }
    }
    return new StoreOptions(
        repository,
        flags.get(RegistryFlags.ATTACHMENT_TAG_PREFIX),
        context.environment().isTrue("COSIGN_DOCKER_MEDIA_TYPES")
            ? SignatureObject.Flavour.DOCKER
            : SignatureObject.Flavour.OCI,
        context
            .environment()
            .value("COSIGN_MAX_ATTACHMENT_SIZE")
            .map(ImageSession::bytes)
            .orElse(Limits.MAX_ATTACHMENT));
  }

  /**
   * {@code 5120}, {@code 20K}, {@code 45MiB}, {@code 1GB}; anything else means the usual limit, as
   * in cosign.
   */
  static long bytes(String text) {
    int end = 0;
    while (end < text.length() && Character.digit(text.charAt(end), 10) >= 0 && end < 12) {
      end++;
    }
    if (end == 0) {
      return Limits.MAX_ATTACHMENT;
    }
    long number = Long.parseLong(text.substring(0, end));
    long unit =
        switch (text.substring(end).strip()) {
          case "", "B" -> 1L;
          case "K", "KB", "k", "kB" -> 1000L;
          case "M", "MB" -> 1000_000L;
          case "G", "GB" -> 1000_000_000L;
          case "KiB", "Ki" -> 1L << 10;
          case "MiB", "Mi" -> 1L << 20;
          case "GiB", "Gi" -> 1L << 30;
          default -> 0L;
        };
    return unit == 0 || number > Long.MAX_VALUE / unit ? Limits.MAX_ATTACHMENT : number * unit;
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
      throw new dev.bulla.error.ConfigurationException(
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

  private static CredentialSource credentials(ParsedFlags flags, CommandContext context) {
    String username = flags.get(RegistryFlags.USERNAME);
    String password = flags.get(RegistryFlags.PASSWORD);
    if (!username.isEmpty() && !password.isEmpty()) {
      return CredentialSource.always(
          new Credentials.Basic(username, password), "--registry-username");
    }
    String token = flags.get(RegistryFlags.TOKEN);
    if (!token.isEmpty()) {
      return CredentialSource.always(new Credentials.RegistryToken(token), "--registry-token");
    }
    Map<String, String> variables = context.environment().asMap();
    return StoredCredentials.in(
        new RegistryEnvironment(variables, Path.of(variables.getOrDefault("HOME", "/"))));
  }

  @Override
  public void close() {
    client.close();
  }
}
