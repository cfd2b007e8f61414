package dev.bulla.fuzz;

import dev.bulla.bytes.Bytes;
import dev.bulla.digest.Digest;
import dev.bulla.error.MalformedInputException;
import dev.bulla.intoto.Statement;
import dev.bulla.limits.Limits;
import dev.bulla.payload.SimpleSigningPayload;
import java.util.Map;

/**
 * {@link Statement#parse}: bounded, about no artifact that it does not name, and always reportable.
 */
final class StatementTarget {

  private static final Digest OTHER = Digest.sha256(Bytes.utf8("something else"));
  private static final String REFERENCE = "registry.test/app@" + OTHER;

  private StatementTarget() {}

  static boolean accepts(byte[] input) throws MalformedInputException {
    Statement statement;
    try {
      statement = Statement.parse(Bytes.of(input));
    } catch (MalformedInputException e) {
      Check.refusal(e);
      return false;
    }
    Check.that(!statement.predicateType().isEmpty(), "a statement says of what kind it is");
    Check.that(statement.subjects().size() <= Limits.MAX_SUBJECTS, "number of subjects");
    for (Statement.Subject subject : statement.subjects()) {
      Check.that(subject.digests().size() <= Limits.MAX_DIGESTS_PER_SUBJECT, "number of digests");
      Check.that(subject.hasAnnotations(Map.of()), "nothing is wanted, nothing is missing");
      Check.equal(
          subject.digests().containsValue(OTHER.hex())
              && OTHER.hex().equals(subject.digests().get("sha256")),
          subject.is(OTHER),
          "it is about what it names");
    }
    SimpleSigningPayload report = SimpleSigningPayload.parse(statement.toReportBytes(REFERENCE));
    Check.equal(REFERENCE, report.dockerReference(), "the report has the verified name");
    Check.equal(statement.predicateType(), report.type(), "the report has the predicate type");
    return true;
  }
}
