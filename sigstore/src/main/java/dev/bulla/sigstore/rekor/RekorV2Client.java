package dev.bulla.sigstore.rekor;

import dev.bulla.bundle.Bundle.LogEntry;
import dev.bulla.bundle.BundleJson;
import dev.bulla.error.BullaBug;
import dev.bulla.error.BullaException;
import dev.bulla.error.MalformedInputException;
import dev.bulla.json.JsonObject;
import dev.bulla.json.JsonParser;
import dev.bulla.json.JsonValue;
import dev.bulla.json.ProtoFields;
import dev.bulla.json.ProtoJson;
import dev.bulla.sigstore.http.ServiceAnswer;
import dev.bulla.sigstore.http.ServiceCaller;
import dev.bulla.sigstore.http.ServiceRequest;
import dev.bulla.sigstore.http.ServiceUrl;
import dev.bulla.tlog.RekorV2Body;

/**
 * Writes to a Rekor v2. Everything is logged as hashedrekord 0.0.2, envelopes by the hash of what
 * is signed of them. The log answers after its next checkpoint, so half a minute is not slow; the
 * caller has to have that time. Source: sigstore/rekor-tiles, CLIENTS.md.
 */
public final class RekorV2Client implements LogWriter {

  private static final int MAX_ANSWER = 1 << 20;

  private final ServiceCaller caller;
  private final ServiceUrl base;

  /**
   * A client of one log.
   *
   * @param base without the path of the API
   */
  public RekorV2Client(ServiceCaller caller, ServiceUrl base) {
    this.caller = caller;
    this.base = base;
  }

  @Override
  public String name() {
    return base.toString();
  }

  @Override
  public LogEntry record(LogProposal proposal) throws BullaException {
    ServiceRequest request =
        ServiceRequest.post(
                base.below("/api/v2/log/entries"),
                "application/json",
                ProtoJson.write(request(proposal)),
                MAX_ANSWER)
            .with("Accept", "application/json");
    ServiceAnswer answer = caller.call(request);
    JsonObject json = ServiceCaller.json(request, answer);
    try {
      LogEntry entry = BundleJson.parseLogEntry(json);
      if (entry.inclusionProof().isEmpty()) {
        throw new MalformedInputException("log entry", "no inclusion proof");
      }
      if (!entry.canonicalizedBody().equals(RekorV2Body.of(proposal.claim()))) {
        throw new MalformedInputException("log entry", "of something else than was sent");
      }
      Returned.check(entry, proposal.claim());
      return entry;
    } catch (MalformedInputException e) {
      throw ServiceCaller.badAnswer(request, e.message(), e);
    }
  }

  /** What is sent is taken from the body that has to come back. */
  private static JsonObject request(LogProposal proposal) {
    try {
      ProtoFields entry =
          ProtoFields.of(
                  JsonParser.parseObject(RekorV2Body.of(proposal.claim()), "log entry"),
                  "log entry")
              .requiredFields("spec")
              .requiredFields("hashedRekordV002");
      JsonValue signature = entry.requiredObject("signature");
      return JsonObject.builder()
          .put(
              "hashedRekordRequestV002",
              JsonObject.builder()
                  .put("digest", entry.requiredFields("data").requiredString("digest"))
                  .put("signature", signature)
                  .build())
          .build();
    } catch (MalformedInputException e) {
      throw new BullaBug("our own JSON is readable", e);
    }
  }
}
