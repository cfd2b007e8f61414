package dev.bulla.registry;

import dev.bulla.error.RegistryException;
import dev.bulla.limits.Limits;
import dev.bulla.registry.transport.HttpUrl;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/** Follows the pages of one listing: on the registry itself, never in a circle, not for ever. */
final class Pages {

  private final Set<HttpUrl> seen = new HashSet<>();

  /**
   * The page after this one. A list that we cannot read to its end is an error, never a shorter
   * list.
   */
  Optional<HttpUrl> after(Answer answer) throws RegistryException {
    seen.add(answer.url());
    Optional<String> reference = LinkHeader.next(answer.headers());
    if (reference.isEmpty()) {
      return Optional.empty();
    }
    HttpUrl next;
    try {
      next = answer.url().resolve(reference.get());
    } catch (dev.bulla.error.MalformedInputException e) {
      throw RegistryErrors.bad(answer, e);
    }
    if (!next.origin().equals(answer.url().origin())) {
      throw RegistryErrors.unsafe(
          answer.method(), answer.url(), "the next page is on another host");
    }
    if (seen.contains(next)) {
      throw RegistryErrors.bad(answer, "the pages of the list go in a circle");
    }
    if (seen.size() >= Limits.MAX_PAGES) {
      throw RegistryErrors.bad(answer, "the list has more than " + Limits.MAX_PAGES + " pages");
    }
    return Optional.of(next);
  }
}
