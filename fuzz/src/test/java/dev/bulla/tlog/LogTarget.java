package dev.bulla.tlog;

import dev.bulla.bundle.Bundle.LogEntry;
import dev.bulla.bytes.Bytes;
import dev.bulla.error.MalformedInputException;
import dev.bulla.error.NotProvenException;
import dev.bulla.evidence.LegacyLogBundle;
import dev.bulla.fuzz.Check;
import dev.bulla.fuzz.Resources;
import dev.bulla.json.GoFields;
import dev.bulla.json.JsonParser;
import dev.bulla.key.VerificationKey;
import dev.bulla.tlog.LoggedSignature.LegacyPayload;
import java.util.List;
import java.util.Optional;

/** What transparency logs say, read by somebody about whose signature no log says anything. */
public final class LogTarget {

  private static final VerificationKey KEY = Resources.key("p256.pub");

  /** A signature that was never logged anywhere. */
  private static final LoggedSignature NEVER_LOGGED =
      new LoggedSignature(
          Bytes.utf8("no signature at all"),
          KEY,
          Optional.empty(),
          new LegacyPayload(Bytes.utf8("a payload")));

  private LogTarget() {}

  /** {@link Checkpoint}: what it reads is what is signed. */
  public static boolean acceptsCheckpoint(byte[] input) throws MalformedInputException {
    Checkpoint checkpoint;
    String text;
    try {
      text = Bytes.of(input).toUtf8String("checkpoint");
      checkpoint = Checkpoint.parse(text);
    } catch (MalformedInputException e) {
      Check.refusal(e);
      return false;
    }
    Check.that(!checkpoint.origin().isEmpty() && checkpoint.size() >= 0, "origin and size");
    Check.that(!checkpoint.signatures().isEmpty(), "a checkpoint has a signature");
    String signed = checkpoint.signed().toUtf8String("signed");
    Check.that(text.startsWith(signed + "\n"), "what is signed stands at the beginning");
    Check.that(
        signed.startsWith(checkpoint.origin() + "\n" + checkpoint.size() + "\n"),
        "origin and size are those that are signed");
    return true;
  }

  /** {@link EntryBody}, of an entry that is announced as what it is. */
  public static boolean acceptsBody(byte[] input) throws MalformedInputException {
    Bytes body = Bytes.of(input);
    LogEntry entry;
    try {
      GoFields fields = GoFields.of(JsonParser.parseObject(body, "entry"), "entry");
      entry =
          new LogEntry(
              7,
              Bytes.utf8("log"),
              fields.requiredString("kind"),
              fields.requiredString("apiVersion"),
              1_700_000_000,
              Optional.empty(),
              Optional.empty(),
              body);
      EntryBody.parse(entry);
    } catch (MalformedInputException e) {
      Check.refusal(e);
      return false;
    }
    try {
      LogCheck.checkContent(entry, NEVER_LOGGED);
      throw new AssertionError("an entry of a signature that nobody made");
    } catch (NotProvenException e) {
      return true;
    }
  }

  /** {@link LegacyLogBundle} with its {@link EntryPromise}, which is nobody's. */
  public static boolean acceptsPromise(byte[] input) throws MalformedInputException {
    LogEntry entry;
    try {
      entry = LegacyLogBundle.parse(Bytes.of(input).toUtf8String("log bundle"));
    } catch (MalformedInputException e) {
      Check.refusal(e);
      return false;
    }
    Check.that(entry.inclusionProof().isEmpty(), "the older format has no proof");
    EntryPromise.signedBytes(entry);
    try {
      LogCheck.verify(List.of(entry), List.of(), NEVER_LOGGED);
      throw new AssertionError("a log that nobody trusts");
    } catch (NotProvenException e) {
      return true;
    }
  }
}
