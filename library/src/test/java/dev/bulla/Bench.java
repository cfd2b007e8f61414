package dev.bulla;

import dev.bulla.bytes.Bytes;
import dev.bulla.digest.Digest;
import dev.bulla.error.BullaException;
import dev.bulla.error.MalformedInputException;
import dev.bulla.evidence.LegacySignature;
import dev.bulla.evidence.SignatureObject;
import dev.bulla.key.KeyType;
import dev.bulla.key.PrivateKey;
import dev.bulla.key.Signer;
import dev.bulla.limits.Limits;
import dev.bulla.oci.Descriptor;
import dev.bulla.oci.DigestReference;
import dev.bulla.oci.ImageIndex;
import dev.bulla.oci.Manifest;
import dev.bulla.oci.Reference;
import dev.bulla.oci.Repository;
import dev.bulla.registry.RegistryClient;
import dev.bulla.registry.auth.CredentialSource;
import dev.bulla.registry.transport.SocketTransport;
import dev.bulla.registry.transport.TlsOptions;
import dev.bulla.store.StoreOptions;
import dev.bulla.testkit.registry.EmbeddedRegistry;
import dev.bulla.testkit.registry.Faults;
import dev.bulla.testkit.registry.SampleImage;
import dev.bulla.testkit.registry.StoredRepository;
import dev.bulla.verify.Policy;
import dev.bulla.verify.Verified;
import dev.bulla.verify.VerifiedImage;
import dev.bulla.verify.VerifiedSignature;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** A registry with one image, somebody who signs, somebody else, and bulla over it. */
final class Bench implements AutoCloseable {

  static final Instant NOW = Instant.parse("2026-11-21T10:00:00Z");
  static final SampleImage IMAGE = SampleImage.image("hello");
  static final Set<SignRequest.Format> BOTH = EnumSet.allOf(SignRequest.Format.class);

  private static final PrivateKey ALICES = PrivateKey.generate(KeyType.EC_P256, new SecureRandom());
  private static final PrivateKey BOBS = PrivateKey.generate(KeyType.ED25519, new SecureRandom());

  static final Signer ALICE = ALICES.toSigner();
  static final Signer BOB = BOBS.toSigner();

  final EmbeddedRegistry registry;
  final StoredRepository app;
  final RegistryClient client;
  final Bulla bulla;
  final DigestReference image;
  final Reference tag;

  Bench() throws IOException, MalformedInputException {
    this(EmbeddedRegistry.options(), CredentialSource.ANONYMOUS);
  }

  Bench(EmbeddedRegistry.Options options, CredentialSource credentials)
      throws IOException, MalformedInputException {
    registry = EmbeddedRegistry.start(options);
    app = registry.repository("app");
    IMAGE.pushTo(app, "v1");
    client =
        RegistryClient.builder(SocketTransport.create(TlsOptions.DEFAULT))
            .credentials(credentials)
            .build();
    bulla = new Bulla(client, StoreOptions.defaults(), InstantSource.fixed(NOW));
    image = repository("app").at(IMAGE.digest());
    tag = reference("app:v1");
  }

  /** One whose registry keeps no list of referrers, as docker-registry. */
  static Bench withoutReferrers() throws IOException, MalformedInputException {
    Bench bench = new Bench();
    bench.registry.faults().noReferrersApi(Faults.NoReferrers.NOT_FOUND);
    return bench;
  }

  Bulla bulla(Optional<Repository> other, String prefix, SignatureObject.Flavour flavour) {
    return new Bulla(
        client,
        new StoreOptions(other, prefix, flavour, Limits.MAX_ATTACHMENT),
        InstantSource.fixed(NOW));
  }

  Repository repository(String name) throws MalformedInputException {
    return Repository.parse(registry.host() + "/" + name);
  }

  Reference reference(String rest) throws MalformedInputException {
    return Reference.parse(registry.host() + "/" + rest);
  }

  static SignRequest request(Signer signer, SignRequest.Format... formats) {
    return SignRequest.of(signer).withFormats(EnumSet.copyOf(List.of(formats)));
  }

  static SignRequest legacy(Signer signer) {
    return request(signer, SignRequest.Format.LEGACY);
  }

  static SignRequest bundle(Signer signer) {
    return request(signer, SignRequest.Format.BUNDLE);
  }

  void sign(SignRequest request) throws BullaException {
    sign(bulla, image, request, false);
  }

  /** Signs, and leaves behind what cosign would have: nothing travels with the lists. */
  void signAsCosign(SignRequest request) throws BullaException {
    sign(request);
    Map<Digest, Descriptor> rewritten = new LinkedHashMap<>();
    for (Digest digest : app.referrers(IMAGE.digest())) {
      Manifest ours = Manifest.parse(app.manifest(digest).orElseThrow().content());
      if (ours.annotations().containsKey("dev.bulla.bundle")) {
        rewritten.put(digest, withoutBundle(ours));
        app.deleteManifest(digest);
      }
    }
    Optional<StoredRepository.StoredManifest> index = app.manifest(tagName(""));
    if (index.isPresent()) {
      List<Descriptor> entries = new ArrayList<>();
      for (Descriptor entry : ImageIndex.parse(index.get().content()).manifests()) {
        entries.add(rewritten.getOrDefault(entry.digest(), entry));
      }
      app.putManifest(index.get().mediaType(), new ImageIndex(entries).toJson(), tagName(""));
    }
  }

  private Descriptor withoutBundle(Manifest ours) {
    Map<String, String> annotations = new TreeMap<>(ours.annotations());
    annotations.remove("dev.bulla.bundle");
    annotations.remove("dev.bulla.subject");
    Manifest theirs =
        new Manifest(
            ours.mediaType(),
            ours.config(),
            ours.layers(),
            annotations,
            ours.subject(),
            ours.artifactType());
    String type = theirs.mediaType().orElseThrow().value();
    Digest digest = app.putManifest(type, theirs.toJson());
    return new Descriptor(theirs.mediaType().orElseThrow(), theirs.toJson().size(), digest)
        .withArtifactType(theirs.config().mediaType().value());
  }

  static void sign(Bulla bulla, Reference reference, SignRequest request, boolean recursive)
      throws BullaException {
    for (SigningTarget target : bulla.targets(reference, recursive)) {
      bulla.store(bulla.sign(target, request, Progress.SILENT), request, Progress.SILENT);
    }
  }

  static Policy policy(Signer signer) {
    return Policy.requiringKey(signer.publicKey()).insecurelyIgnoringLog();
  }

  Verified<VerifiedImage> verify(Signer signer) throws BullaException {
    return bulla.verify(image, policy(signer));
  }

  static List<String> formats(Verified<VerifiedImage> verified) {
    return verified.value().signatures().stream()
        .map(s -> s instanceof VerifiedSignature.Legacy ? "legacy" : "bundle")
        .toList();
  }

  static String tagName(String suffix) {
    return tagName(IMAGE.digest(), suffix);
  }

  static String tagName(Digest digest, String suffix) {
    return "sha256-" + digest.hex() + suffix;
  }

  List<String> storedSignatures() throws MalformedInputException {
    return storedLayers(tagName(".sig")).stream()
        .map(layer -> layer.annotations().get(LegacySignature.SIGNATURE_ANNOTATION))
        .toList();
  }

  List<Descriptor> storedLayers(String tagOrDigest) throws MalformedInputException {
    return Manifest.parse(app.manifest(tagOrDigest).orElseThrow().content()).layers();
  }

  /** Puts a signature object there as an old client, or none, would have. */
  void putSignatureObject(
      String tag, String mediaType, Bytes payload, Map<String, String> annotations) {
    SignatureObject empty = SignatureObject.empty(SignatureObject.Flavour.DOCKER);
    app.putBlob(payload);
    app.putBlob(empty.config());
    app.putManifest(
        mediaType,
        new Manifest(
                empty.manifest().mediaType().orElseThrow(),
                empty.manifest().config(),
                List.of(SignatureObject.layer(payload, annotations)))
            .toJson(),
        tag);
  }

  @Override
  public void close() {
    client.close();
    registry.close();
  }
}
