package dev.bulla.store;

import dev.bulla.bundle.BundleJson;
import dev.bulla.bytes.Bytes;
import dev.bulla.digest.Digest;
import dev.bulla.error.BullaException;
import dev.bulla.error.MalformedInputException;
import dev.bulla.error.Quoted;
import dev.bulla.error.RegistryException;
import dev.bulla.evidence.BundleSignature;
import dev.bulla.evidence.Candidate;
import dev.bulla.evidence.LegacySignature;
import dev.bulla.evidence.Origin;
import dev.bulla.evidence.Unreadable;
import dev.bulla.limits.Limits;
import dev.bulla.oci.Descriptor;
import dev.bulla.oci.DigestReference;
import dev.bulla.oci.ImageIndex;
import dev.bulla.oci.Manifest;
import dev.bulla.oci.Repository;
import dev.bulla.registry.FanOut;
import dev.bulla.registry.FetchedManifest;
import dev.bulla.registry.ReferrersAnswer;
import dev.bulla.registry.RegistryClient;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/** Finds evidence. Every failure becomes an {@link Unreadable} for the place where it happened. */
final class EvidenceReader {

  /** At most this many requests at once for one image. */
  private static final int PARALLEL = 10;

  /**
   * Content up to this size is fetched side by side; larger content one after the other, to bound
   * memory.
   */
  private static final long SMALL = 128 << 10;

  /**
   * Layers of all signature objects of one image together: several may be attached as referrers.
   */
  private static final int MAX_LAYERS = 10 * Limits.MAX_SIGNATURE_LAYERS;

  private static final String LEGACY_ARTIFACT_TYPE =
      "application/vnd.dev.cosign.artifact.sig.v1+json";

  private final RegistryClient client;
  private final StoreOptions options;

  EvidenceReader(RegistryClient client, StoreOptions options) {
    this.client = client;
    this.options = options;
  }

  List<Candidate> look(DigestReference image, List<Bytes> expectedPayloads) throws BullaException {
    Repository repository = options.repositoryFor(image.repository());
    Digest digest = image.digest();
    Search search = new Search(repository, expectedPayloads);
    String sigTag = EvidenceTags.signatures(options.tagPrefix(), digest);
    List<Supplier<Object>> places =
        List.of(
            () -> listReferrers(repository, digest),
            () -> tagged(repository, EvidenceTags.referrers(digest)),
            () -> tagged(repository, sigTag));
    List<Object> answers = FanOut.limit(places.size()).map(places, Supplier::get);

    Map<Digest, Descriptor> referrers = new LinkedHashMap<>();
    String listPlace = repository + " referrers of " + digest;
    switch (answers.get(0)) {
      case ReferrersAnswer.Listed listed -> collect(referrers, listed.descriptors());
      case Unreadable unreadable -> search.found.add(unreadable);
      default -> {}
    }
    search.referrersTag(
        answers.get(1), repository.tag(EvidenceTags.referrers(digest)).toString(), referrers);
    search.fetchReferrers(new ArrayList<>(referrers.values()), listPlace);
    search.signatureTag(answers.get(2), repository.tag(sigTag).toString());
    return search.found;
  }

  List<Candidate> lookInOldPlaces(DigestReference image, List<Bytes> expectedPayloads)
      throws BullaException {
    Repository repository = options.repositoryFor(image.repository());
    Search search = new Search(repository, expectedPayloads);
    String tag = EvidenceTags.v01Signatures(image.digest());
    search.signatureTag(tagged(repository, tag), repository.tag(tag).toString());
    return search.found;
  }

  List<Descriptor> referrers(DigestReference image)
      throws RegistryException, MalformedInputException {
    Repository repository = options.repositoryFor(image.repository());
    Digest digest = image.digest();
    Map<Digest, Descriptor> found = new LinkedHashMap<>();
    if (client.referrers(repository, digest) instanceof ReferrersAnswer.Listed listed) {
      collect(found, listed.descriptors());
    }
    Optional<FetchedManifest> tagged =
        client.getManifest(repository, EvidenceTags.referrers(digest));
    if (tagged.isPresent() && tagged.get().descriptor().mediaType().isIndex()) {
      collect(found, ImageIndex.parse(tagged.get().body()).manifests());
    }
    return List.copyOf(found.values());
  }

  private static void collect(Map<Digest, Descriptor> into, List<Descriptor> descriptors) {
    for (Descriptor descriptor : descriptors) {
      into.putIfAbsent(descriptor.digest(), descriptor);
    }
  }

  /** A {@link ReferrersAnswer} or an {@link Unreadable}. */
  private Object listReferrers(Repository repository, Digest digest) {
    try {
      return client.referrers(repository, digest);
    } catch (RegistryException e) {
      return unreadable(repository + " referrers of " + digest, 0, e);
    }
  }

  /** An {@code Optional<FetchedManifest>} or an {@link Unreadable}. */
  private Object tagged(Repository repository, String tag) {
    try {
      return client.getManifest(repository, tag);
    } catch (RegistryException e) {
      return unreadable(repository.tag(tag).toString(), 0, e);
    }
  }

  private static Unreadable unreadable(String place, int ordinal, BullaException why) {
    return new Unreadable(new Origin(place, ordinal), why);
  }

  /** What a referrer turned out to be. */
  private sealed interface Referrer {

    /** A manifest around one bundle. */
    record OfBundle(Descriptor layer) implements Referrer {}

    /** A signature object that is attached instead of tagged. */
    record OfSignatures(Manifest object) implements Referrer {}

    /** Something that holds no signatures. */
    record Other() implements Referrer {}

    /** Something that could not be read. */
    record Lost(Unreadable why) implements Referrer {}
  }

  /** One search through the places of one image. */
  private final class Search {

    private final Repository repository;
    private final Map<Digest, Bytes> expected = new LinkedHashMap<>();
    private final List<Candidate> found = new ArrayList<>();
    private final ReentrantLock parsing = new ReentrantLock();
    private long held;
    private int layersHeld;

    Search(Repository repository, List<Bytes> expectedPayloads) {
      this.repository = repository;
      for (Bytes payload : expectedPayloads) {
        expected.put(Digest.sha256(payload), payload);
      }
    }

    /**
     * The referrers tag holds an index, or before v0.1 the signatures themselves, or a copy of the
     * image.
     */
    void referrersTag(Object answer, String place, Map<Digest, Descriptor> referrers)
        throws BullaException {
      switch (answer) {
        case Unreadable unreadable -> found.add(unreadable);
        case Optional<?> present -> {
          if (present.isEmpty()) {
            return;
          }
          FetchedManifest fetched = (FetchedManifest) present.get();
          try {
            if (fetched.descriptor().mediaType().isIndex()) {
              collect(referrers, ImageIndex.parse(fetched.body()).manifests());
            } else if (fetched.descriptor().mediaType().isImageManifest()) {
              Manifest manifest = Manifest.parse(fetched.body());
              if (holdsSignatures(manifest)) {
                legacyLayers(manifest, place);
              }
            } else {
              found.add(
                  unreadable(
                      place,
                      0,
                      new MalformedInputException(
                          "referrers tag",
                          "neither an index nor a manifest, but "
                              + Quoted.text(fetched.descriptor().mediaType().value()))));
            }
          } catch (MalformedInputException e) {
            found.add(unreadable(place, 0, e));
          }
        }
        default -> throw new AssertionError(answer.getClass());
      }
    }

    void signatureTag(Object answer, String place) throws BullaException {
      switch (answer) {
        case Unreadable unreadable -> found.add(unreadable);
        case Optional<?> present -> {
          if (present.isPresent()) {
            try {
              legacyLayers(Manifest.parse(((FetchedManifest) present.get()).body()), place);
            } catch (MalformedInputException e) {
              found.add(unreadable(place, 0, e));
            }
          }
        }
        default -> throw new AssertionError(answer.getClass());
      }
    }

    private boolean holdsSignatures(Manifest manifest) {
      for (Descriptor layer : manifest.layers()) {
        if (signatureText(layer).isPresent()) {
          return true;
        }
      }
      return false;
    }

    private void legacyLayers(Manifest manifest, String place) throws BullaException {
      List<Descriptor> layers = manifest.layers();
      Optional<MalformedInputException> tooMany = tooManyLayers(layers.size());
      if (tooMany.isPresent()) {
        found.add(unreadable(place, 0, tooMany.get()));
        return;
      }
      List<Descriptor> toFetch = new ArrayList<>();
      for (Descriptor layer : layers) {
        if (signatureText(layer).isPresent() && !expected.containsKey(layer.digest())) {
          toFetch.add(layer);
        }
      }
      Map<Digest, Object> fetched = fetchBlobs(toFetch, "payload", options.maxPayload());
      int ordinal = 0;
      for (Descriptor layer : layers) {
        ordinal++;
        Optional<String> text = signatureText(layer);
        Origin origin = new Origin(place, ordinal);
        if (text.isEmpty()) {
          found.add(
              new Unreadable(
                  origin,
                  new MalformedInputException("signature layer", "no signature annotation")));
          continue;
        }
        Object payload = expected.get(layer.digest());
        if (payload == null) {
          payload = fetched.get(layer.digest());
        }
        found.add(
            switch (payload) {
              case Bytes bytes ->
                  new LegacySignature(origin, bytes, text.get(), layer.annotations());
              case BullaException why -> new Unreadable(origin, why);
              case null, default -> throw new AssertionError(origin);
            });
      }
    }

    private static Optional<MalformedInputException> tooManyLayers(int number) {
      return number <= Limits.MAX_SIGNATURE_LAYERS
          ? Optional.empty()
          : Optional.of(
              new MalformedInputException(
                  "signature object",
                  "number of layers ("
                      + number
                      + ") exceeded the limit ("
                      + Limits.MAX_SIGNATURE_LAYERS
                      + ")"));
    }

    private static Optional<String> signatureText(Descriptor layer) {
      String text = layer.annotations().get(LegacySignature.SIGNATURE_ANNOTATION);
      return Optional.ofNullable(
          text != null ? text : layer.annotations().get(LegacySignature.V01_SIGNATURE_ANNOTATION));
    }

    void fetchReferrers(List<Descriptor> referrers, String place) throws BullaException {
      if (referrers.size() > Limits.MAX_REFERRERS) {
        found.add(
            unreadable(
                place,
                0,
                new MalformedInputException(
                    "referrers", "more than " + Limits.MAX_REFERRERS + " of them")));
        return;
      }
      Map<Digest, Referrer> looked = new LinkedHashMap<>();
      List<Descriptor> small = new ArrayList<>();
      List<Descriptor> large = new ArrayList<>();
      for (Descriptor referrer : referrers) {
        (referrer.size() <= SMALL ? small : large).add(referrer);
      }
      lookInto(looked, small, PARALLEL);
      lookInto(looked, large, 1);
      List<Descriptor> bundles = new ArrayList<>();
      for (Descriptor referrer : referrers) {
        if (looked.get(referrer.digest()) instanceof Referrer.OfBundle bundle) {
          bundles.add(bundle.layer());
        }
      }
      Map<Digest, Object> blobs = fetchBlobs(bundles, "bundle", Limits.MAX_BUNDLE);
      for (Descriptor referrer : referrers) {
        String at = repository.at(referrer.digest()).toString();
        switch (looked.get(referrer.digest())) {
          case Referrer.OfBundle bundle ->
              found.add(bundle(at, blobs.get(bundle.layer().digest())));
          case Referrer.OfSignatures signatures -> legacyLayers(signatures.object(), at);
          case Referrer.Lost lost -> found.add(lost.why());
          case Referrer.Other other -> {} // other artifacts have referrers' places too
          case null -> throw new AssertionError(at);
        }
      }
    }

    private void lookInto(Map<Digest, Referrer> looked, List<Descriptor> referrers, int parallel)
        throws BullaException {
      List<Referrer> found = FanOut.limit(parallel).map(referrers, this::referrer);
      for (int i = 0; i < found.size(); i++) {
        looked.put(referrers.get(i).digest(), found.get(i));
      }
    }

    private Candidate bundle(String place, @org.jspecify.annotations.Nullable Object blob) {
      Origin origin = new Origin(place, 0);
      return switch (blob) {
        case Bytes raw -> {
          try {
            yield new BundleSignature(origin, BundleJson.parse(raw), raw);
          } catch (MalformedInputException e) {
            yield new Unreadable(origin, e);
          }
        }
        case BullaException why -> new Unreadable(origin, why);
        case null, default -> throw new AssertionError(place);
      };
    }

    private static Optional<Descriptor> bundleLayer(Manifest manifest) {
      return manifest.layers().size() == 1
              && manifest.layers().get(0).mediaType().isSigstoreBundle()
          ? Optional.of(manifest.layers().get(0))
          : Optional.empty();
    }

    private Referrer referrer(Descriptor referrer) {
      String place = repository.at(referrer.digest()).toString();
      if (!referrer.mediaType().isImageManifest()) {
        return new Referrer.Other();
      }
      try {
        Optional<FetchedManifest> fetched =
            client.getManifest(
                repository, referrer.digest().toString(), Math.max(SMALL, referrer.size()));
        if (fetched.isEmpty()) {
          return new Referrer.Lost(
              unreadable(
                  place,
                  0,
                  new RegistryException(
                      RegistryException.Kind.NOT_FOUND,
                      place + " is listed as a referrer and is not there")));
        }
        return read(fetched.get().body(), place);
      } catch (RegistryException | MalformedInputException e) {
        return new Referrer.Lost(unreadable(place, 0, e));
      }
    }

    /**
     * One at a time, and of each only what is needed later: a manifest in memory takes many times
     * its size.
     */
    private Referrer read(Bytes body, String place) throws MalformedInputException {
      parsing.lock();
      try {
        Manifest manifest = Manifest.parse(body);
        Optional<Descriptor> bundle = bundleLayer(manifest);
        if (bundle.isPresent()) {
          return new Referrer.OfBundle(bundle.get());
        }
        if (manifest.artifactType().filter(LEGACY_ARTIFACT_TYPE::equals).isEmpty()) {
          return new Referrer.Other();
        }
        int layers = manifest.layers().size();
        Optional<MalformedInputException> tooMany = tooManyLayers(layers);
        if (tooMany.isEmpty()
            && (layersHeld + layers > MAX_LAYERS || held + body.size() > Limits.MAX_EVIDENCE)) {
          tooMany = Optional.of(tooMuch("signature object"));
        }
        if (tooMany.isPresent()) {
          return new Referrer.Lost(unreadable(place, 0, tooMany.get()));
        }
        layersHeld += layers;
        held += body.size();
        return new Referrer.OfSignatures(manifest);
      } finally {
        parsing.unlock();
      }
    }

    private static MalformedInputException tooMuch(String what) {
      return new MalformedInputException(
          what, "more than " + Limits.MAX_EVIDENCE + " bytes of evidence for one image");
    }

    /** Each blob's {@link Bytes}, or the {@link BullaException} that kept us from them. */
    private Map<Digest, Object> fetchBlobs(List<Descriptor> blobs, String what, long maxSize)
        throws BullaException {
      Map<Digest, Object> result = new LinkedHashMap<>();
      List<Descriptor> small = new ArrayList<>();
      List<Descriptor> large = new ArrayList<>();
      for (Descriptor blob : blobs) {
        if (result.containsKey(blob.digest())) {
          continue;
        }
        result.put(
            blob.digest(),
            new MalformedInputException(
                what, "size of layer (" + blob.size() + ") exceeded the limit (" + maxSize + ")"));
        if (blob.size() <= maxSize) {
          (blob.size() <= SMALL ? small : large).add(blob);
        }
      }
      fetchInto(result, small, what, PARALLEL);
      fetchInto(result, large, what, 1);
      return result;
    }

    private void fetchInto(
        Map<Digest, Object> result, List<Descriptor> blobs, String what, int parallel)
        throws BullaException {
      List<Descriptor> fetched = new ArrayList<>();
      for (Descriptor blob : blobs) {
        if (held + blob.size() > Limits.MAX_EVIDENCE) {
          result.put(blob.digest(), tooMuch(what));
          continue;
        }
        held += blob.size();
        fetched.add(blob);
      }
      List<Object> contents = FanOut.limit(parallel).map(fetched, this::blob);
      for (int i = 0; i < contents.size(); i++) {
        result.put(fetched.get(i).digest(), contents.get(i));
      }
    }

    /** The blob's {@link Bytes}, or the {@link RegistryException} that kept us from them. */
    private Object blob(Descriptor blob) {
      try {
        return client.getBlob(repository, blob.digest(), blob.size());
      } catch (RegistryException e) {
        return e;
      }
    }
  }
}
