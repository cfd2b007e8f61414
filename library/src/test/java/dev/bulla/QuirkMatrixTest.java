package dev.bulla;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.error.BullaException;
import dev.bulla.registry.RegistryClient;
import dev.bulla.registry.auth.CredentialSource;
import dev.bulla.registry.transport.SocketTransport;
import dev.bulla.registry.transport.TlsOptions;
import dev.bulla.store.StoreOptions;
import dev.bulla.testkit.registry.Effects;
import dev.bulla.testkit.registry.EmbeddedRegistry;
import dev.bulla.testkit.registry.Faults.NoReferrers;
import dev.bulla.testkit.registry.RequestMatch;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/**
 * The habits of real registries, and what verifying says on each: success for a signed image, and
 * for an unsigned one "unsigned" only where the registry said so. A row is a habit, a column what
 * stands beside the image, a cell the exit code. docs/registries.md describes the habits.
 */
class QuirkMatrixTest {

  private static final int WIDTH = 46;

  private static final RequestMatch INDEX = RequestMatch.manifests().path(".*/sha256-[0-9a-f]+");

  /** How a registry behaves, from before the signing on or only when it is read. */
  private record Quirk(
      Consumer<EmbeddedRegistry.Options> setUp,
      Consumer<EmbeddedRegistry> always,
      Consumer<EmbeddedRegistry> whenRead,
      boolean missingIs403) {

    static Quirk always(Consumer<EmbeddedRegistry> habit) {
      return new Quirk(o -> {}, habit, r -> {}, false);
    }

    static Quirk whenRead(Consumer<EmbeddedRegistry> habit) {
      return new Quirk(o -> {}, r -> {}, habit, false);
    }

    Quirk andWhenRead(Consumer<EmbeddedRegistry> habit) {
      return new Quirk(setUp, always, habit, missingIs403);
    }
  }

  private static Map<String, Quirk> quirks() {
    Map<String, Quirk> quirks = new LinkedHashMap<>();
    quirks.put("no habits", Quirk.always(r -> {}));
    quirks.put("referrers: 404, plain text", without(NoReferrers.NOT_FOUND));
    quirks.put("referrers: 404, METHOD_UNKNOWN", without(NoReferrers.METHOD_UNKNOWN));
    quirks.put("referrers: 400", without(NoReferrers.BAD_REQUEST));
    quirks.put("referrers: 405", without(NoReferrers.METHOD_NOT_ALLOWED));
    quirks.put("referrers: 406", without(NoReferrers.NOT_ACCEPTABLE));
    quirks.put("referrers: 501", without(NoReferrers.NOT_IMPLEMENTED));
    quirks.put("referrers: 200, a web page", without(NoReferrers.WEB_PAGE));
    quirks.put(
        "referrers: 404, DENIED",
        Quirk.whenRead(r ->
            r.faults()
                .on(RequestMatch.referrers())
                .does(Effects.status(404, "DENIED", "not for you"))));
    quirks.put(
        "referrers: as application/json",
        Quirk.whenRead(r ->
            r.faults().on(RequestMatch.referrers()).does(Effects.contentType("application/json"))));
    quirks.put(
        "referrers: an entry that nobody can read",
        Quirk.whenRead(r ->
            r.faults()
                .on(RequestMatch.referrers())
                .does(Effects.changedBody(QuirkMatrixTest::withAnEntry))));
    quirks.put(
        "referrers: one to a page",
        new Quirk(o -> o.referrersPageSize(1), r -> {}, r -> {}, false));
    quirks.put("referrers: no filter", Quirk.always(r -> r.faults().noReferrersFilter()));
    quirks.put("referrers: no OCI-Subject", Quirk.always(r -> r.faults().noSubjectHeader()));
    quirks.put(
        "referrers: the config's type in the list",
        Quirk.whenRead(r ->
            r.faults()
                .on(RequestMatch.referrers())
                .does(Effects.wrongArtifactType("application/vnd.oci.empty.v1+json"))));
    quirks.put(
        "fallback index: the config's type in it",
        without(NoReferrers.NOT_FOUND)
            .andWhenRead(r ->
                r.faults()
                    .on(INDEX)
                    .does(Effects.wrongArtifactType("application/vnd.oci.empty.v1+json"))));
    quirks.put(
        "fallback index: quite another type in it",
        without(NoReferrers.NOT_FOUND)
            .andWhenRead(r ->
                r.faults().on(INDEX).does(Effects.wrongArtifactType("application/spdx+json"))));
    quirks.put("HEAD: 405", Quirk.whenRead(r -> r.faults().noHead(405)));
    quirks.put("HEAD: 501", Quirk.whenRead(r -> r.faults().noHead(501)));
    quirks.put("HEAD: 405, also when signing", Quirk.always(r -> r.faults().noHead(405)));
    quirks.put("HEAD: 501, also when signing", Quirk.always(r -> r.faults().noHead(501)));
    quirks.put(
        "HEAD: no Docker-Content-Digest",
        Quirk.always(r ->
            r.faults()
                .on(RequestMatch.any().method("HEAD"))
                .does(Effects.withoutHeader("Docker-Content-Digest"))));
    quirks.put(
        "no Docker-Content-Digest at all",
        Quirk.always(r ->
            r.faults()
                .on(RequestMatch.any())
                .does(Effects.withoutHeader("Docker-Content-Digest"))));
    quirks.put(
        "header names in lower case",
        Quirk.always(r -> r.faults().on(RequestMatch.any()).does(Effects.lowerCaseHeaderNames())));
    quirks.put(
        "HEAD: no Content-Length",
        Quirk.always(r ->
            r.faults()
                .on(RequestMatch.any().method("HEAD"))
                .does(Effects.withoutHeader("Content-Length"))));
    quirks.put(
        "HEAD: no Content-Type",
        Quirk.always(r ->
            r.faults()
                .on(RequestMatch.any().method("HEAD"))
                .does(Effects.withoutHeader("Content-Type"))));
    quirks.put("403 for missing", Quirk.whenRead(r -> r.faults().forbiddenForMissing()));
    quirks.put(
        "403 for missing, and --missing-is-403",
        new Quirk(o -> {}, r -> {}, r -> r.faults().forbiddenForMissing(), true));
    quirks.put("what is pushed shows later", Quirk.always(r -> r.faults().delayedVisibility(2)));
    return quirks;
  }

  private static byte[] withAnEntry(byte[] list) {
    String entry =
        "{\"mediaType\":\"application/vnd.oci.image.manifest.v1+json\",\"size\":7,"
            + "\"digest\":\"blake3:00\"}";
    String text = new String(list, StandardCharsets.UTF_8);
    String separator = text.contains("\"manifests\":[]") ? "" : ",";
    return text.replace("\"manifests\":[", "\"manifests\":[" + entry + separator)
        .getBytes(StandardCharsets.UTF_8);
  }

  private static Quirk without(NoReferrers how) {
    return Quirk.always(r -> r.faults().noReferrersApi(how));
  }

  /** What stands beside the image. */
  @FunctionalInterface
  private interface Evidence {
    void leave(Bench bench) throws Exception;
  }

  private static Map<String, Evidence> evidence() {
    Map<String, Evidence> evidence = new LinkedHashMap<>();
    evidence.put("legacy", bench -> bench.sign(Bench.legacy(Bench.ALICE)));
    evidence.put("bundle", bench -> bench.sign(Bench.bundle(Bench.ALICE)));
    evidence.put("cosign's", bench -> bench.signAsCosign(Bench.bundle(Bench.ALICE)));
    evidence.put("nothing", bench -> {});
    return evidence;
  }

  private static String cell(Quirk quirk, Evidence evidence) throws Exception {
    EmbeddedRegistry.Options options = EmbeddedRegistry.options();
    quirk.setUp().accept(options);
    try (Bench bench = new Bench(options, CredentialSource.ANONYMOUS)) {
      quirk.always().accept(bench.registry);
      evidence.leave(bench);
      quirk.whenRead().accept(bench.registry);
      RegistryClient.Builder client =
          RegistryClient.builder(SocketTransport.create(TlsOptions.DEFAULT));
      if (quirk.missingIs403()) {
        client.missingIs403(bench.registry.host());
      }
      try (RegistryClient reader = client.build()) {
        Bulla bulla = new Bulla(reader, StoreOptions.defaults(), InstantSource.fixed(Bench.NOW));
        String first = code(bulla, bench);
        String second = code(bulla, bench);
        return first.equals(second) ? first : first + " then " + second;
      }
    }
  }

  private static String code(Bulla bulla, Bench bench) {
    try {
      bulla.verify(bench.tag, Bench.policy(Bench.ALICE));
      return "0";
    } catch (BullaException e) {
      return switch (e.code()) {
        case NO_SIGNATURE -> "10";
        case NOT_FOUND -> "11";
        case NO_MATCHING_SIGNATURE -> "12";
        case REGISTRY, UNDECIDED -> "20";
        case MALFORMED_INPUT, MALFORMED_EVIDENCE -> "21";
        case NO_CERTIFICATE, CONFIGURATION, KEY, SERVICE -> e.message();
      };
    }
  }

  @Test
  void everyHabitWithEveryKindOfEvidence() throws Exception {
    StringBuilder table = new StringBuilder(" ".repeat(WIDTH));
    evidence().keySet().forEach(column -> table.append(' ').append(column));
    for (Map.Entry<String, Quirk> row : quirks().entrySet()) {
      table.append('\n').append(row.getKey()).append(" ".repeat(WIDTH - row.getKey().length()));
      for (Map.Entry<String, Evidence> column : evidence().entrySet()) {
        String cell = cell(row.getValue(), column.getValue());
        int padding = Math.max(0, column.getKey().length() - cell.length());
        table.append(' ').append(" ".repeat(padding)).append(cell);
      }
    }
    assertThat(table.append('\n').toString())
        .isEqualTo(
            """
                                                           legacy bundle cosign's nothing
            no habits                                           0      0        0      10
            referrers: 404, plain text                          0      0        0      10
            referrers: 404, METHOD_UNKNOWN                      0      0        0      10
            referrers: 400                                      0      0        0      10
            referrers: 405                                      0      0        0      10
            referrers: 406                                      0      0        0      10
            referrers: 501                                      0      0        0      10
            referrers: 200, a web page                          0      0        0      20
            referrers: 404, DENIED                              0     20       20      20
            referrers: as application/json                      0      0        0      10
            referrers: an entry that nobody can read            0      0        0      21
            referrers: one to a page                            0      0        0      10
            referrers: no filter                                0      0        0      10
            referrers: no OCI-Subject                           0      0        0      10
            referrers: the config's type in the list            0      0        0      10
            fallback index: the config's type in it             0      0        0      10
            fallback index: quite another type in it            0      0        0      10
            HEAD: 405                                           0      0        0      10
            HEAD: 501                                           0      0        0      10
            HEAD: 405, also when signing                        0      0        0      10
            HEAD: 501, also when signing                        0      0        0      10
            HEAD: no Docker-Content-Digest                      0      0        0      10
            no Docker-Content-Digest at all                     0      0        0      10
            header names in lower case                          0      0        0      10
            HEAD: no Content-Length                             0      0        0      10
            HEAD: no Content-Type                               0      0        0      10
            403 for missing                                     0      0        0      20
            403 for missing, and --missing-is-403               0      0        0      10
            what is pushed shows later                          0      0        0      10
            """);
  }

  /** Every habit of the testkit that bears on reading has a row. */
  @Test
  void noKindOfMissingReferrersIsLeftOut() {
    List<String> rows = new ArrayList<>(quirks().keySet());
    assertThat(rows.stream().filter(row -> row.startsWith("referrers: ")).count())
        .isGreaterThanOrEqualTo(NoReferrers.values().length);
  }
}
