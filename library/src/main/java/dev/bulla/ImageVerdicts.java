package dev.bulla;

import dev.bulla.oci.DigestReference;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/**
 * What several policies make of one image. Says nothing about how many of them suffice.
 *
 * @param image the digest that all of them were asked about; what is run must be exactly this
 * @param verdicts by the names of the policies, in their order
 * @param <K> how policies are named
 */
public record ImageVerdicts<K>(DigestReference image, Map<K, PolicyVerdict> verdicts) {

  public ImageVerdicts {
    verdicts = Collections.unmodifiableMap(new LinkedHashMap<>(verdicts));
  }

  /** The names of the policies that are satisfied. */
  public Set<K> satisfied() {
    Set<K> names = new LinkedHashSet<>();
    verdicts.forEach((name, verdict) -> {
      if (verdict instanceof PolicyVerdict.Satisfied) {
        names.add(name);
      }
    });
    return names;
  }
}
