package dev.bulla.kms.aws;

import dev.bulla.error.KeyException;
import dev.bulla.keys.kms.KmsContext;
import dev.bulla.keys.kms.KmsKey;
import dev.bulla.keys.kms.KmsProvider;
import java.util.Set;

/** Opens {@code awskms://[ENDPOINT]/[ID/ALIAS/ARN]}. */
public final class AwsKmsProvider implements KmsProvider {

  /** For {@link java.util.ServiceLoader}. */
  public AwsKmsProvider() {}

  @Override
  public Set<String> schemes() {
    return Set.of("awskms");
  }

  @Override
  public String name() {
    return "AWS KMS";
  }

  @Override
  public KmsKey open(String reference, KmsContext context) throws KeyException {
    AwsKeyReference parsed = AwsKeyReference.parse(reference);
    return new AwsKmsKey(parsed, AwsClients.create(parsed, context), context.warnings());
  }
}
