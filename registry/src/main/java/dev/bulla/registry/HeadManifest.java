package dev.bulla.registry;

import dev.bulla.digest.Digest;
import dev.bulla.error.RegistryException;
import dev.bulla.oci.Descriptor;
import dev.bulla.oci.Reference;
import dev.bulla.registry.auth.Scope;
import java.util.Optional;

/**
 * {@code HEAD /v2/<name>/manifests/<reference>} (distribution-spec 1.1, end-3). Where a registry
 * cannot do that, or leaves out what we need, the manifest itself is fetched.
 */
final class HeadManifest {

  private static final int MAX_LENGTH_DIGITS = 18;

  private final Reference reference;
  private final Optional<Digest> digest;
  private final boolean missingIs403;

  HeadManifest(Reference reference, boolean missingIs403) {
    this.reference = reference;
    this.digest = TagOrDigest.digest(reference.tagOrDigest());
    this.missingIs403 = missingIs403;
  }

  /** What the reference names; empty only when the registry says that there is nothing. */
  Optional<Descriptor> find(RegistryCaller caller, CallBudget budget) throws RegistryException {
    Answer answer = ask(caller, budget);
    if (isAbsent(answer)) {
      return Optional.empty();
    }
    if (needsGet(answer)) {
      return get().find(caller, budget).map(FetchedManifest::descriptor);
    }
    return Optional.of(read(answer));
  }

  /** What the reference names; its absence is an exception in the registry's words. */
  Descriptor fetch(RegistryCaller caller, CallBudget budget) throws RegistryException {
    Answer answer = ask(caller, budget);
    if (isAbsent(answer)) {
      throw RegistryErrors.absent(answer);
    }
    return needsGet(answer) ? get().fetch(caller, budget).descriptor() : read(answer);
  }

  private boolean isAbsent(Answer answer) {
    return RegistryErrors.saysAbsent(answer) || (missingIs403 && answer.status() == 403);
  }

  private Answer ask(RegistryCaller caller, CallBudget budget) throws RegistryException {
    return caller.ask(
        Call.of(
                reference.repository(),
                "HEAD",
                "manifests/" + TagOrDigest.checked(reference.tagOrDigest()),
                Scope.pull(reference.repository().path()))
            .with("Accept", ManifestTypes.ACCEPT),
        budget);
  }

  private GetManifest get() {
    return new GetManifest(reference.repository(), reference.tagOrDigest(), missingIs403);
  }

  private boolean needsGet(Answer answer) {
    return answer.status() == 405
        || answer.status() == 501
        || (answer.status() == 200
            && (length(answer) < 0
                || answer.contentType().isEmpty()
                || (digest.isEmpty() && NamedDigest.of(answer).isEmpty())));
  }

  private Descriptor read(Answer answer) throws RegistryException {
    if (answer.status() != 200) {
      throw RegistryErrors.of(answer);
    }
    if (digest.isPresent()) {
      NamedDigest.mustBe(digest.get(), answer);
    }
    Digest named = digest.isPresent() ? digest.get() : NamedDigest.of(answer).orElseThrow();
    return new Descriptor(ManifestTypes.of(answer), length(answer), named);
  }

  /** −1 when the registry does not say. */
  private static long length(Answer answer) {
    String text = answer.headers().first("Content-Length").orElse("");
    if (text.isEmpty() || text.length() > MAX_LENGTH_DIGITS) {
      return -1;
    }
    long length = 0;
    for (int i = 0; i < text.length(); i++) {
      int digit = text.charAt(i) - '0';
      if (digit < 0 || digit > 9) {
        return -1;
      }
      length = length * 10 + digit;
    }
    return length;
  }
}
