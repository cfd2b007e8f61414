package dev.bulla.certificate;

/**
 * What Fulcio writes into certificates about the identity token that it saw. The first six are text
 * as it is, the others DER strings.
 *
 * <p>Source: {@code sigstore/fulcio: docs/oid-info.md}.
 */
public enum FulcioExtension {
  ISSUER_V1(1),
  GITHUB_WORKFLOW_TRIGGER(2),
  GITHUB_WORKFLOW_SHA(3),
  GITHUB_WORKFLOW_NAME(4),
  GITHUB_WORKFLOW_REPOSITORY(5),
  GITHUB_WORKFLOW_REF(6),
  ISSUER(8),
  BUILD_SIGNER_URI(9),
  BUILD_SIGNER_DIGEST(10),
  RUNNER_ENVIRONMENT(11),
  SOURCE_REPOSITORY_URI(12),
  SOURCE_REPOSITORY_DIGEST(13),
  SOURCE_REPOSITORY_REF(14),
  SOURCE_REPOSITORY_IDENTIFIER(15),
  SOURCE_REPOSITORY_OWNER_URI(16),
  SOURCE_REPOSITORY_OWNER_IDENTIFIER(17),
  BUILD_CONFIG_URI(18),
  BUILD_CONFIG_DIGEST(19),
  BUILD_TRIGGER(20),
  RUN_INVOCATION_URI(21),
  SOURCE_REPOSITORY_VISIBILITY(22),
  DEPLOYMENT_ENVIRONMENT(23),
  TOKEN_SUBJECT(24);

  private static final String ARC = "1.3.6.1.4.1.57264.1.";
  private static final int LAST_RAW = 6;

  private final int number;

  FulcioExtension(int number) {
    this.number = number;
  }

  /** The identifier in dotted form. */
  public String oid() {
    return ARC + number;
  }

  boolean isRawText() {
    return number <= LAST_RAW;
  }
}
