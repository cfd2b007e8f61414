package dev.bulla;

import dev.bulla.bytes.Bytes;
import dev.bulla.digest.Digest;
import dev.bulla.error.BullaException;
import dev.bulla.error.ConfigurationException;
import dev.bulla.error.RegistryException;
import dev.bulla.error.RegistryException.Kind;
import dev.bulla.oci.Descriptor;
import dev.bulla.oci.Manifest;
import dev.bulla.oci.MediaType;
import dev.bulla.oci.Reference;
import dev.bulla.oci.Repository;
import dev.bulla.registry.FetchedManifest;
import dev.bulla.registry.RegistryClient;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Takes a tag away and leaves every other name of the same object alone. A registry that deletes no
 * tags deletes by digest, and with the object all of its names; so the tag is first moved to an
 * object that has no other name, and that one is deleted.
 */
final class TagRemoval {

  private static final Bytes CONFIG = Bytes.utf8("{}");

  private final RegistryClient client;

  TagRemoval(RegistryClient client) {
    this.client = client;
  }

  /** Whether the tag was there, and is gone now. */
  boolean remove(Repository repository, String tag) throws BullaException {
    try {
      client.deleteManifest(repository, tag);
      return true;
    } catch (RegistryException e) {
      if (e.kind() == Kind.NOT_FOUND) {
        return false;
      }
      if (!isUnsupported(e)) {
        throw e;
      }
      // also when there is nothing to delete some registries say only that they cannot
      // (not HEAD, whose 404 cannot say why)
      if (client.getManifest(repository, tag).isEmpty()) {
        return false;
      }
      byDigest(repository, tag);
      return true;
    }
  }

  /** 400 is what docker-registry says; deleting by digest may still work. */
  static boolean isUnsupported(RegistryException failure) {
    int status = failure.status().orElse(0);
    return status == 400 || status == 405 || status == 501;
  }

  static ConfigurationException noDeletion(Reference object, RegistryException why) {
    return new ConfigurationException(
        object.repository().registry() + " does not let anything be deleted: " + why.message(),
        why);
  }

  private void byDigest(Repository repository, String tag) throws BullaException {
    Manifest placeholder =
        new Manifest(
            Optional.of(MediaType.OCI_MANIFEST),
            new Descriptor(MediaType.OCI_EMPTY, CONFIG.size(), Digest.sha256(CONFIG)),
            List.of(),
            Map.of("dev.bulla.removed", repository.tag(tag).toString()),
            Optional.empty(),
            Optional.of("application/vnd.dev.bulla.removed"));
    Bytes json = placeholder.toJson();
    Digest digest = Digest.sha256(json);
    // asked before anything is written: the tag shall not end up on the placeholder
    requireDeletion(repository, json, digest);
    client.putManifest(repository, tag, MediaType.OCI_MANIFEST, json);
    client.deleteManifest(repository, digest.toString());
    Optional<FetchedManifest> left = client.getManifest(repository, tag);
    if (left.isPresent() && left.get().descriptor().digest().equals(digest)) {
      throw new RegistryException(
          Kind.BAD_RESPONSE, repository.tag(tag) + " was deleted and is still there");
    }
  }

  private void requireDeletion(Repository repository, Bytes json, Digest digest)
      throws BullaException {
    if (!client.hasBlob(repository, Digest.sha256(CONFIG))) {
      client.putBlob(repository, CONFIG);
    }
    client.putManifest(repository, digest.toString(), MediaType.OCI_MANIFEST, json);
    try {
      client.deleteManifest(repository, digest.toString());
    } catch (RegistryException e) {
      if (isUnsupported(e)) {
        throw noDeletion(repository.at(digest), e);
      }
      if (e.kind() != Kind.NOT_FOUND) {
        throw e;
      }
    }
  }
}
