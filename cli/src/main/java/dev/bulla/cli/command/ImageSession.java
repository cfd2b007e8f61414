package dev.bulla.cli.command;

import dev.bulla.Bulla;
import dev.bulla.cli.flags.GlobalFlags;
import dev.bulla.cli.flags.ParsedFlags;
import dev.bulla.error.BullaException;
import dev.bulla.error.ConfigurationException;
import dev.bulla.error.MalformedInputException;
import dev.bulla.error.RegistryException;
import dev.bulla.evidence.SignatureObject;
import dev.bulla.layout.LayoutTransport;
import dev.bulla.limits.Limits;
import dev.bulla.oci.DigestReference;
import dev.bulla.oci.Reference;
import dev.bulla.oci.Repository;
import dev.bulla.registry.RegistryClient;
import dev.bulla.store.EvidenceTags;
import dev.bulla.store.StoreOptions;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;

/**
 * What a command needs to work with images: a registry client as the flags and the environment ask
 * for it.
 */
final class ImageSession implements AutoCloseable {

  /** More than any transfer takes; what hangs is noticed by each request. */
  private static final Duration NO_DEADLINE = Duration.ofDays(7);

  private final RegistryClient client;
  private final Bulla bulla;
  private final StoreOptions store;
  private final LocalImages local;

  private ImageSession(RegistryClient client, StoreOptions store, LocalImages local) {
    this.client = client;
    this.local = local;
    this.store = store;
    this.bulla = new Bulla(client, store, InstantSource.system());
  }

  /** For a command that only reads. Reads the registry's flags and files; nobody is asked yet. */
  static ImageSession open(ParsedFlags flags, CommandContext context) throws BullaException {
    return open(flags, context, false, context.timeout());
  }

  /**
   * For a command that also writes: its tokens are asked for with that in mind, which spares a
   * request.
   */
  static ImageSession openForWriting(ParsedFlags flags, CommandContext context)
      throws BullaException {
    return open(flags, context, true, context.timeout());
  }

  /**
   * For a command that moves content: it takes as long as it takes, unless the line says how long
   * it may.
   *
   * @param writes whether to a registry
   */
  static ImageSession openForTransfer(ParsedFlags flags, CommandContext context, boolean writes)
      throws BullaException {
    return open(
        flags, context, writes, flags.isSet(GlobalFlags.TIMEOUT) ? context.timeout() : NO_DEADLINE);
  }

  private static ImageSession open(
      ParsedFlags flags, CommandContext context, boolean writes, Duration deadline)
      throws BullaException {
    StoreOptions store = storeOptions(flags, context);
    LayoutTransport layouts = LayoutTransport.over(RegistryAccess.transport(flags, context));
    RegistryClient.Builder client =
        RegistryAccess.client(flags, context, layouts).expectWrites(writes);
    boolean transfer = deadline.equals(NO_DEADLINE);
    if (!transfer && !LocalImages.areMeant(flags)) {
      // folders are not remembered: they change, and are as near as the cache
      CacheLocation.open(context.environment()).ifPresent(client::cache);
    }
    RegistryClient built = client.timeout(deadline).build();
    return new ImageSession(
        transfer ? built : built.within(deadline),
        store,
        new LocalImages(layouts, context.files()));
  }

  /** The image that a word on the command line means: in a registry, or in a folder. */
  Reference image(String typed) throws BullaException {
    return LocalImages.isLocal(typed) ? local.named(typed) : Reference.parse(typed);
  }

  /** Images in folders. */
  LocalImages local() {
    return local;
  }

  /** Only {@code verify} has an exit code of its own for what is not there. */
  static BullaException absentIsPlain(RegistryException e) {
    return e.kind() == RegistryException.Kind.NOT_FOUND
        ? new ConfigurationException(e.message(), e)
        : e;
  }

  /** As {@link #absentIsPlain}, in the words of commands that read what is kept beside an image. */
  static BullaException absentEntity(RegistryException e) {
    return e.kind() == RegistryException.Kind.NOT_FOUND
        ? new ConfigurationException("entity not found in registry, error: " + e.message(), e)
        : e;
  }

  Bulla bulla() {
    return bulla;
  }

  /** With the whole time limit for what is done through it: for one of many images. */
  Bulla bullaForOne(CommandContext context) {
    return new Bulla(client.within(context.timeout()), store, InstantSource.system());
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

  @Override
  public void close() {
    client.close();
  }
}
