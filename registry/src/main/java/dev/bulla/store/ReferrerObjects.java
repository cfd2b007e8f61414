package dev.bulla.store;

import dev.bulla.bundle.BundleJson;
import dev.bulla.bytes.Bytes;
import dev.bulla.digest.Digest;
import dev.bulla.error.BullaException;
import dev.bulla.error.MalformedInputException;
import dev.bulla.error.RegistryException;
import dev.bulla.evidence.BundleSignature;
import dev.bulla.evidence.Candidate;
import dev.bulla.evidence.Origin;
import dev.bulla.evidence.Unreadable;
import dev.bulla.limits.Limits;
import dev.bulla.oci.Descriptor;
import dev.bulla.oci.Manifest;
import dev.bulla.oci.Repository;
import dev.bulla.registry.RegistryClient;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Looks into referrers, two rounds for all of them together: their manifests, then the bundles that
 * those name. A bundle that came with the list needs neither.
 */
final class ReferrerObjects {

  private static final String LEGACY_ARTIFACT_TYPE =
      "application/vnd.dev.cosign.artifact.sig.v1+json";

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

  private final RegistryClient client;
  private final Repository repository;
  private final EvidenceAllowance allowance;
  private final EvidenceBlobs blobs;
  private final SignatureLayers layers;
  private final ReentrantLock parsing = new ReentrantLock();

  ReferrerObjects(
      RegistryClient client,
      Repository repository,
      EvidenceAllowance allowance,
      EvidenceBlobs blobs,
      SignatureLayers layers) {
    this.client = client;
    this.repository = repository;
    this.allowance = allowance;
    this.blobs = blobs;
    this.layers = layers;
  }

  /**
   * What they hold, in the order of the list.
   *
   * @param proven bundles of some of them, which are not fetched
   * @throws BullaException only when interrupted
   */
  List<Candidate> candidates(List<Descriptor> referrers, Map<Digest, Bytes> proven)
      throws BullaException {
    Map<Digest, Referrer> looked = lookInto(referrers, proven);
    List<Descriptor> toFetch = new ArrayList<>();
    for (Referrer referrer : looked.values()) {
      if (referrer instanceof Referrer.OfBundle bundle) {
        toFetch.add(bundle.layer());
      }
    }
    Map<Digest, EvidenceBlobs.Fetched> fetched = blobs.fetch(toFetch, "bundle", Limits.MAX_BUNDLE);
    List<Candidate> found = new ArrayList<>();
    for (Descriptor descriptor : referrers) {
      String place = repository.at(descriptor.digest()).toString();
      Bytes carried = proven.get(descriptor.digest());
      if (carried != null) {
        found.add(bundle(place, carried));
        continue;
      }
      Referrer referrer = looked.get(descriptor.digest());
      if (referrer instanceof Referrer.OfBundle bundle) {
        found.add(bundle(place, fetched.get(bundle.layer().digest())));
      } else if (referrer instanceof Referrer.OfSignatures signatures) {
        found.addAll(layers.candidates(signatures.object(), place));
      } else if (referrer instanceof Referrer.Lost lost) {
        found.add(lost.why());
      }
      // other artifacts have referrers' places too
    }
    return found;
  }

  private static Candidate bundle(
      String place, EvidenceBlobs.@org.jspecify.annotations.Nullable Fetched answer) {
    if (answer instanceof EvidenceBlobs.Fetched.Failed failed) {
      return new Unreadable(new Origin(place, 0), failed.why());
    }
    if (answer instanceof EvidenceBlobs.Fetched.Content content) {
      return bundle(place, content.bytes());
    }
    throw new AssertionError(place);
  }

  private static Candidate bundle(String place, Bytes raw) {
    Origin origin = new Origin(place, 0);
    try {
      return new BundleSignature(origin, BundleJson.parse(raw), raw);
    } catch (MalformedInputException e) {
      return new Unreadable(origin, e);
    }
  }

  private Map<Digest, Referrer> lookInto(List<Descriptor> referrers, Map<Digest, Bytes> proven)
      throws BullaException {
    List<Descriptor> small = new ArrayList<>();
    List<Descriptor> large = new ArrayList<>();
    for (Descriptor referrer : referrers) {
      if (!proven.containsKey(referrer.digest())) {
        (referrer.size() <= EvidenceBlobs.SMALL ? small : large).add(referrer);
      }
    }
    Map<Digest, Referrer> looked = new LinkedHashMap<>();
    lookInto(looked, small, EvidenceBlobs.PARALLEL);
    lookInto(looked, large, 1);
    return looked;
  }

  private void lookInto(Map<Digest, Referrer> looked, List<Descriptor> referrers, int parallel)
      throws BullaException {
    List<Referrer> found = client.atOnce(parallel).map(referrers, this::referrer);
    for (int i = 0; i < found.size(); i++) {
      looked.put(referrers.get(i).digest(), found.get(i));
    }
  }

  private Referrer referrer(Descriptor referrer) {
    if (!referrer.mediaType().isImageManifest()) {
      return new Referrer.Other();
    }
    Origin origin = new Origin(repository.at(referrer.digest()).toString(), 0);
    try {
      Optional<Bytes> body =
          client.manifestContent(
              repository, referrer.digest(), Math.max(EvidenceBlobs.SMALL, referrer.size()));
      if (body.isEmpty()) {
        return new Referrer.Lost(
            new Unreadable(
                origin,
                new RegistryException(
                    RegistryException.Kind.NOT_FOUND,
                    origin + " is listed as a referrer and is not there")));
      }
      return read(body.get(), origin);
    } catch (RegistryException | MalformedInputException e) {
      return new Referrer.Lost(new Unreadable(origin, e));
    }
  }

  /**
   * One at a time, and of each only what is needed later: a manifest in memory takes many times its
   * size.
   */
  private Referrer read(Bytes body, Origin origin) throws MalformedInputException {
    parsing.lock();
    try {
      Manifest manifest = Manifest.parse(body);
      if (manifest.layers().size() == 1
          && manifest.layers().get(0).mediaType().isSigstoreBundle()) {
        return new Referrer.OfBundle(manifest.layers().get(0));
      }
      if (manifest.artifactType().filter(LEGACY_ARTIFACT_TYPE::equals).isEmpty()) {
        return new Referrer.Other();
      }
      int number = manifest.layers().size();
      Optional<MalformedInputException> tooMany = SignatureLayers.tooMany(number);
      if (tooMany.isEmpty() && !allowance.takeObject(body.size(), number)) {
        tooMany = Optional.of(EvidenceAllowance.exceeded("signature object"));
      }
      return tooMany.isPresent()
          ? new Referrer.Lost(new Unreadable(origin, tooMany.get()))
          : new Referrer.OfSignatures(manifest);
    } finally {
      parsing.unlock();
    }
  }
}
