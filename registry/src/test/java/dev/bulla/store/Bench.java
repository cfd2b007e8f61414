package dev.bulla.store;

import dev.bulla.bytes.Bytes;
import dev.bulla.digest.Digest;
import dev.bulla.error.MalformedInputException;
import dev.bulla.evidence.SignatureObject;
import dev.bulla.limits.Limits;
import dev.bulla.oci.Descriptor;
import dev.bulla.oci.DigestReference;
import dev.bulla.oci.Repository;
import dev.bulla.registry.RegistryClient;
import dev.bulla.registry.VirtualTime;
import dev.bulla.registry.transport.SocketTransport;
import dev.bulla.registry.transport.TlsOptions;
import dev.bulla.testkit.registry.EmbeddedRegistry;
import dev.bulla.testkit.registry.SampleImage;
import dev.bulla.testkit.registry.StoredRepository;
import java.io.IOException;
import java.util.Optional;

/** A registry with one image, a client, and a store over it. */
final class Bench implements AutoCloseable {

  static final SampleImage IMAGE = SampleImage.image("hello");

  final EmbeddedRegistry registry;
  final StoredRepository app;
  final RegistryClient client;
  final EvidenceStore store;
  private final RegistryClient virtual;
  final DigestReference image;

  Bench() throws IOException, MalformedInputException {
    this(EmbeddedRegistry.options());
  }

  Bench(EmbeddedRegistry.Options options) throws IOException, MalformedInputException {
    registry = EmbeddedRegistry.start(options);
    app = registry.repository("app");
    IMAGE.pushTo(app, "v1");
    client = RegistryClient.builder(SocketTransport.create(TlsOptions.DEFAULT)).build();
    virtual =
        VirtualTime.in(RegistryClient.builder(SocketTransport.create(TlsOptions.DEFAULT))).build();
    store = new EvidenceStore(client, StoreOptions.defaults());
    image = repository("app").at(IMAGE.digest());
  }

  Repository repository(String name) throws MalformedInputException {
    return Repository.parse(registry.host() + "/" + name);
  }

  EvidenceStore store(Optional<Repository> other, String prefix, SignatureObject.Flavour flavour) {
    return new EvidenceStore(
        client, new StoreOptions(other, prefix, flavour, Limits.MAX_ATTACHMENT));
  }

  /** A store that waits without time passing. */
  EvidenceStore storeInVirtualTime() {
    return new EvidenceStore(virtual, StoreOptions.defaults());
  }

  EvidenceStore storeWithPayloadsUpTo(long bytes) {
    return new EvidenceStore(
        client, new StoreOptions(Optional.empty(), "", SignatureObject.Flavour.OCI, bytes));
  }

  /** As cosign stores a bundle: the blob and a manifest around it, and nothing more. */
  Digest attachAsCosign(Bytes bundle, String predicateType) {
    app.putBlob(bundle);
    app.putBlob(Bytes.utf8("{}"));
    return app.putManifest(
        "application/vnd.oci.image.manifest.v1+json",
        ReferrerWriter.manifest(
                new Descriptor(IMAGE.mediaType(), IMAGE.manifest().size(), IMAGE.digest()),
                bundle,
                predicateType,
                "2026-11-21T07:22:54Z")
            .toJson());
  }

  static String tag(String suffix) {
    return "sha256-" + IMAGE.digest().hex() + suffix;
  }

  StoredRepository.StoredManifest stored(String tagOrDigest) {
    return app.manifest(tagOrDigest).orElseThrow();
  }

  Bytes storedBytes(Digest digest) {
    return app.manifest(digest).orElseThrow().content();
  }

  @Override
  public void close() {
    client.close();
    virtual.close();
    registry.close();
  }
}
