package dev.bulla;

import dev.bulla.bundle.Bundle;
import dev.bulla.bytes.Bytes;
import dev.bulla.dsse.Envelope;
import dev.bulla.dsse.EnvelopeText;
import dev.bulla.error.BullaException;
import dev.bulla.error.ConfigurationException;
import dev.bulla.error.MalformedInputException;
import dev.bulla.error.RegistryException;
import dev.bulla.evidence.BundleSignature;
import dev.bulla.evidence.Candidate;
import dev.bulla.evidence.Origin;
import dev.bulla.evidence.Unreadable;
import dev.bulla.intoto.Statement;
import dev.bulla.json.GoFields;
import dev.bulla.json.JsonParser;
import dev.bulla.limits.Limits;
import dev.bulla.oci.Descriptor;
import dev.bulla.oci.DigestReference;
import dev.bulla.oci.Manifest;
import dev.bulla.oci.Reference;
import dev.bulla.oci.Repository;
import dev.bulla.registry.FetchedManifest;
import dev.bulla.registry.RegistryClient;
import dev.bulla.store.EvidenceStore;
import dev.bulla.store.EvidenceTags;
import dev.bulla.store.StoreOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Fetches everything that may be an attestation of an image, without judging it. */
public final class AttestationDownload {

  private static final int PARALLEL = 8;

  private final RegistryClient client;
  private final EvidenceStore store;
  private final StoreOptions options;

  AttestationDownload(RegistryClient client, EvidenceStore store, StoreOptions options) {
    this.client = client;
    this.store = store;
    this.options = options;
  }

  /**
   * What was found.
   *
   * @param bundles every bundle, or those with the wanted predicate type
   * @param envelopes legacy attestations, each the JSON of a DSSE envelope as stored
   * @param unreadable what could not be read; the rest is still there
   */
  public record Found(
      List<BundleSignature> bundles, List<Bytes> envelopes, List<Unreadable> unreadable) {

    public Found {
      bundles = List.copyOf(bundles);
      envelopes = List.copyOf(envelopes);
      unreadable = List.copyOf(unreadable);
    }

    public boolean isEmpty() {
      return bundles.isEmpty() && envelopes.isEmpty() && unreadable.isEmpty();
    }
  }

  /**
   * All attestations of an image.
   *
   * @param predicateType only statements of this type; all of them, signatures among the bundles
   *     too, when empty
   * @param platform the image of an index to look at; the reference itself when empty
   */
  public Found of(Reference reference, Optional<String> predicateType, String platform)
      throws BullaException {
    DigestReference image =
        platform.isEmpty()
            ? new ImageResolver(client).resolve(reference)
            : new PlatformImage(client).of(reference, platform);
    List<BundleSignature> bundles = new ArrayList<>();
    List<Bytes> envelopes = new ArrayList<>();
    List<Unreadable> unreadable = new ArrayList<>();
    bundles(image, predicateType, bundles, unreadable);
    envelopes(image, predicateType, envelopes, unreadable);
    int found = Math.max(bundles.size(), envelopes.size());
    if (found > Limits.MAX_DOWNLOADED_SIGNATURES) {
      throw new ConfigurationException(
          "maximum number of attestations on an image is "
              + Limits.MAX_DOWNLOADED_SIGNATURES
              + ", found "
              + found);
    }
    return new Found(bundles, envelopes, unreadable);
  }

  private void bundles(
      DigestReference image,
      Optional<String> predicateType,
      List<BundleSignature> found,
      List<Unreadable> unreadable)
      throws BullaException {
    String signatures =
        repository(image)
            .tag(EvidenceTags.signatures(options.tagPrefix(), image.digest()))
            .toString();
    for (Candidate candidate : store.lookAlsoBeside(image)) {
      if (candidate instanceof BundleSignature bundle) {
        if (predicateType.isEmpty() || predicateType.equals(predicateType(bundle))) {
          found.add(bundle);
        }
      } else if (candidate instanceof Unreadable problem
          && !problem.origin().place().equals(signatures)) {
        unreadable.add(problem);
      }
    }
  }

  /** Empty for what is no statement. */
  private static Optional<String> predicateType(BundleSignature bundle) {
    if (bundle.bundle().content() instanceof Bundle.DsseContent dsse
        && dsse.envelope().payloadType().equals(Envelope.IN_TOTO)) {
      try {
        return Optional.of(Statement.parse(dsse.envelope().payload()).predicateType());
      } catch (MalformedInputException e) {
        return Optional.empty();
      }
    }
    return Optional.empty();
  }

  private Repository repository(DigestReference image) {
    return store.repositoryFor(image);
  }

  private void envelopes(
      DigestReference image,
      Optional<String> predicateType,
      List<Bytes> found,
      List<Unreadable> unreadable)
      throws BullaException {
    Repository repository = repository(image);
    String tag = EvidenceTags.attestations(options.tagPrefix(), image.digest());
    String place = repository.tag(tag).toString();
    List<Descriptor> layers = new ArrayList<>();
    try {
      String name = tag;
      for (int number = 2; number <= Limits.MAX_REFERRERS; number++) {
        Optional<FetchedManifest> fetched = client.getManifest(repository, name);
        if (fetched.isEmpty()) {
          break;
        }
        layers.addAll(Manifest.parse(fetched.get().body()).layers());
        name = EvidenceTags.shard(tag, number); // where the tag cannot be moved, there is more
      }
    } catch (RegistryException | MalformedInputException e) {
      unreadable.add(new Unreadable(new Origin(place, 0), e));
      return;
    }
    if (layers.size() > Limits.MAX_DOWNLOADED_SIGNATURES) {
      throw new ConfigurationException(
          "maximum number of attestations on an image is "
              + Limits.MAX_DOWNLOADED_SIGNATURES
              + ", found "
              + layers.size());
    }
    long total = 0;
    List<Descriptor> fitting = new ArrayList<>();
    for (Descriptor layer : layers) {
      total += layer.size();
      if (total > Limits.MAX_EVIDENCE) {
        unreadable.add(new Unreadable(new Origin(place, fitting.size() + 1), tooMuch()));
        break;
      }
      fitting.add(layer);
    }
    List<Object> contents =
        client.atOnce(PARALLEL).map(fitting, layer -> content(repository, layer));
    for (int i = 0; i < contents.size(); i++) {
      Object content = contents.get(i);
      try {
        if (content instanceof BullaException why) {
          throw why;
        }
        Bytes envelope = (Bytes) content;
        if (predicateType.isEmpty() || predicateType.get().equals(predicateType(envelope))) {
          found.add(envelope);
        }
      } catch (BullaException e) {
        unreadable.add(new Unreadable(new Origin(place, i + 1), e));
      }
    }
  }

  private static MalformedInputException tooMuch() {
    return new MalformedInputException(
        "attestations", "more than " + Limits.MAX_EVIDENCE + " bytes of them for one image");
  }

  /** The blob, or what kept us from it. */
  private Object content(Repository repository, Descriptor layer) {
    try {
      if (layer.size() > options.maxPayload()) {
        throw new MalformedInputException(
            "attestation",
            "size of layer ("
                + layer.size()
                + ") exceeded the limit ("
                + options.maxPayload()
                + ")");
      }
      return client.getBlob(repository, layer.digest(), layer.size());
    } catch (RegistryException | MalformedInputException e) {
      return e;
    }
  }

  private static String predicateType(Bytes envelope) throws MalformedInputException {
    String what = "attestation";
    Bytes payload = EnvelopeText.of(JsonParser.parseObject(envelope, what)).decodedPayload();
    return GoFields.of(JsonParser.parseObject(payload, what), what)
        .string("predicateType")
        .orElse("");
  }
}
