package dev.bulla.cli.command;

import dev.bulla.bytes.Bytes;
import dev.bulla.certificate.Certificate;
import dev.bulla.certificate.CertificateAuthority;
import dev.bulla.certificate.CertificateLog;
import dev.bulla.certificate.ValidityPeriod;
import dev.bulla.error.ConfigurationException;
import dev.bulla.error.MalformedInputException;
import dev.bulla.error.Quoted;
import dev.bulla.json.JsonObject;
import dev.bulla.json.JsonParser;
import dev.bulla.json.JsonString;
import dev.bulla.json.JsonValue;
import dev.bulla.sigstore.config.ConfiguredService;
import dev.bulla.sigstore.config.ServiceChoice;
import dev.bulla.sigstore.config.SigningConfig;
import dev.bulla.sigstore.tuf.RootFacts;
import dev.bulla.sigstore.tuf.TufException;
import dev.bulla.timestamp.TimestampAuthority;
import dev.bulla.tlog.TransparencyLog;
import dev.bulla.trust.TrustedRoot;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a file about trust holds.
 *
 * @param kind which kind of file it is
 * @param problems why it is not usable now; empty when it is
 */
record TrustFileReport(String kind, List<Part> parts, List<String> problems) {

  private static final String WHAT = "trust material";

  /** One thing that a file says, with the time during which it counts. */
  record Part(
      String path, String name, Optional<Instant> start, Optional<Instant> end, State state) {

    String text() {
      return path
          + (name.isEmpty() ? "" : " " + Quoted.plain(name))
          + start.map(time -> " from " + time).orElse("")
          + end.map(time -> " until " + time).orElse("")
          + ": "
          + state.text;
    }

    JsonObject json() {
      JsonObject.Builder json = JsonObject.builder().put("path", path).put("name", name);
      start.ifPresent(time -> json.put("start", time.toString()));
      end.ifPresent(time -> json.put("end", time.toString()));
      return json.put("state", state.text).build();
    }
  }

  /** Whether something counts now. */
  enum State {
    VALID("valid"),
    NOT_YET("not yet valid"),
    OVER("over");

    private final String text;

    State(String text) {
      this.text = text;
    }

    static State at(Instant now, Optional<Instant> start, Optional<Instant> end) {
      if (start.isPresent() && now.isBefore(start.get())) {
        return NOT_YET;
      }
      return end.isPresent() && now.isAfter(end.get()) ? OVER : VALID;
    }
  }

  /**
   * Reads a file of any kind.
   *
   * @throws MalformedInputException naming the field that is missing or wrong
   */
  static TrustFileReport of(Bytes file, Instant now) throws MalformedInputException {
    JsonObject whole = JsonParser.parseObject(file, WHAT);
    if (whole.get("signed").isPresent()) {
      return ofTufRoot(file, now);
    }
    Optional<JsonValue> mediaType =
        whole.get("mediaType").isPresent() ? whole.get("mediaType") : whole.get("media_type");
    if (mediaType.orElse(null) instanceof JsonString text) {
      if (text.value().contains("trustedroot")) {
        return ofTrustedRoot(file, now);
      }
      if (text.value().contains("signingconfig")) {
        return ofSigningConfig(file, now);
      }
      throw new MalformedInputException(
          WHAT, "mediaType: unsupported media type " + Quoted.text(text.value()));
    }
    throw new MalformedInputException(
        WHAT,
        "mediaType: missing; neither a trusted root, nor a signing config, nor metadata of TUF");
  }

  private static TrustFileReport ofTufRoot(Bytes file, Instant now) throws MalformedInputException {
    RootFacts root;
    try {
      root = RootFacts.read(file);
    } catch (TufException e) {
      throw new MalformedInputException("TUF root", String.valueOf(e.getMessage()), e);
    }
    boolean over = !now.isBefore(root.expires());
    Part part =
        new Part(
            "signed",
            "version " + root.version() + ", " + root.threshold() + " of " + root.keys() + " keys",
            Optional.empty(),
            Optional.of(root.expires()),
            over ? State.OVER : State.VALID);
    return new TrustFileReport(
        "TUF root",
        List.of(part),
        over
            ? List.of(
                "signed.expires: over since "
                    + root.expires()
                    + "; a mirror may still lead to a newer one")
            : List.of());
  }

  private static TrustFileReport ofTrustedRoot(Bytes file, Instant now)
      throws MalformedInputException {
    TrustedRoot root = TrustedRoot.parse(file);
    Lists lists = new Lists(now);
    for (TransparencyLog log : root.logs()) {
      lists.add("tlogs", log.name(), Optional.of(log.start()), log.end());
    }
    lists.close("tlogs");
    for (CertificateAuthority authority : root.authorities()) {
      lists.add("certificateAuthorities", authority.chain(), authority.validFor());
    }
    lists.close("certificateAuthorities");
    for (CertificateLog log : root.certificateLogs()) {
      lists.add("ctlogs", "", log.validFor().start(), log.validFor().end());
    }
    lists.close("ctlogs");
    for (TimestampAuthority authority : root.timestampAuthorities()) {
      List<Certificate> chain = new ArrayList<>();
      authority.leaf().ifPresent(chain::add);
      chain.addAll(authority.authority().chain());
      lists.add("timestampAuthorities", chain, authority.authority().validFor());
    }
    lists.close("timestampAuthorities");
    return new TrustFileReport("trusted root", lists.parts, lists.problems);
  }

  private static TrustFileReport ofSigningConfig(Bytes file, Instant now)
      throws MalformedInputException {
    SigningConfig config;
    try {
      config = SigningConfig.parse(file);
    } catch (ConfigurationException e) {
      throw new MalformedInputException(WHAT, "mediaType: " + e.message(), e);
    }
    Lists lists = new Lists(now);
    lists.add("caUrls", config.authorities(), 1);
    lists.add("oidcUrls", config.issuers(), 1);
    lists.add("rekorTlogUrls", config.logs(), 2);
    lists.choice("rekorTlogConfig", config.logs(), config.logChoice());
    lists.add("tsaUrls", config.timestampAuthorities(), 1);
    lists.choice("tsaConfig", config.timestampAuthorities(), config.timestampChoice());
    return new TrustFileReport("signing config", lists.parts, lists.problems);
  }

  /** Collects what the lists of a file hold. That old entries are over is as it should be. */
  private static final class Lists {

    private final Instant now;
    private final List<Part> parts = new ArrayList<>();
    private final List<String> problems = new ArrayList<>();
    private int count;
    private int valid;

    Lists(Instant now) {
      this.now = now;
    }

    void add(String list, String name, Optional<Instant> start, Optional<Instant> end) {
      State state = State.at(now, start, end);
      parts.add(new Part(list + "[" + count + "]", name, start, end, state));
      count++;
      valid += state == State.VALID ? 1 : 0;
    }

    void add(String list, List<Certificate> chain, ValidityPeriod period) {
      String path = list + "[" + count + "]";
      add(list, "", period.start(), period.end());
      if (parts.get(parts.size() - 1).state() != State.VALID) {
        return;
      }
      for (int i = 0; i < chain.size(); i++) {
        if (now.isAfter(chain.get(i).notAfter())) {
          problems.add(
              path
                  + ".certChain.certificates["
                  + i
                  + "]: expired at "
                  + chain.get(i).notAfter()
                  + ", while the entry has no end before that");
        }
      }
    }

    /** Services, and whether any of them can be used: the versions of its API begin with 1. */
    void add(String list, List<ConfiguredService> services, long newest) {
      for (ConfiguredService service : services) {
        String path = list + "[" + count + "]";
        add(list, service.url(), service.validFor().start(), service.validFor().end());
        if (service.version() < 1 || service.version() > newest) {
          problems.add(path + ".majorApiVersion: " + service.version() + " is not one we speak");
        }
      }
      close(list);
    }

    /** How many of the services are to be used. */
    void choice(String member, List<ConfiguredService> services, ServiceChoice choice) {
      if (services.isEmpty()) {
        return;
      }
      if (choice.selector() == ServiceChoice.Selector.UNDEFINED) {
        problems.add(member + ".selector: missing; one of ANY, ALL and EXACT");
      }
      long operators = services.stream().map(ConfiguredService::operator).distinct().count();
      if (choice.selector() == ServiceChoice.Selector.EXACT
          && (choice.count() < 1 || choice.count() > operators)) {
        problems.add(
            member
                + ".count: "
                + choice.count()
                + ", with services of "
                + operators
                + " operators");
      }
    }

    /** Nothing of a kind is a choice; nothing that counts any more is a mistake. */
    void close(String list) {
      if (count > 0 && valid == 0) {
        problems.add(list + ": none of " + count + " is valid now");
      }
      count = 0;
      valid = 0;
    }
  }
}
