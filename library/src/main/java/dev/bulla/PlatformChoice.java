package dev.bulla;

import dev.bulla.error.ConfigurationException;
import dev.bulla.error.MalformedInputException;
import dev.bulla.error.Quoted;
import dev.bulla.json.GoFields;
import dev.bulla.oci.Descriptor;
import dev.bulla.oci.ImageIndex;
import dev.bulla.registry.FetchedManifest;
import java.util.ArrayList;
import java.util.List;

/**
 * Finds the one image of an index that is for a platform. What the text leaves out matches
 * anything.
 *
 * @param typed {@code os[/architecture[/variant]][:version]}
 */
record PlatformChoice(String typed, String os, String architecture, String variant, String version) {

  static PlatformChoice of(String text) throws ConfigurationException {
    int colon = text.indexOf(':');
    String version = colon < 0 ? "" : text.substring(colon + 1);
    String[] parts = (colon < 0 ? text : text.substring(0, colon)).split("/", -1);
    if (parts.length > 3 || parts[0].isEmpty() || version.contains(":")) {
      throw new ConfigurationException("parsing platform: " + Quoted.text(text));
    }
    return new PlatformChoice(
        text,
        parts[0],
        parts.length > 1 ? parts[1] : "",
        parts.length > 2 ? parts[2] : "",
        version);
  }

  Descriptor in(FetchedManifest index) throws ConfigurationException, MalformedInputException {
    if (!index.descriptor().mediaType().isIndex()) {
      throw new ConfigurationException("specified reference is not a multiarch image");
    }
    List<Descriptor> found = new ArrayList<>();
    List<String> names = new ArrayList<>();
    for (Descriptor entry : ImageIndex.parse(index.body()).manifests()) {
      if (entry.platform().isPresent()) {
        GoFields platform = GoFields.of(entry.platform().get(), "platform");
        String itsOs = platform.string("os").orElse("");
        String itsArchitecture = platform.string("architecture").orElse("");
        String itsVariant = platform.string("variant").orElse("");
        if (fits(os, itsOs)
            && fits(architecture, itsArchitecture)
            && fits(variant, itsVariant)
            && fits(version, platform.string("os.version").orElse(""))) {
          found.add(entry);
          names.add(
              itsOs + "/" + itsArchitecture + (itsVariant.isEmpty() ? "" : "/" + itsVariant));
        }
      }
    }
    if (found.isEmpty()) {
      throw new ConfigurationException("unable to find an entity for " + Quoted.plain(typed));
    }
    if (found.size() > 1) {
      throw new ConfigurationException(
          "platform spec matches more than one image architecture: "
              + Quoted.plain(String.join(", ", names)));
    }
    return found.get(0);
  }

  private static boolean fits(String wanted, String found) {
    return wanted.isEmpty() || wanted.equals(found);
  }
}
