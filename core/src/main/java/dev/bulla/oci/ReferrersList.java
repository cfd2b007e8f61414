package dev.bulla.oci;

import dev.bulla.bytes.Bytes;
import dev.bulla.error.MalformedInputException;
import dev.bulla.error.Quoted;
import dev.bulla.json.GoFields;
import dev.bulla.json.JsonLimits;
import dev.bulla.json.JsonObject;
import dev.bulla.json.JsonParser;
import dev.bulla.json.JsonValue;
import dev.bulla.limits.Limits;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * An image index read as a list of referrers: an entry that cannot be read takes nothing from the
 * others. Source: distribution-spec 1.1, "Listing Referrers" and "Referrers Tag Schema".
 *
 * @param mediaType as the document names it
 * @param entries those that could be read, in order
 * @param unreadable one for each of the others; each names its place in the list
 */
public record ReferrersList(
    Optional<MediaType> mediaType,
    List<Descriptor> entries,
    List<MalformedInputException> unreadable) {

  private static final String WHAT = "referrers list";

  private static final JsonLimits JSON =
      JsonLimits.DEFAULT.withMaxBytes(Limits.MAX_REFERRERS_PAGE).withMaxValues(100_000);

  public ReferrersList {
    entries = List.copyOf(entries);
    unreadable = List.copyOf(unreadable);
  }

  /**
   * Reads a list's bytes.
   *
   * @throws MalformedInputException when the document as a whole is no index
   */
  public static ReferrersList parse(Bytes json) throws MalformedInputException {
    if (json.size() > Limits.MAX_REFERRERS_PAGE) {
      throw new MalformedInputException(
          WHAT, "larger than the limit of " + Limits.MAX_REFERRERS_PAGE + " bytes");
    }
    JsonObject document = JsonParser.parseObject(json, WHAT, JSON);
    GoFields fields = GoFields.of(document, WHAT);
    Manifest.checkVersion(fields, WHAT);
    Optional<MediaType> mediaType = Manifest.mediaType(fields, WHAT);
    if (mediaType.isPresent() && !mediaType.get().isIndex()) {
      throw new MalformedInputException(
          WHAT, "mediaType: not that of an index, but " + Quoted.text(mediaType.get().value()));
    }
    if (!fields.has("manifests") && document.get("manifests").isEmpty()) {
      // Go writes null for no entries; another kind of document has no such member at all
      throw new MalformedInputException(WHAT, "manifests: missing");
    }
    List<Descriptor> entries = new ArrayList<>();
    List<MalformedInputException> unreadable = new ArrayList<>();
    int position = 0;
    for (JsonValue value : fields.array("manifests")) {
      try {
        entries.add(Manifest.descriptor(value, WHAT + ": manifests[" + position + "]"));
      } catch (MalformedInputException e) {
        unreadable.add(e);
      }
      position++;
    }
    return new ReferrersList(mediaType, entries, unreadable);
  }

  /** How many entries the list has, readable or not. */
  public int size() {
    return entries.size() + unreadable.size();
  }
}
