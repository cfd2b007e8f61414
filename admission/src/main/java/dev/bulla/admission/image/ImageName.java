package dev.bulla.admission.image;

import dev.bulla.digest.Digest;
import dev.bulla.digest.HashAlgorithm;
import dev.bulla.error.MalformedInputException;
import dev.bulla.error.Quoted;
import dev.bulla.oci.Repository;
import dev.bulla.oci.TagReference;
import java.util.Optional;

/**
 * The name of an image in a workload. Unlike a {@link dev.bulla.oci.Reference} it keeps a tag
 * beside a digest, since both go back into the workload.
 *
 * @param tag absent only where there is a digest
 * @param digest SHA-256
 * @param original as the workload spells it
 */
public record ImageName(
    Repository repository, Optional<String> tag, Optional<Digest> digest, String original) {

  /** In characters. */
  public static final int MAX_LENGTH = 4096;

  public ImageName {
    if (tag.isEmpty() && digest.isEmpty()) {
      throw new IllegalArgumentException("neither tag nor digest");
    }
  }

  /**
   * The image that a text names. Without tag and digest it means the tag {@code latest}.
   *
   * @throws MalformedInputException {@code invalid image reference}, and why where that helps
   */
  public static ImageName parse(String text) throws MalformedInputException {
    if (text.length() > MAX_LENGTH) {
      throw invalid("longer than " + MAX_LENGTH + " characters");
    }
    int at = text.indexOf('@');
    String name = at < 0 ? text : text.substring(0, at);
    Optional<Digest> digest =
        at < 0 ? Optional.empty() : Optional.of(digest(text.substring(at + 1)));
    int colon = name.lastIndexOf(':');
    Optional<String> tag = Optional.empty();
    if (colon > name.lastIndexOf('/')) {
      tag = Optional.of(name.substring(colon + 1));
      name = name.substring(0, colon);
    } else if (digest.isEmpty()) {
      tag = Optional.of("latest");
    }
    if (tag.isPresent() && !TagReference.isTag(tag.get())) {
      throw invalid(Quoted.text(tag.get()) + " is no tag");
    }
    try {
      return new ImageName(Repository.parse(name), tag, digest, text);
    } catch (MalformedInputException e) {
      throw invalid(Quoted.text(name) + " is no name of a repository");
    }
  }

  private static Digest digest(String text) throws MalformedInputException {
    Digest digest;
    try {
      digest = Digest.parse(text);
    } catch (MalformedInputException e) {
      throw invalid(e.message());
    }
    if (digest.algorithm() != HashAlgorithm.SHA256) {
      throw invalid("only digests by sha256 can be verified");
    }
    return digest;
  }

  private static MalformedInputException invalid(String why) {
    return MalformedInputException.verbatim("invalid image reference: " + why);
  }

  /** The same image, pinned; the tag stays. */
  public ImageName withDigest(Digest verified) {
    return new ImageName(repository, tag, Optional.of(verified), original);
  }

  /**
   * The name that rules are held against: the same for every spelling of the registry. What is
   * asked, stored and run keeps the spelling of the workload.
   */
  public String canonical() {
    String registry = RegistryName.canonical(repository.registry());
    if (registry.equals(repository.registry())) {
      return toString();
    }
    String path = repository.path();
    boolean official = registry.equals(Repository.DOCKER_HUB) && path.indexOf('/') < 0;
    return registry + (official ? "/library/" : "/") + path + suffix();
  }

  private String suffix() {
    return tag.map(t -> ":" + t).orElse("") + digest.map(d -> "@" + d).orElse("");
  }

  /** {@code registry/path:tag@digest}, what is there of it. */
  @Override
  public String toString() {
    return repository + suffix();
  }
}
