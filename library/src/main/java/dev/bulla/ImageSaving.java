package dev.bulla;

import dev.bulla.error.BullaException;
import dev.bulla.error.ConfigurationException;
import dev.bulla.error.RegistryException;
import dev.bulla.layout.OciLayout;
import dev.bulla.oci.Descriptor;
import dev.bulla.oci.DigestReference;
import dev.bulla.oci.Reference;
import dev.bulla.oci.Repository;
import dev.bulla.registry.RegistryClient;
import dev.bulla.store.StoreOptions;
import java.util.EnumSet;
import java.util.Optional;

/** Images with everything beside them from a registry into a folder, and back. */
public final class ImageSaving {

  private static final CopyRequest ALL =
      new CopyRequest(EnumSet.allOf(EvidenceKind.class), true, Optional.empty(), true);

  private final RegistryClient client;
  private final StoreOptions options;

  ImageSaving(RegistryClient client, StoreOptions options) {
    this.client = client;
    this.options = options;
  }

  /**
   * Fills a folder. Its index is written last, so that a folder which was not completed does not
   * look like one.
   *
   * @param folder made by {@link OciLayout#create}
   * @param place the repository that stands for it
   * @throws ConfigurationException when the folder cannot be written
   */
  public void save(Reference source, OciLayout folder, Repository place, Progress progress)
      throws BullaException {
    DigestReference image;
    try {
      image = new ImageResolver(client).resolve(source);
    } catch (RegistryException e) {
      throw e.in("resolving digest");
    }
    try {
      Place from =
          new Place(
              image.repository(), options.repositoryFor(image.repository()), options.tagPrefix());
      new ImageCopy(client, options)
          .copy(image, from, place.at(image.digest()), Place.of(place), ALL, true, progress);
      Descriptor saved = client.requireHead(place.at(image.digest()));
      folder.commit(saved);
    } catch (RegistryException e) {
      if (folder.failure().isPresent()) {
        throw folder.failure().get();
      }
      throw e;
    }
  }

  /**
   * Pushes what a folder holds.
   *
   * @param image the image in the folder
   * @param target a tag, or the image's digest
   */
  public DigestReference load(DigestReference image, Reference target, Progress progress)
      throws BullaException {
    return new ImageCopy(client, options)
        .copy(
            image,
            Place.of(image.repository()),
            target,
            new Place(
                target.repository(),
                options.repositoryFor(target.repository()),
                options.tagPrefix()),
            ALL,
            false,
            progress);
  }
}
