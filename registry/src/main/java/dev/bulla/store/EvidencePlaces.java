package dev.bulla.store;

import dev.bulla.digest.Digest;
import dev.bulla.error.RegistryException;
import dev.bulla.evidence.Origin;
import dev.bulla.evidence.Unreadable;
import dev.bulla.oci.Repository;
import dev.bulla.registry.FetchedManifest;
import dev.bulla.registry.ReferrersAnswer;
import dev.bulla.registry.RegistryClient;
import java.util.Optional;

/** Asks the places where evidence of one image may be. A failure is an answer, of that place. */
final class EvidencePlaces {

  /** What a place answered. */
  sealed interface Answer {

    /** The registry's list of referrers. */
    record OfList(String place, ReferrersAnswer.Listed list) implements Answer {}

    /** A manifest under a tag. */
    record OfTag(String place, FetchedManifest manifest) implements Answer {}

    /** There is nothing, and it was the registry that said so. */
    record Nothing() implements Answer {}

    /** It could not be looked at. */
    record Lost(Unreadable why) implements Answer {}
  }

  private final RegistryClient client;
  private final Repository repository;

  EvidencePlaces(RegistryClient client, Repository repository) {
    this.client = client;
    this.repository = repository;
  }

  /** The name of the registry's list, for people. */
  String listName(Digest image) {
    return repository + " referrers of " + image;
  }

  Answer list(Digest image) {
    try {
      ReferrersAnswer answer = client.referrers(repository, image);
      if (answer instanceof ReferrersAnswer.Listed listed) {
        return new Answer.OfList(listName(image), listed);
      }
      return new Answer.Nothing();
    } catch (RegistryException e) {
      return lost(listName(image), e);
    }
  }

  Answer tag(String tag) {
    String place = repository.tag(tag).toString();
    try {
      Optional<FetchedManifest> manifest = client.getManifest(repository, tag);
      if (manifest.isPresent()) {
        return new Answer.OfTag(place, manifest.get());
      }
      return new Answer.Nothing();
    } catch (RegistryException e) {
      return lost(place, e);
    }
  }

  private static Answer lost(String place, RegistryException why) {
    return new Answer.Lost(new Unreadable(new Origin(place, 0), why));
  }
}
