package dev.bulla;

import dev.bulla.RecursiveVerdict.Checked;
import dev.bulla.digest.Digest;
import dev.bulla.error.BullaException;
import dev.bulla.error.ConfigurationException;
import dev.bulla.oci.DigestReference;
import dev.bulla.oci.Platform;
import dev.bulla.oci.Reference;
import dev.bulla.registry.RegistryClient;
import dev.bulla.store.EvidenceStore;
import dev.bulla.verify.Policy;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/** Verifies an index and what it lists, several manifests at a time. */
final class RecursiveVerification {

  private static final int PARALLEL = 4;

  private final RegistryClient client;
  private final EvidenceStore store;

  RecursiveVerification(RegistryClient client, EvidenceStore store) {
    this.client = client;
    this.store = store;
  }

  RecursiveVerdict verify(Reference reference, Policy policy, Recursion recursion)
      throws BullaException {
    DigestReference image = new ImageResolver(client).resolve(reference);
    if (recursion == Recursion.INDEX) {
      return new RecursiveVerdict(image, List.of(look(image, Optional.empty(), policy)));
    }
    if (recursion == Recursion.ANY) {
      return any(image, policy);
    }
    List<IndexWalk.Node> nodes = new IndexWalk(client).nodes(image);
    List<IndexWalk.Node> wanted = new ArrayList<>();
    for (IndexWalk.Node node : nodes) {
      if (recursion == Recursion.ALL || !node.isIndex()) {
        wanted.add(node);
      }
    }
    if (wanted.isEmpty()) {
      return new RecursiveVerdict(image, List.of(nothing(image)));
    }
    return new RecursiveVerdict(image, look(wanted, policy));
  }

  /** An index of nothing must not pass for one whose images are all signed. */
  private static Checked nothing(DigestReference image) {
    return new Checked(
        image,
        Optional.empty(),
        Optional.empty(),
        Optional.of(new ConfigurationException(image + " lists no image: nothing to verify")));
  }

  /** The named manifest first: where it is signed, no more has to be asked. */
  private RecursiveVerdict any(DigestReference image, Policy policy) throws BullaException {
    Checked root = look(image, Optional.empty(), policy);
    if (root.verified().isPresent()) {
      return new RecursiveVerdict(image, List.of(root));
    }
    List<IndexWalk.Node> nodes = new IndexWalk(client).nodes(image);
    if (!nodes.get(0).isIndex()) {
      return new RecursiveVerdict(image, List.of(root));
    }
    Map<Digest, Checked> checked = new LinkedHashMap<>();
    checked.put(image.digest(), root);
    List<IndexWalk.Node> indexes = new ArrayList<>();
    List<IndexWalk.Node> images = new ArrayList<>();
    for (IndexWalk.Node node : nodes.subList(1, nodes.size())) {
      (node.isIndex() ? indexes : images).add(node);
    }
    look(indexes, policy).forEach(one -> checked.put(one.image().digest(), one));
    Map<Digest, IndexWalk.Node> byDigest = new HashMap<>();
    nodes.forEach(node -> byDigest.put(node.image().digest(), node));
    List<IndexWalk.Node> uncovered = new ArrayList<>();
    for (IndexWalk.Node one : images) {
      if (above(one, byDigest).stream().noneMatch(d -> of(checked, d).verified().isPresent())) {
        uncovered.add(one);
      }
    }
    List<Checked> result = new ArrayList<>();
    checked.values().forEach(one -> result.add(optional(one)));
    if (images.isEmpty()) {
      result.add(nothing(image));
    }
    List<Checked> looked = look(uncovered, policy);
    for (int i = 0; i < looked.size(); i++) {
      result.add(worstOf(looked.get(i), above(uncovered.get(i), byDigest), checked));
    }
    return new RecursiveVerdict(image, result);
  }

  /** Every index from which the manifest is reached. */
  private static Set<Digest> above(IndexWalk.Node node, Map<Digest, IndexWalk.Node> byDigest) {
    Set<Digest> found = new HashSet<>();
    List<Digest> open = new ArrayList<>(node.parents());
    while (!open.isEmpty()) {
      Digest next = open.remove(open.size() - 1);
      IndexWalk.Node parent = byDigest.get(next);
      if (found.add(next) && parent != null) {
        open.addAll(parent.parents());
      }
    }
    return found;
  }

  /** An index that may be signed, and need not. */
  private static Checked optional(Checked index) {
    return new Checked(index.image(), index.platform(), index.verified(), Optional.empty());
  }

  /** Every index above an image has been looked at. */
  private static Checked of(Map<Digest, Checked> indexes, Digest index) {
    return Objects.requireNonNull(indexes.get(index));
  }

  /**
   * An image is unsigned only when it is certain that no index above it is signed: one of them that
   * could not be looked at leaves the question open.
   */
  private static Checked worstOf(
      Checked image, Set<Digest> above, Map<Digest, Checked> checkedIndexes) {
    if (image.failure().isEmpty()) {
      return image;
    }
    BullaException worst = image.failure().get();
    for (Digest digest : above) {
      Optional<BullaException> failure = of(checkedIndexes, digest).failure();
      if (failure.isPresent() && failure.get().code().severity() > worst.code().severity()) {
        worst = failure.get();
      }
    }
    return new Checked(image.image(), image.platform(), image.verified(), Optional.of(worst));
  }

  private List<Checked> look(List<IndexWalk.Node> nodes, Policy policy) throws BullaException {
    return client
        .atOnce(PARALLEL)
        .map(nodes, node -> named(look(node.image(), node.platform(), policy)));
  }

  /** Of several manifests a failure has to say which one is meant. */
  private static Checked named(Checked checked) {
    return new Checked(
        checked.image(),
        checked.platform(),
        checked.verified(),
        checked.failure().map(e -> e.in(checked.label())));
  }

  private Checked look(DigestReference image, Optional<Platform> platform, Policy policy) {
    try {
      return new Checked(
          image,
          platform,
          Optional.of(new ImageVerification(client, store).verify(image, policy)),
          Optional.empty());
    } catch (BullaException e) {
      return new Checked(image, platform, Optional.empty(), Optional.of(e));
    }
  }
}
