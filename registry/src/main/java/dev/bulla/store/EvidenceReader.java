package dev.bulla.store;

import dev.bulla.bytes.Bytes;
import dev.bulla.error.BullaException;
import dev.bulla.error.MalformedInputException;
import dev.bulla.error.RegistryException;
import dev.bulla.evidence.Candidate;
import dev.bulla.evidence.Unreadable;
import dev.bulla.oci.Descriptor;
import dev.bulla.oci.DigestReference;
import dev.bulla.oci.ReferrersList;
import dev.bulla.oci.Repository;
import dev.bulla.registry.FetchedManifest;
import dev.bulla.registry.ReferrersAnswer;
import dev.bulla.registry.RegistryClient;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Finds evidence. Every failure becomes an {@link Unreadable} for the place where it happened. */
final class EvidenceReader {

  private final RegistryClient client;
  private final StoreOptions options;

  EvidenceReader(RegistryClient client, StoreOptions options) {
    this.client = client;
    this.options = options;
  }

  EvidenceSearch search(DigestReference image, List<Bytes> expectedPayloads) {
    return new EvidenceSearch(client, options, image, expectedPayloads);
  }

  List<Candidate> look(DigestReference image, List<Bytes> expectedPayloads) throws BullaException {
    return search(image, expectedPayloads).everythingOfToday();
  }

  List<Candidate> lookAlsoBeside(DigestReference image) throws BullaException {
    return search(image, List.of()).everythingOfTodayAndBeside();
  }

  List<Candidate> lookInOldPlaces(DigestReference image, List<Bytes> expectedPayloads)
      throws BullaException {
    return search(image, expectedPayloads).onlyOldPlaces();
  }

  /** One of the two lists of an image's referrers. */
  private record Listed(String place, List<Descriptor> entries, List<MalformedInputException> bad) {

    static final Listed NOTHING = new Listed("", List.of(), List.of());
  }

  ReferrerListing listing(DigestReference image) throws BullaException {
    Repository repository = options.repositoryFor(image.repository());
    List<Listed> lists =
        client
            .atOnce(2)
            .map(
                List.of(true, false),
                own -> own ? ownList(repository, image) : taggedList(repository, image));
    ReferrerEntries entries = new ReferrerEntries(image.digest(), new EvidenceAllowance());
    for (Listed list : lists) {
      entries.add(list.place(), list.entries(), list.bad());
    }
    return new ReferrerListing(entries.all(), entries.takeUnreadable());
  }

  private Listed ownList(Repository repository, DigestReference image) throws RegistryException {
    return client.referrers(repository, image.digest()) instanceof ReferrersAnswer.Listed listed
        ? new Listed(
            new EvidencePlaces(client, repository).listName(image.digest()),
            listed.descriptors(),
            listed.unreadable())
        : Listed.NOTHING;
  }

  /** The index under the tag, with what had to go beside it where that tag cannot be moved. */
  private Listed taggedList(Repository repository, DigestReference image)
      throws RegistryException, MalformedInputException {
    String tag = EvidenceTags.referrers(image.digest());
    List<Descriptor> entries = new ArrayList<>();
    List<MalformedInputException> bad = new ArrayList<>();
    String place = tag;
    for (int number = 2; number <= NumberedShards.MAX + 1; number++) {
      Optional<FetchedManifest> tagged = client.getManifest(repository, place);
      if (tagged.isEmpty() || !tagged.get().descriptor().mediaType().isIndex()) {
        break;
      }
      ReferrersList list = ReferrersList.parse(tagged.get().body());
      entries.addAll(list.entries());
      bad.addAll(list.unreadable());
      place = EvidenceTags.shard(tag, number);
    }
    return new Listed(repository.tag(tag).toString(), entries, bad);
  }

  List<Descriptor> referrers(DigestReference image) throws BullaException {
    ReferrerListing listing = listing(image);
    List<Unreadable> unreadable = new ArrayList<>(listing.unreadable());
    if (!unreadable.isEmpty()) {
      throw unreadable.get(0).why();
    }
    return listing.entries();
  }
}
