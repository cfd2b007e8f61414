package dev.bulla.store;

import dev.bulla.bytes.Bytes;
import dev.bulla.digest.Digest;
import dev.bulla.error.BullaException;
import dev.bulla.error.MalformedInputException;
import dev.bulla.error.Quoted;
import dev.bulla.evidence.Candidate;
import dev.bulla.evidence.Origin;
import dev.bulla.evidence.Unreadable;
import dev.bulla.limits.Limits;
import dev.bulla.oci.Descriptor;
import dev.bulla.oci.DigestReference;
import dev.bulla.oci.Manifest;
import dev.bulla.oci.ReferrersList;
import dev.bulla.oci.Repository;
import dev.bulla.registry.FetchedManifest;
import dev.bulla.registry.RegistryClient;
import dev.bulla.store.EvidencePlaces.Answer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

/**
 * A search for evidence of one image in two steps: the likely places first, and the others only for
 * who is not satisfied with what was found. After {@link #rest} every place has been asked, so that
 * "there is nothing" is never said of a place that was left out.
 *
 * <p>Each step is one round of requests for its places, and two for the referrers found in them.
 * For one thread.
 */
public final class EvidenceSearch {

  private final RegistryClient client;
  private final Repository repository;
  private final Digest image;
  private final String signatureTag;
  private final EvidencePlaces places;
  private final EvidenceAllowance allowance = new EvidenceAllowance();
  private final SignatureLayers layers;
  private final ReferrerObjects objects;
  private final ReferrerEntries entries;
  private final Set<Digest> lookedInto = new HashSet<>();
  private final Set<Descriptor> layersBefore = new HashSet<>();
  private boolean listLeftOut;

  EvidenceSearch(
      RegistryClient client,
      StoreOptions options,
      DigestReference image,
      List<Bytes> expectedPayloads) {
    this.client = client;
    this.repository = options.repositoryFor(image.repository());
    this.image = image.digest();
    this.signatureTag = EvidenceTags.signatures(options.tagPrefix(), image.digest());
    this.places = new EvidencePlaces(client, repository);
    this.entries = new ReferrerEntries(image.digest(), allowance);
    EvidenceBlobs blobs = new EvidenceBlobs(client, repository, allowance);
    this.layers = new SignatureLayers(blobs, options.maxPayload(), expectedPayloads);
    this.objects = new ReferrerObjects(client, repository, allowance, blobs, layers);
  }

  /**
   * Looks where today's writers put evidence, all places at once: the registry's list of referrers,
   * unless it is known to keep none; the referrers tag; the {@code .sig} tag. Referrers that their
   * list calls something else are left for later.
   *
   * @return everything that may be a signature, with what could not be read among it
   * @throws BullaException only when interrupted
   */
  public List<Candidate> first() throws BullaException {
    listLeftOut = client.lacksReferrers(repository);
    return look(!listLeftOut, true, false);
  }

  /**
   * Looks at everything that {@link #first} left out, and where only old writers put evidence.
   *
   * @return what was found in addition
   * @throws BullaException only when interrupted
   */
  public List<Candidate> rest() throws BullaException {
    List<Candidate> found = new ArrayList<>();
    lookFurther(listLeftOut, found);
    return found;
  }

  /** Looks only where today's writers put nothing, unless they cannot help it. */
  List<Candidate> onlyOldPlaces() throws BullaException {
    List<Candidate> found = new ArrayList<>();
    lookFurther(false, found);
    return found;
  }

  private void lookFurther(boolean askForList, List<Candidate> found) throws BullaException {
    List<Supplier<List<Answer>>> questions = new ArrayList<>();
    questions.add(() -> List.of(places.tag(EvidenceTags.v01Signatures(image))));
    questions.add(() -> NumberedShards.read(places, signatureTag));
    questions.add(() -> NumberedShards.read(places, EvidenceTags.referrers(image)));
    if (askForList) {
      questions.add(() -> List.of(places.list(image)));
    }
    List<List<Answer>> answers = client.atOnce(questions.size()).map(questions, Supplier::get);
    if (askForList) {
      takeList(answers.get(3).get(0), found);
    }
    for (Answer index : answers.get(2)) {
      takeReferrersTag(index, found);
    }
    takeReferrers(false, found);
    for (Answer signatures : answers.get(0)) {
      takeSignatures(signatures, found);
    }
    for (Answer signatures : answers.get(1)) {
      takeSignatures(signatures, found);
    }
  }

  /** As {@link #first}, with nothing left out that today's writers use. */
  List<Candidate> everythingOfToday() throws BullaException {
    return look(true, false, false);
  }

  /** As {@link #everythingOfToday}, with what lies beside tags that cannot be moved. */
  List<Candidate> everythingOfTodayAndBeside() throws BullaException {
    return look(true, false, true);
  }

  private List<Candidate> look(boolean askForList, boolean leaveOutTheUnlikely, boolean beside)
      throws BullaException {
    List<Supplier<Answer>> questions = new ArrayList<>();
    questions.add(() -> places.tag(EvidenceTags.referrers(image)));
    questions.add(() -> places.tag(signatureTag));
    if (askForList) {
      questions.add(() -> places.list(image));
    }
    List<Answer> answers = client.atOnce(questions.size()).map(questions, Supplier::get);
    List<Candidate> found = new ArrayList<>();
    if (askForList) {
      takeList(answers.get(2), found);
    }
    takeReferrersTag(answers.get(0), found);
    List<Answer> signatures = new ArrayList<>(List.of(answers.get(1)));
    if (beside) {
      // beside what is not there, nothing has a number
      if (!(answers.get(0) instanceof Answer.Nothing)) {
        for (Answer index : NumberedShards.read(places, EvidenceTags.referrers(image))) {
          takeReferrersTag(index, found);
        }
      }
      if (!(answers.get(1) instanceof Answer.Nothing)) {
        signatures.addAll(NumberedShards.read(places, signatureTag));
      }
    }
    takeReferrers(leaveOutTheUnlikely, found);
    for (Answer object : signatures) {
      takeSignatures(object, found);
    }
    return found;
  }

  /** Looks into what the lists name and was not looked into before. */
  private void takeReferrers(boolean leaveOutTheUnlikely, List<Candidate> found)
      throws BullaException {
    found.addAll(entries.takeUnreadable());
    List<Descriptor> fresh = new ArrayList<>();
    for (Descriptor entry : entries.all()) {
      if (!(leaveOutTheUnlikely && !ReferrerEntries.mayHoldSignatures(entry))
          && lookedInto.add(entry.digest())) {
        fresh.add(entry);
      }
    }
    if (lookedInto.size() > Limits.MAX_REFERRERS) {
      found.add(
          unreadable(
              places.listName(image),
              new MalformedInputException(
                  "referrers", "more than " + Limits.MAX_REFERRERS + " of them")));
    } else {
      found.addAll(objects.candidates(fresh, entries.proven()));
    }
  }

  private void takeList(Answer answer, List<Candidate> found) {
    if (answer instanceof Answer.OfList list) {
      entries.add(list.place(), list.list().descriptors(), list.list().unreadable());
    } else if (answer instanceof Answer.Lost lost) {
      found.add(lost.why());
    }
  }

  /**
   * The referrers tag holds an index, or before v0.1 the signatures themselves, or a copy of the
   * image.
   */
  private void takeReferrersTag(Answer answer, List<Candidate> found) throws BullaException {
    if (answer instanceof Answer.Lost lost) {
      found.add(lost.why());
    }
    if (!(answer instanceof Answer.OfTag tag)) {
      return;
    }
    FetchedManifest fetched = tag.manifest();
    try {
      if (fetched.descriptor().mediaType().isIndex()) {
        ReferrersList list = ReferrersList.parse(fetched.body());
        entries.add(tag.place(), list.entries(), list.unreadable());
      } else if (fetched.descriptor().mediaType().isImageManifest()) {
        Manifest manifest = Manifest.parse(fetched.body());
        if (SignatureLayers.holdsSignatures(manifest)) {
          found.addAll(layers.candidates(manifest, tag.place()));
        }
      } else {
        throw new MalformedInputException(
            "referrers tag",
            "neither an index nor a manifest, but "
                + Quoted.text(fetched.descriptor().mediaType().value()));
      }
    } catch (MalformedInputException e) {
      found.add(unreadable(tag.place(), e));
    }
  }

  private void takeSignatures(Answer answer, List<Candidate> found) throws BullaException {
    if (answer instanceof Answer.OfTag tag) {
      try {
        Manifest manifest = Manifest.parse(tag.manifest().body());
        addFresh(layers.candidates(manifest, tag.place()), manifest.layers(), found);
      } catch (MalformedInputException e) {
        found.add(unreadable(tag.place(), e));
      }
    } else if (answer instanceof Answer.Lost lost) {
      found.add(lost.why());
    }
  }

  /** Leaves out what an object read before has too: who is refused half-way may write twice. */
  private void addFresh(List<Candidate> all, List<Descriptor> of, List<Candidate> found) {
    if (all.size() != of.size()) {
      found.addAll(all); // a word about the whole object
      return;
    }
    for (int i = 0; i < of.size(); i++) {
      if (!layersBefore.contains(of.get(i))) {
        found.add(all.get(i));
      }
    }
    layersBefore.addAll(of);
  }

  private static Unreadable unreadable(String place, BullaException why) {
    return new Unreadable(new Origin(place, 0), why);
  }
}
