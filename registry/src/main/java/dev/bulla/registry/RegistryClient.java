package dev.bulla.registry;

import dev.bulla.bytes.Bytes;
import dev.bulla.digest.Digest;
import dev.bulla.error.BullaException;
import dev.bulla.error.RegistryException;
import dev.bulla.limits.Limits;
import dev.bulla.oci.Descriptor;
import dev.bulla.oci.MediaType;
import dev.bulla.oci.Reference;
import dev.bulla.oci.Repository;
import dev.bulla.registry.auth.CredentialSource;
import dev.bulla.registry.cache.DiskCache;
import dev.bulla.registry.cache.KeptTag;
import dev.bulla.registry.transport.Headers;
import dev.bulla.registry.transport.HttpTransport;
import java.io.OutputStream;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A client of OCI registries (distribution-spec 1.1). Immutable and safe for use by many threads at
 * once; what it learns about hosts (TLS or not, tokens) it keeps until it is closed.
 *
 * <p>"Absent" is said only when the registry said so. Whatever else goes wrong is a {@link
 * RegistryException}, whose {@linkplain RegistryException#kind() kind} is never {@code NOT_FOUND}
 * unless the same holds.
 *
 * <p>Every method has the deadline of {@link Builder#timeout}; a client from {@link #within} has
 * one deadline for all its calls together.
 */
public final class RegistryClient implements AutoCloseable {

  private final RegistryCaller caller;
  private final HttpTransport transport;
  private final HostRules rules;
  private final Pace pace;
  private final KnownContent known;
  private final ReferrersMemory memory;
  private final Duration timeout;
  private final long chunk;
  private final @Nullable CallBudget shared;

  private RegistryClient(
      RegistryCaller caller,
      HttpTransport transport,
      HostRules rules,
      Pace pace,
      KnownContent known,
      ReferrersMemory memory,
      Duration timeout,
      long chunk,
      @Nullable CallBudget shared) {
    this.caller = caller;
    this.transport = transport;
    this.rules = rules;
    this.pace = pace;
    this.known = known;
    this.memory = memory;
    this.timeout = timeout;
    this.chunk = chunk;
    this.shared = shared;
  }

  /**
   * Starts to set up a client.
   *
   * @param transport how to reach hosts; closed with the client
   */
  public static Builder builder(HttpTransport transport) {
    return new Builder(transport);
  }

  /**
   * This client with one deadline, starting now, for all calls made through what is returned, and
   * one allowance for waiting between attempts. Shares everything else with this client; closing
   * either closes both.
   */
  public RegistryClient within(Duration total) {
    return new RegistryClient(
        caller,
        transport,
        rules,
        pace,
        known,
        memory,
        total,
        chunk,
        CallBudget.startingNow(pace, total));
  }

  /**
   * This client without its cache: what it says was asked for now. Shares everything else with this
   * client; closing either closes both.
   */
  public RegistryClient withoutCache() {
    return new RegistryClient(
        caller, transport, rules, pace, new KnownContent(null), memory, timeout, chunk, shared);
  }

  /** Until the deadline of the next call, or of all calls together; zero or negative when over. */
  public Duration timeLeft() {
    return budget().remaining();
  }

  private CallBudget budget() {
    return shared == null ? CallBudget.startingNow(pace, timeout) : shared;
  }

  /**
   * Starts to connect, without asking anything, so that the first call finds a connection. Returns
   * at once.
   */
  public void prepare(Repository repository) {
    caller.prepare(repository, budget().remaining());
  }

  /** Does several things with this client at once, on the threads that suit its transport. */
  public FanOut atOnce(int limit) {
    return FanOut.limit(limit).on(transport.threads());
  }

  /**
   * What a reference names; empty when it names nothing. For a tag, media type, size and digest are
   * the registry's word; content fetched by that digest is checked.
   */
  public Optional<Descriptor> headManifest(Reference reference) throws RegistryException {
    return new HeadManifest(reference, rules.missingIs403(reference.repository()))
        .find(caller, budget());
  }

  /**
   * As {@link #headManifest}, with an exception of kind {@code NOT_FOUND}, in the registry's words,
   * instead of nothing.
   */
  public Descriptor requireHead(Reference reference) throws RegistryException {
    return new HeadManifest(reference, rules.missingIs403(reference.repository()))
        .fetch(caller, budget());
  }

  /**
   * A manifest of any type; empty when there is none. Asked for by digest, the body has that
   * digest; by tag, its digest agrees with what the registry names.
   *
   * @param tagOrDigest a tag, or {@code sha256:…}
   * @throws IllegalArgumentException when it is neither
   */
  public Optional<FetchedManifest> getManifest(Repository repository, String tagOrDigest)
      throws RegistryException {
    boolean tag = TagOrDigest.digest(tagOrDigest).isEmpty();
    Optional<KeptTag> kept = tag ? known.tagged(repository, tagOrDigest) : Optional.empty();
    Optional<FetchedManifest> found =
        new GetManifest(
                repository,
                tagOrDigest,
                Limits.MAX_MANIFEST,
                rules.missingIs403(repository),
                kept.orElse(null))
            .find(caller, budget());
    if (found.isPresent()) {
      known.noteAccess(repository);
      if (tag && !isSame(found.get(), kept)) {
        known.keepTagged(repository, tagOrDigest, found.get());
      }
    }
    return found;
  }

  private static boolean isSame(FetchedManifest found, Optional<KeptTag> kept) {
    return kept.isPresent() && kept.get().digest().equals(found.descriptor().digest());
  }

  /**
   * As {@link #getManifest(Repository, String)}.
   *
   * @param maxBytes more than that is an exception of kind {@code TOO_LARGE}; never more than
   *     {@link dev.bulla.limits.Limits#MAX_MANIFEST}
   */
  public Optional<FetchedManifest> getManifest(
      Repository repository, String tagOrDigest, long maxBytes) throws RegistryException {
    return new GetManifest(repository, tagOrDigest, maxBytes, rules.missingIs403(repository), null)
        .find(caller, budget());
  }

  /**
   * As {@link #getManifest(Repository, String)}, with an exception of kind {@code NOT_FOUND}, in
   * the registry's words, instead of nothing.
   */
  public FetchedManifest requireManifest(Repository repository, String tagOrDigest)
      throws RegistryException {
    return new GetManifest(repository, tagOrDigest, rules.missingIs403(repository))
        .fetch(caller, budget());
  }

  /**
   * A blob, checked against its digest.
   *
   * @param maxBytes more than that is an exception of kind {@code TOO_LARGE}
   */
  public Bytes getBlob(Repository repository, Digest digest, long maxBytes)
      throws RegistryException {
    return new GetBlob(repository, digest, maxBytes).run(caller, budget());
  }

  /**
   * The bytes of a manifest, from the registry or from the {@linkplain Builder#cache cache}; empty
   * only when the registry says that there is none. Says nothing about whether the registry has it
   * now.
   *
   * @param maxBytes as in {@link #getManifest(Repository, String, long)}
   */
  public Optional<Bytes> manifestContent(Repository repository, Digest digest, long maxBytes)
      throws RegistryException {
    Optional<Bytes> kept = known.find(repository, digest, maxBytes);
    if (kept.isPresent()) {
      return kept;
    }
    Optional<FetchedManifest> fetched = getManifest(repository, digest.toString(), maxBytes);
    if (fetched.isEmpty()) {
      return Optional.empty();
    }
    known.keep(repository, digest, fetched.get().body());
    return Optional.of(fetched.get().body());
  }

  /**
   * As {@link #getBlob}, from the registry or from the {@linkplain Builder#cache cache}. Says
   * nothing about whether the registry has it now.
   */
  public Bytes blobContent(Repository repository, Digest digest, long maxBytes)
      throws RegistryException {
    Optional<Bytes> kept = known.find(repository, digest, maxBytes);
    if (kept.isPresent()) {
      return kept.get();
    }
    Bytes fetched = getBlob(repository, digest, maxBytes);
    known.keep(repository, digest, fetched);
    return fetched;
  }

  /** Whether the registry says that it has a blob. */
  public boolean hasBlob(Repository repository, Digest digest) throws RegistryException {
    return new HeadBlob(repository, digest, rules.missingIs403(repository)).run(caller, budget());
  }

  /**
   * A blob of any size, written out while it arrives; what broke off is continued. It is complete
   * and has its digest when this returns, and is not to be used when it does not.
   *
   * @param size bytes; more, or fewer, is an error
   * @param out not closed
   * @throws dev.bulla.error.ConfigurationException when the content cannot be written
   */
  public void getBlob(Repository repository, Digest digest, long size, OutputStream out)
      throws BullaException {
    new DownloadBlob(repository, digest, size, out).run(caller, budget());
  }

  /** Uploads a blob; small ones whether or not they are there. */
  public void putBlob(Repository repository, Bytes content) throws RegistryException {
    putBlob(repository, BlobContent.of(content), Optional.empty());
  }

  /**
   * Uploads a blob of any size, unless the registry has it. What broke off is continued.
   *
   * @param elsewhere another repository of the same registry that has it, from which the registry
   *     is asked to take it before anything is sent
   */
  public void putBlob(Repository repository, BlobContent content, Optional<Repository> elsewhere)
      throws RegistryException {
    if (elsewhere.isPresent() && !elsewhere.get().registry().equals(repository.registry())) {
      throw new IllegalArgumentException(elsewhere.get() + " is in another registry");
    }
    new UploadBlob(repository, content, elsewhere, chunk, rules.missingIs403(repository))
        .run(caller, budget());
  }

  /**
   * Uploads a manifest. By tag, an attempt whose outcome is unknown (no answer) is not repeated but
   * an exception of kind {@code TIMEOUT}, {@code UNREACHABLE} or {@code BAD_RESPONSE}: the caller
   * reads what is there now and decides.
   *
   * @param tagOrDigest a tag, or the digest of the content
   * @throws IllegalArgumentException when it is neither
   */
  public PutResult putManifest(
      Repository repository, String tagOrDigest, MediaType mediaType, Bytes content)
      throws RegistryException {
    return new PutManifest(repository, tagOrDigest, mediaType, content).run(caller, budget());
  }

  /**
   * As {@link #putManifest(Repository, String, MediaType, Bytes)}, on a condition.
   *
   * @throws RegistryException with status 412 when a registry that honours conditions finds it
   *     unmet
   */
  public PutResult putManifest(
      Repository repository,
      String tagOrDigest,
      MediaType mediaType,
      Bytes content,
      PutCondition condition)
      throws RegistryException {
    return new PutManifest(repository, tagOrDigest, mediaType, content, condition, false)
        .run(caller, budget());
  }

  /**
   * Uploads a manifest under a tag to which nobody ever writes anything else, so that it is
   * repeated like one by digest.
   */
  public PutResult publishManifest(
      Repository repository, String ownTag, MediaType mediaType, Bytes content)
      throws RegistryException {
    return new PutManifest(repository, ownTag, mediaType, content, PutCondition.none(), true)
        .run(caller, budget());
  }

  /** The whole list of referrers of a manifest, or that the registry keeps none. */
  public ReferrersAnswer referrers(Repository repository, Digest digest) throws RegistryException {
    return noted(repository, referrersCall(repository, digest).run(caller, budget()));
  }

  /**
   * The referrers of one artifact type, as their list names it, or that the registry keeps no list.
   * One request where the registry filters or the list is short.
   */
  public ReferrersAnswer referrers(Repository repository, Digest digest, String artifactType)
      throws RegistryException {
    return noted(repository, referrersCall(repository, digest).run(artifactType, caller, budget()));
  }

  /**
   * Whether the registry was found to keep no lists of referrers within the last day: asking it
   * again is likely to be in vain. It may have changed since, so this never means that there are no
   * referrers.
   */
  public boolean lacksReferrers(Repository repository) {
    return memory.lacks(repository, caller.host(repository));
  }

  /**
   * Whether the registry was found, within the last day, not to {@linkplain
   * PutResult#subjectAcknowledged() acknowledge} the subject of what is pushed: a referrer then has
   * to be listed under a tag.
   */
  public boolean ignoresSubjects(Repository repository) {
    return memory.ignoresSubjects(repository, caller.host(repository));
  }

  /** Remembers that a subject was not acknowledged. */
  public void noteIgnoresSubjects(Repository repository) {
    memory.noteIgnoresSubjects(repository, caller.host(repository));
  }

  private ListReferrers referrersCall(Repository repository, Digest digest) {
    return new ListReferrers(
        repository,
        digest,
        rules.missingIs403(repository),
        has -> memory.note(repository, caller.host(repository), !has));
  }

  private ReferrersAnswer noted(Repository repository, ReferrersAnswer answer) {
    if (answer instanceof ReferrersAnswer.Listed listed && !listed.descriptors().isEmpty()) {
      known.noteAccess(repository);
    }
    return answer;
  }

  /** Deletes a tag or a manifest. What does not exist is an exception of kind {@code NOT_FOUND}. */
  public void deleteManifest(Repository repository, String tagOrDigest) throws RegistryException {
    new DeleteManifest(repository, tagOrDigest).run(caller, budget());
  }

  /** All tags, in the registry's order. */
  public List<String> tags(Repository repository) throws RegistryException {
    return new ListTags(repository).run(caller, budget());
  }

  /**
   * Asks the registry whether we may come in, and says what came of it: what {@code login} and
   * {@code doctor} need to know. Does not throw: a refusal is part of the report.
   *
   * @param reading whether reading this repository is meant; otherwise only its registry is asked,
   *     and the path serves to look up credentials
   */
  public AccessReport checkAccess(Repository repository, boolean reading) {
    return new CheckAccess(repository, reading).run(caller, budget());
  }

  /**
   * The tags that begin with a text, asked for in a way that spares registries with many others.
   *
   * @param tag which itself is not listed
   * @param suffix what follows the tag; together they are the text
   */
  public List<String> tagsAfter(Repository repository, String tag, String suffix)
      throws RegistryException {
    return new ListTags(repository, tag, tag + suffix).run(caller, budget());
  }

  /**
   * Waits for a random time, so that those who met do not meet again.
   *
   * @param most which is not exceeded, nor is the deadline
   */
  public void pauseUpTo(Duration most) throws RegistryException {
    Duration left = budget().remaining();
    Duration bound = most.compareTo(left) < 0 ? most : left;
    long nanos = (long) (bound.toNanos() * pace.chance());
    if (nanos <= 0) {
      return;
    }
    try {
      pace.sleep(Duration.ofNanos(nanos));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new RegistryException(
          RegistryException.Kind.UNREACHABLE, "interrupted while waiting", e);
    }
  }

  /** Closes the transport. */
  @Override
  public void close() {
    transport.close();
    known.close();
  }

  /** Collects settings; does nothing else. */
  public static final class Builder {
    private final HttpTransport transport;
    private CredentialSource credentials = CredentialSource.ANONYMOUS;
    private String userAgent = "bulla";
    private boolean allowHttp;
    private final Set<String> httpRegistries = new HashSet<>();
    private final Set<String> allowedRealms = new HashSet<>();
    private final Set<String> missingIs403 = new HashSet<>();
    private Duration timeout = Duration.ofMinutes(3);
    private WireLog wireLog = WireLog.SILENT;
    private boolean expectWrites;
    private @Nullable DiskCache cache;
    private Pace pace = Pace.SYSTEM;
    private long chunk = 16 << 20;
    private Egress.NameLookup names = Egress.OF_SYSTEM;

    private Builder(HttpTransport transport) {
      this.transport = transport;
    }

    /** Where to look once a registry asks who we are. Nowhere, unless set. */
    public Builder credentials(CredentialSource source) {
      credentials = source;
      return this;
    }

    /**
     * What to call ourselves.
     *
     * @throws IllegalArgumentException when the text cannot stand in a header
     */
    public Builder userAgent(String text) {
      if (!Headers.isFieldValue(text)) {
        throw new IllegalArgumentException("not a header value");
      }
      userAgent = text;
      return this;
    }

    /**
     * Allows plain HTTP, credentials included, to registries other than this machine's. TLS is
     * still tried first, and a registry that has answered over TLS is never asked without.
     */
    public Builder insecureAllowHttp(boolean allow) {
      allowHttp = allow;
      return this;
    }

    /**
     * As {@link #insecureAllowHttp(boolean)}, for one registry.
     *
     * @param registry as written in references
     */
    public Builder insecureAllowHttp(String registry) {
      httpRegistries.add(registry);
      return this;
    }

    /**
     * Lets a token service on another host than the registry see credentials.
     *
     * @param host {@code host} or {@code host:port}
     */
    public Builder allowRealm(String host) {
      allowedRealms.add(host);
      return this;
    }

    /**
     * Takes 403 for "does not exist" where this registry is read.
     *
     * @param registry as written in references
     */
    public Builder missingIs403(String registry) {
      missingIs403.add(registry);
      return this;
    }

    /** How long one call may take; 3 minutes unless set. */
    public Builder timeout(Duration limit) {
      timeout = limit;
      return this;
    }

    public Builder wireLog(WireLog log) {
      wireLog = log;
      return this;
    }

    /**
     * Whether tokens are asked for that also allow writing, which spares a request later; and
     * whether an overloaded registry is asked up to ten times instead of four.
     */
    public Builder expectWrites(boolean expected) {
      expectWrites = expected;
      return this;
    }

    /** Keeps content and what is learned about registries on disk; nothing is kept unless set. */
    public Builder cache(DiskCache disk) {
      cache = disk;
      return this;
    }

    /** For tests. */
    Builder pace(Pace other) {
      pace = other;
      return this;
    }

    /** For tests: how much of a blob is sent at once, in bytes. */
    Builder chunk(long bytes) {
      chunk = bytes;
      return this;
    }

    /** For tests. */
    Builder names(Egress.NameLookup other) {
      names = other;
      return this;
    }

    public RegistryClient build() {
      HostRules rules = new HostRules(allowHttp, httpRegistries, allowedRealms, missingIs403);
      Egress egress = new Egress(rules, names, transport::usesProxy);
      Wire wire = new Wire(transport, userAgent, wireLog, pace);
      Authorizer authorizer = new Authorizer(wire, credentials, rules, egress, pace, expectWrites);
      RegistryCaller caller =
          new RegistryCaller(wire, authorizer, rules, egress, pace, expectWrites);
      return new RegistryClient(
          caller,
          transport,
          rules,
          pace,
          new KnownContent(cache),
          new ReferrersMemory(pace, cache),
          timeout,
          chunk,
          null);
    }
  }
}
