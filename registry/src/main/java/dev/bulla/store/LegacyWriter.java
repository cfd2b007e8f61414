package dev.bulla.store;

import dev.bulla.bytes.Bytes;
import dev.bulla.error.BullaException;
import dev.bulla.evidence.LegacySignature;
import dev.bulla.evidence.SignatureObject;
import dev.bulla.oci.Descriptor;
import dev.bulla.oci.DigestReference;
import dev.bulla.oci.Repository;
import dev.bulla.registry.RegistryClient;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Adds to signature objects. */
final class LegacyWriter {

  private final RegistryClient client;
  private final StoreOptions options;
  private final Turns turns;
  private final Contention contention;
  private final InstantSource clock;

  LegacyWriter(
      RegistryClient client,
      StoreOptions options,
      Turns turns,
      Contention contention,
      InstantSource clock) {
    this.client = client;
    this.options = options;
    this.turns = turns;
    this.contention = contention;
    this.clock = clock;
  }

  boolean add(
      DigestReference image,
      Bytes payload,
      Map<String, String> annotations,
      Predicate<String> sameSigner)
      throws BullaException {
    return add(image, payload, annotations, sameSigner, null);
  }

  boolean add(
      DigestReference image,
      Bytes payload,
      Map<String, String> annotations,
      Predicate<String> sameSigner,
      @Nullable String created)
      throws BullaException {
    return append(
        options.repositoryFor(image.repository()),
        EvidenceTags.signatures(options.tagPrefix(), image.digest()),
        payload,
        SignatureObject.layer(payload, annotations),
        sameSigner,
        created);
  }

  /** Adds an attestation to the image's {@code .att} object. */
  void addAttestation(DigestReference image, Bytes envelope, Map<String, String> annotations)
      throws BullaException {
    append(
        options.repositoryFor(image.repository()),
        EvidenceTags.attestations(options.tagPrefix(), image.digest()),
        envelope,
        SignatureObject.attestation(envelope, annotations),
        stored -> false,
        null);
  }

  private boolean append(
      Repository repository,
      String tag,
      Bytes payload,
      Descriptor layer,
      Predicate<String> asked,
      @Nullable String created)
      throws BullaException {
    Predicate<String> sameSigner = remembering(asked);
    SignatureObjects objects = new SignatureObjects(client, repository, options.flavour(), created);
    SharedTag shared = new SharedTag(client, repository, tag, objects, contention, clock);
    return turns.take(
        repository,
        tag,
        () -> {
          TagState first = shared.read();
          if (holdsSame(first, layer, sameSigner)) {
            return false;
          }
          boolean uploaded = holds(first, layer);
          shared.write(
              first, new NewLayer(repository, objects, layer, payload, uploaded, sameSigner));
          return true;
        });
  }

  /** Each answer costs a verification, and the same signatures are met again in each round. */
  private static Predicate<String> remembering(Predicate<String> sameSigner) {
    Map<String, Boolean> answers = new HashMap<>();
    return signature -> answers.computeIfAbsent(signature, sameSigner::test);
  }

  private static boolean holdsSame(TagState state, Descriptor layer, Predicate<String> sameSigner) {
    for (Descriptor existing : state.object().entries()) {
      if (existing.equals(layer) || isSame(existing, layer, sameSigner)) {
        return true;
      }
    }
    return false;
  }

  /** Whether a layer with the same content is there, so that the registry has the content. */
  private static boolean holds(TagState state, Descriptor layer) {
    for (Descriptor existing : state.object().entries()) {
      if (existing.digest().equals(layer.digest()) && existing.size() == layer.size()) {
        return true;
      }
    }
    return false;
  }

  /** A layer that is to be added. */
  private final class NewLayer implements SharedChange {

    private final Repository repository;
    private final SignatureObjects objects;
    private final Descriptor layer;
    private final Bytes payload;
    private final Predicate<String> sameSigner;
    private boolean uploaded;

    NewLayer(
        Repository repository,
        SignatureObjects objects,
        Descriptor layer,
        Bytes payload,
        boolean uploaded,
        Predicate<String> sameSigner) {
      this.repository = repository;
      this.objects = objects;
      this.layer = layer;
      this.payload = payload;
      this.uploaded = uploaded;
      this.sameSigner = sameSigner;
    }

    @Override
    public List<Descriptor> entries() {
      return List.of(layer);
    }

    @Override
    public boolean publish(Descriptor entry, String journalTag) throws BullaException {
      if (!uploaded) {
        client.putBlob(repository, payload);
        uploaded = true;
      }
      return objects.publishJournal(journalTag, layer, clock.instant());
    }

    @Override
    public boolean isSame(Descriptor entry, Descriptor other) {
      return LegacyWriter.isSame(other, layer, sameSigner);
    }
  }

  /** Same payload, same annotations but for the signature, and a signature by the same signer. */
  private static boolean isSame(
      Descriptor existing, Descriptor layer, Predicate<String> sameSigner) {
    if (!existing.digest().equals(layer.digest())
        || !existing.mediaType().equals(layer.mediaType())
        || !withoutSignature(existing).equals(withoutSignature(layer))) {
      return false;
    }
    String signature = existing.annotations().get(LegacySignature.SIGNATURE_ANNOTATION);
    return signature != null && !signature.isEmpty() && sameSigner.test(signature);
  }

  private static Map<String, String> withoutSignature(Descriptor layer) {
    Map<String, String> others = new TreeMap<>(layer.annotations());
    others.remove(LegacySignature.SIGNATURE_ANNOTATION);
    return others;
  }
}
