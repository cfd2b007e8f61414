package dev.bulla.testkit.sigstore;

import dev.bulla.bytes.Base64Text;
import dev.bulla.bytes.Bytes;
import dev.bulla.json.JsonArray;
import dev.bulla.json.JsonObject;
import dev.bulla.json.ProtoJson;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A {@code trusted_root.json} that is put together piece by piece. Immutable; each method gives the
 * same with one thing more. An end that is {@code null} is open.
 */
public final class TrustedRootText {

  private static final String MEDIA_TYPE =
      "application/vnd.dev.sigstore.trustedroot+json;version=0.1";

  private final String mediaType;
  private final List<JsonObject> logs;
  private final List<JsonObject> authorities;
  private final List<JsonObject> ctLogs;
  private final List<JsonObject> timestampAuthorities;

  private TrustedRootText(
      String mediaType,
      List<JsonObject> logs,
      List<JsonObject> authorities,
      List<JsonObject> ctLogs,
      List<JsonObject> timestampAuthorities) {
    this.mediaType = mediaType;
    this.logs = logs;
    this.authorities = authorities;
    this.ctLogs = ctLogs;
    this.timestampAuthorities = timestampAuthorities;
  }

  /** One that trusts nobody. */
  public static TrustedRootText empty() {
    return new TrustedRootText(MEDIA_TYPE, List.of(), List.of(), List.of(), List.of());
  }

  public TrustedRootText mediaType(String other) {
    return new TrustedRootText(other, logs, authorities, ctLogs, timestampAuthorities);
  }

  public TrustedRootText log(VirtualRekor1 log, String url, Instant start, @Nullable Instant end) {
    return log(logJson(url, log.key(), log.logId(), start, end));
  }

  public TrustedRootText log(VirtualRekor2 log, String url, Instant start, @Nullable Instant end) {
    return log(logJson(url, log.key(), log.logId(), start, end));
  }

  /** A log of any content. */
  public TrustedRootText log(JsonObject log) {
    return new TrustedRootText(
        mediaType, with(logs, log), authorities, ctLogs, timestampAuthorities);
  }

  public TrustedRootText ctLog(VirtualCtLog log, String url, Instant start, @Nullable Instant end) {
    return new TrustedRootText(
        mediaType,
        logs,
        authorities,
        with(ctLogs, logJson(url, log.key(), log.logId(), start, end)),
        timestampAuthorities);
  }

  public TrustedRootText authority(
      VirtualCa authority, String url, @Nullable Instant start, @Nullable Instant end) {
    JsonObject json = authorityJson(authority.name(), url, authority.chain(), start, end);
    return new TrustedRootText(
        mediaType, logs, with(authorities, json), ctLogs, timestampAuthorities);
  }

  public TrustedRootText timestamps(
      VirtualTsa authority, String url, @Nullable Instant start, @Nullable Instant end) {
    JsonObject json =
        authorityJson(
            authority.authority().name(), url, authority.certificate().chain(), start, end);
    return new TrustedRootText(
        mediaType, logs, authorities, ctLogs, with(timestampAuthorities, json));
  }

  private static List<JsonObject> with(List<JsonObject> list, JsonObject more) {
    List<JsonObject> all = new ArrayList<>(list);
    all.add(more);
    return List.copyOf(all);
  }

  /** A log as it stands in the file. */
  public static JsonObject logJson(
      String url, VirtualKey key, Bytes logId, @Nullable Instant start, @Nullable Instant end) {
    return JsonObject.builder()
        .put("baseUrl", url)
        .put("hashAlgorithm", "SHA2_256")
        .put(
            "publicKey",
            JsonObject.builder()
                .put("rawBytes", Base64Text.encode(key.spki()))
                .put("keyDetails", key.keyDetails())
                .put("validFor", validity(start, end))
                .build())
        .put("logId", JsonObject.builder().put("keyId", Base64Text.encode(logId)).build())
        .put("operator", "virtual.test")
        .build();
  }

  private static JsonObject authorityJson(
      String name, String url, List<Bytes> chain, @Nullable Instant start, @Nullable Instant end) {
    return JsonObject.builder()
        .put(
            "subject",
            JsonObject.builder()
                .put("organization", "virtual.test")
                .put("commonName", name)
                .build())
        .put("uri", url)
        .put(
            "certChain",
            JsonObject.builder()
                .put(
                    "certificates",
                    JsonArray.of(
                        chain.stream()
                            .map(der ->
                                JsonObject.builder()
                                    .put("rawBytes", Base64Text.encode(der))
                                    .build())
                            .toList()))
                .build())
        .put("validFor", validity(start, end))
        .put("operator", "virtual.test")
        .build();
  }

  private static JsonObject validity(@Nullable Instant start, @Nullable Instant end) {
    JsonObject.Builder json = JsonObject.builder();
    if (start != null) {
      json.put("start", start.toString());
    }
    if (end != null) {
      json.put("end", end.toString());
    }
    return json.build();
  }

  /** The document. */
  public JsonObject json() {
    return JsonObject.builder()
        .put("mediaType", mediaType)
        .put("tlogs", JsonArray.of(logs))
        .put("certificateAuthorities", JsonArray.of(authorities))
        .put("ctlogs", JsonArray.of(ctLogs))
        .put("timestampAuthorities", JsonArray.of(timestampAuthorities))
        .build();
  }

  /** The file. */
  public Bytes bytes() {
    return ProtoJson.write(json());
  }
}
