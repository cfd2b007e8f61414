package dev.bulla;

import dev.bulla.bytes.Bytes;
import dev.bulla.digest.Digest;
import dev.bulla.error.BullaException;
import dev.bulla.error.ConfigurationException;
import dev.bulla.error.RegistryException;
import dev.bulla.evidence.SignatureObject;
import dev.bulla.oci.Descriptor;
import dev.bulla.oci.DigestReference;
import dev.bulla.oci.ImageIndex;
import dev.bulla.oci.Manifest;
import dev.bulla.oci.MediaType;
import dev.bulla.oci.Platform;
import dev.bulla.oci.Reference;
import dev.bulla.oci.Repository;
import dev.bulla.registry.RegistryClient;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Puts files into a registry as images of one layer, byte for byte as cosign does. */
public final class FileUpload {

  private static final MediaType WASM_LAYER =
      new MediaType("application/vnd.wasm.content.layer.v1+wasm");
  private static final MediaType WASM_CONFIG = new MediaType("application/vnd.wasm.config.v1+json");

  private final RegistryClient client;

  FileUpload(RegistryClient client) {
    this.client = client;
  }

  /**
   * A file for one platform.
   *
   * @param platform empty where the file is for all
   */
  public record PlatformFile(Bytes content, MediaType mediaType, Optional<Platform> platform) {}

  /**
   * Uploads one file, and points the reference to it.
   *
   * @return the name of its manifest
   */
  public DigestReference file(Reference target, PlatformFile file, Map<String, String> annotations)
      throws BullaException {
    return put(target, image(file, MediaType.OCI_CONFIG, annotations), file.content());
  }

  /** Uploads a WebAssembly module, and points the reference to it. */
  public DigestReference wasm(Reference target, Bytes module) throws BullaException {
    PlatformFile file = new PlatformFile(module, WASM_LAYER, Optional.empty());
    return put(target, image(file, WASM_CONFIG, Map.of()), module);
  }

  /**
   * Uploads a file for each platform under an index, and points the reference to the index. The
   * reference changes once, when everything else is there.
   *
   * @return the name of the index
   */
  public DigestReference index(
      Reference target, List<PlatformFile> files, Map<String, String> annotations)
      throws BullaException {
    Repository repository = target.repository();
    List<Descriptor> entries = new ArrayList<>();
    for (PlatformFile file : files) {
      Manifest manifest = image(file, MediaType.OCI_CONFIG, annotations);
      Bytes json = manifest.toJson();
      Digest digest = Digest.sha256(json);
      write(repository, digest.toString(), manifest, List.of(file.content(), config(file)));
      entries.add(
          new Descriptor(
              MediaType.OCI_MANIFEST,
              json.size(),
              digest,
              Optional.empty(),
              List.of(),
              Map.of(),
              file.platform().map(Platform::toJson),
              Optional.empty()));
    }
    ImageIndex index =
        new ImageIndex(
            Optional.of(MediaType.OCI_INDEX),
            entries,
            annotations,
            Optional.empty(),
            Optional.empty());
    Bytes json = index.toJson();
    requireDigest(target, Digest.sha256(json));
    putManifest(repository, target.tagOrDigest(), MediaType.OCI_INDEX, json);
    return repository.at(Digest.sha256(json));
  }

  private DigestReference put(Reference target, Manifest manifest, Bytes content)
      throws BullaException {
    Digest digest = Digest.sha256(manifest.toJson());
    requireDigest(target, digest);
    Bytes config = SignatureObject.configOf(List.of(Digest.sha256(content)));
    write(target.repository(), target.tagOrDigest(), manifest, List.of(content, config));
    return target.repository().at(digest);
  }

  private static void requireDigest(Reference target, Digest digest) throws ConfigurationException {
    if (target instanceof DigestReference named && !named.digest().equals(digest)) {
      throw new ConfigurationException(
          "what would be uploaded has the digest " + digest + ", and not " + named.digest(),
          "name the target by tag");
    }
  }

  private static Bytes config(PlatformFile file) {
    return SignatureObject.configOf(List.of(Digest.sha256(file.content())));
  }

  private static Manifest image(
      PlatformFile file, MediaType configType, Map<String, String> annotations) {
    Bytes config = config(file);
    return new Manifest(
        Optional.of(MediaType.OCI_MANIFEST),
        new Descriptor(configType, config.size(), Digest.sha256(config)),
        List.of(
            new Descriptor(file.mediaType(), file.content().size(), Digest.sha256(file.content()))),
        annotations,
        Optional.empty(),
        Optional.empty());
  }

  /** Blobs first, so that no manifest ever names what is not there. */
  void write(Repository repository, String tagOrDigest, Manifest manifest, List<Bytes> blobs)
      throws BullaException {
    client
        .atOnce(2)
        .map(
            blobs,
            blob -> {
              client.putBlob(repository, blob);
              return blob;
            });
    putManifest(
        repository,
        tagOrDigest,
        manifest.mediaType().orElse(MediaType.OCI_MANIFEST),
        manifest.toJson());
  }

  private void putManifest(
      Repository repository, String tagOrDigest, MediaType mediaType, Bytes json)
      throws RegistryException {
    try {
      client.putManifest(repository, tagOrDigest, mediaType, json);
    } catch (RegistryException e) {
      // the answer may have been lost and not the manifest
      if (client
          .getManifest(repository, tagOrDigest)
          .filter(there -> there.body().equals(json))
          .isEmpty()) {
        throw e;
      }
    }
  }
}
