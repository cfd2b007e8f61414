package dev.bulla.registry;

import dev.bulla.error.MalformedInputException;
import dev.bulla.oci.Descriptor;
import java.util.List;

/** What a registry says about the referrers of a manifest. */
public sealed interface ReferrersAnswer {

  /**
   * The registry keeps a list, and this is all of it.
   *
   * @param descriptors in the registry's order; their annotations and artifact types are the
   *     registry's word
   * @param unreadable one for each entry that cannot be read; such a list supports no "there is
   *     nothing"
   */
  record Listed(List<Descriptor> descriptors, List<MalformedInputException> unreadable)
      implements ReferrersAnswer {
    public Listed {
      descriptors = List.copyOf(descriptors);
      unreadable = List.copyOf(unreadable);
    }

    public Listed(List<Descriptor> descriptors) {
      this(descriptors, List.of());
    }
  }

  /** The registry has no referrers API; the list, if there is one, is under the fallback tag. */
  record NotSupported() implements ReferrersAnswer {}
}
