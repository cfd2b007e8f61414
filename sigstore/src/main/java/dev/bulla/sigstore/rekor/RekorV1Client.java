package dev.bulla.sigstore.rekor;

import dev.bulla.bundle.Bundle.LogEntry;
import dev.bulla.bytes.Bytes;
import dev.bulla.digest.Digest;
import dev.bulla.error.BullaException;
import dev.bulla.error.MalformedInputException;
import dev.bulla.error.NotProvenException;
import dev.bulla.error.Quoted;
import dev.bulla.error.ServiceException;
import dev.bulla.json.JsonArray;
import dev.bulla.json.JsonObject;
import dev.bulla.json.JsonParser;
import dev.bulla.json.JsonString;
import dev.bulla.json.JsonValue;
import dev.bulla.json.ProtoJson;
import dev.bulla.sigstore.http.ServiceAnswer;
import dev.bulla.sigstore.http.ServiceCaller;
import dev.bulla.sigstore.http.ServiceRequest;
import dev.bulla.sigstore.http.ServiceUrl;
import dev.bulla.sigstore.rekor.LogProposal.OfEnvelope;
import dev.bulla.tlog.LogCheck;
import dev.bulla.tlog.LoggedSignature;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Writes to a Rekor v1 and looks things up in it. A signature that is there already is no failure:
 * its entry is fetched. Source: sigstore/rekor, openapi.yaml.
 */
public final class RekorV1Client implements LogWriter, LogSearch {

  private static final String ENTRIES = "/api/v1/log/entries";

  /** An envelope may be in the answer whole. */
  private static final int MAX_ANSWER = 16 << 20;

  /** Entries of one signature hold digests, keys and proofs. */
  private static final int MAX_SIGNATURE_ANSWER = 1 << 20;

  /** The index names an artifact's entries; of popular ones there are many thousand. */
  private static final int MAX_INDEX_ANSWER = 4 << 20;

  private static final int NOT_FOUND = 404;
  private static final int CONFLICT = 409;

  private final ServiceCaller caller;
  private final ServiceUrl base;
  private final boolean intoto;

  private RekorV1Client(ServiceCaller caller, ServiceUrl base, boolean intoto) {
    this.caller = caller;
    this.base = base;
    this.intoto = intoto;
  }

  /**
   * A client of one log.
   *
   * @param base without the path of the API
   */
  public RekorV1Client(ServiceCaller caller, ServiceUrl base) {
    this(caller, base, false);
  }

  /** This client, which records envelopes as entries of kind intoto 0.0.2 instead of dsse. */
  public RekorV1Client recordingIntoto() {
    return new RekorV1Client(caller, base, true);
  }

  @Override
  public String name() {
    return base.toString();
  }

  @Override
  public LogEntry record(LogProposal proposal) throws BullaException {
    JsonObject proposed =
        intoto && proposal instanceof OfEnvelope envelope
            ? RekorV1Proposals.intoto2(envelope)
            : RekorV1Proposals.usual(proposal);
    ServiceRequest request = post(ENTRIES, proposed, MAX_ANSWER);
    ServiceAnswer answer = caller.ask(request);
    if (answer.status() == CONFLICT) {
      return existing(request, answer, proposed, proposal);
    }
    if (!answer.isOk()) {
      throw ServiceCaller.refused(request, answer);
    }
    return checked(request, entry(request, answer), proposal);
  }

  /** An equal entry is there: deterministic signatures meet themselves. */
  private LogEntry existing(
      ServiceRequest request, ServiceAnswer answer, JsonObject proposed, LogProposal proposal)
      throws BullaException {
    String location = answer.header("Location").orElse("");
    String uuid = location.substring(location.lastIndexOf('/') + 1);
    // only the name is taken from the answer, never the place
    if (RekorV1Entry.isUuid(uuid)) {
      Optional<LogEntry> entry = byUuid(uuid);
      if (entry.isPresent()) {
        return checked(request, entry.get(), proposal);
      }
    }
    List<LogEntry> found = retrieved(List.of(proposed), proposal);
    if (found.isEmpty()) {
      throw ServiceCaller.refused(request, answer);
    }
    return checked(request, found.get(0), proposal);
  }

  @Override
  public List<LogEntry> find(LogProposal signature) throws BullaException {
    return retrieved(RekorV1Proposals.all(signature), signature).stream()
        .sorted(Comparator.comparingLong(LogEntry::integratedTime))
        .toList();
  }

  /**
   * Those entries of the answer that are of the signature. One that cannot be read may be, so that
   * without any other nothing is known.
   */
  private List<LogEntry> retrieved(List<JsonObject> proposed, LogProposal signature)
      throws BullaException {
    ServiceRequest request =
        post(
            ENTRIES + "/retrieve",
            JsonObject.builder().put("entries", JsonArray.of(proposed)).build(),
            signature instanceof OfEnvelope ? MAX_ANSWER : MAX_SIGNATURE_ANSWER);
    List<LogEntry> found = new ArrayList<>();
    MalformedInputException unreadable = null;
    for (LogEntry entry : entries(request, caller.call(request))) {
      try {
        if (isOf(entry, signature)) {
          found.add(entry);
        }
      } catch (MalformedInputException e) {
        unreadable = e;
      }
    }
    if (found.isEmpty() && unreadable != null) {
      throw ServiceCaller.badAnswer(request, unreadable.message(), unreadable);
    }
    return found;
  }

  private static List<LogEntry> entries(ServiceRequest request, ServiceAnswer answer)
      throws ServiceException {
    try {
      List<LogEntry> entries = new ArrayList<>();
      for (JsonValue value : array(answer)) {
        if (!(value instanceof JsonObject json)) {
          throw new MalformedInputException("answer", "expected entries");
        }
        entries.add(RekorV1Entry.parse(json));
      }
      return entries;
    } catch (MalformedInputException e) {
      throw ServiceCaller.badAnswer(request, e.message(), e);
    }
  }

  @Override
  public Optional<LogEntry> byIndex(long logIndex) throws BullaException {
    ServiceRequest request = get(ENTRIES + "?logIndex=" + logIndex);
    Optional<LogEntry> entry = fetch(request);
    if (entry.isPresent() && entry.get().logIndex() != logIndex) {
      throw ServiceCaller.badAnswer(request, "the entry with another index", null);
    }
    return entry;
  }

  @Override
  public Optional<LogEntry> byUuid(String uuid) throws BullaException {
    if (!RekorV1Entry.isUuid(uuid)) {
      throw new MalformedInputException(
          "identifier of a log entry",
          "expected 64 or 80 hexadecimal characters, found " + Quoted.text(uuid));
    }
    ServiceRequest request = get(ENTRIES + "/" + uuid);
    ServiceAnswer answer = caller.ask(request);
    if (answer.status() == NOT_FOUND) {
      return Optional.empty();
    }
    if (!answer.isOk()) {
      throw ServiceCaller.refused(request, answer);
    }
    JsonObject json = ServiceCaller.json(request, answer);
    LogEntry entry = entry(request, answer);
    // that the name fits the content was checked
    if (!RekorV1Entry.hash(json.members().get(0).name()).equals(RekorV1Entry.hash(uuid))) {
      throw ServiceCaller.badAnswer(request, "another entry than was asked for", null);
    }
    return Optional.of(entry);
  }

  @Override
  public List<String> uuids(Digest artifact) throws BullaException {
    ServiceRequest request =
        post(
            "/api/v1/index/retrieve",
            JsonObject.builder().put("hash", artifact.toString()).build(),
            MAX_INDEX_ANSWER);
    ServiceAnswer answer = caller.call(request);
    try {
      List<String> uuids = new ArrayList<>();
      for (JsonValue value : array(answer)) {
        if (!(value instanceof JsonString text) || !RekorV1Entry.isUuid(text.value())) {
          throw new MalformedInputException("answer", "expected identifiers");
        }
        uuids.add(text.value());
      }
      return uuids;
    } catch (MalformedInputException e) {
      throw ServiceCaller.badAnswer(request, e.message(), e);
    }
  }

  private static List<JsonValue> array(ServiceAnswer answer) throws MalformedInputException {
    if (JsonParser.parse(answer.body(), "answer") instanceof JsonArray array) {
      return array.values();
    }
    throw new MalformedInputException("answer", "expected a list");
  }

  private Optional<LogEntry> fetch(ServiceRequest request) throws BullaException {
    ServiceAnswer answer = caller.ask(request);
    if (answer.status() == NOT_FOUND) {
      return Optional.empty();
    }
    if (!answer.isOk()) {
      throw ServiceCaller.refused(request, answer);
    }
    return Optional.of(entry(request, answer));
  }

  private static LogEntry entry(ServiceRequest request, ServiceAnswer answer)
      throws ServiceException {
    try {
      return RekorV1Entry.parse(ServiceCaller.json(request, answer));
    } catch (MalformedInputException e) {
      throw ServiceCaller.badAnswer(request, e.message(), e);
    }
  }

  private static LogEntry checked(ServiceRequest request, LogEntry entry, LogProposal proposal)
      throws ServiceException {
    try {
      Returned.check(entry, proposal.claim());
      // the envelope as it is stored, too; of intoto the log hashes a spelling of its own
      if (proposal instanceof OfEnvelope envelope && entry.kind().equals("dsse")) {
        Returned.check(entry, ofText(envelope));
      }
      return entry;
    } catch (MalformedInputException e) {
      throw ServiceCaller.badAnswer(request, e.message(), e);
    }
  }

  private static LoggedSignature ofText(OfEnvelope proposal) {
    LoggedSignature claim = proposal.claim();
    return new LoggedSignature(
        claim.signature(),
        claim.key(),
        claim.certificate(),
        new LoggedSignature.LegacyEnvelope(proposal.text()));
  }

  /** Some kinds hold the envelope's hash and no signature; that is enough to be of it. */
  private static boolean isOf(LogEntry entry, LogProposal proposal) throws MalformedInputException {
    return isOf(entry, proposal.claim())
        || (proposal instanceof OfEnvelope envelope && isOf(entry, ofText(envelope)));
  }

  private static boolean isOf(LogEntry entry, LoggedSignature claim)
      throws MalformedInputException {
    try {
      LogCheck.checkContent(entry, claim);
      return true;
    } catch (NotProvenException e) {
      return false;
    }
  }

  private ServiceRequest post(String path, JsonObject body, int maxAnswer)
      throws MalformedInputException {
    Bytes json = ProtoJson.write(body);
    return ServiceRequest.post(base.below(path), "application/json", json, maxAnswer)
        .with("Accept", "application/json");
  }

  private ServiceRequest get(String path) throws MalformedInputException {
    return ServiceRequest.get(base.below(path), MAX_ANSWER).with("Accept", "application/json");
  }
}
