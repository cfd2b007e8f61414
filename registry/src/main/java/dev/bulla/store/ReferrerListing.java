package dev.bulla.store;

import dev.bulla.evidence.Unreadable;
import dev.bulla.oci.Descriptor;
import java.util.List;

/**
 * Every referrer of an image, wherever it is listed, not fetched.
 *
 * @param entries those that could be read, each once
 * @param unreadable one for each entry that could not
 */
public record ReferrerListing(List<Descriptor> entries, List<Unreadable> unreadable) {
  public ReferrerListing {
    entries = List.copyOf(entries);
    unreadable = List.copyOf(unreadable);
  }
}
