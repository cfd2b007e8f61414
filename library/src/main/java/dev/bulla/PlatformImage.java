package dev.bulla;

import dev.bulla.error.BullaException;
import dev.bulla.error.ConfigurationException;
import dev.bulla.error.MalformedInputException;
import dev.bulla.error.Quoted;
import dev.bulla.oci.Descriptor;
import dev.bulla.oci.DigestReference;
import dev.bulla.oci.ImageIndex;
import dev.bulla.oci.Platform;
import dev.bulla.oci.Reference;
import dev.bulla.registry.FetchedManifest;
import dev.bulla.registry.RegistryClient;
import java.util.ArrayList;
import java.util.List;

/** The image of an index for one platform. */
final class PlatformImage {

  private final RegistryClient client;

  PlatformImage(RegistryClient client) {
    this.client = client;
  }

  /**
   * What the platform means for this reference.
   *
   * @param platform {@code os[/architecture[/variant]][:version]}
   * @throws ConfigurationException in cosign's words when it is no index, or not exactly one of its
   *     images fits
   */
  DigestReference of(Reference reference, String platform) throws BullaException {
    Descriptor entry =
        in(client.requireManifest(reference.repository(), reference.tagOrDigest()), platform);
    return new DigestReference(reference.repository(), entry.digest(), reference.typed());
  }

  /** As {@link #of}, where the manifest is at hand. */
  static Descriptor in(FetchedManifest fetched, String platform) throws BullaException {
    if (!fetched.descriptor().mediaType().isIndex()) {
      throw new ConfigurationException("specified reference is not a multiarch image");
    }
    Platform wanted;
    try {
      wanted = Platform.parse(platform);
    } catch (MalformedInputException e) {
      throw new ConfigurationException("parsing platform: " + e.message(), e);
    }
    List<Descriptor> fitting = new ArrayList<>();
    List<String> names = new ArrayList<>();
    for (Descriptor entry : ImageIndex.parse(fetched.body()).manifests()) {
      Platform of = Platform.of(entry).orElse(null);
      if (of != null && wanted.accepts(of)) {
        fitting.add(entry);
        names.add(of.toString());
      }
    }
    if (fitting.isEmpty()) {
      throw new ConfigurationException("unable to find an entity for " + Quoted.plain(platform));
    }
    if (fitting.size() > 1) {
      throw new ConfigurationException(
          "platform spec matches more than one image architecture: "
              + Quoted.plain(String.join(", ", names), 1000));
    }
    return fitting.get(0);
  }
}
