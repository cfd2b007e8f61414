/**
 * Keys in AWS KMS, {@code awskms://}, through the AWS SDK.
 *
 * <p>Start at {@link dev.bulla.kms.aws.AwsKmsProvider}, which touches no class of the SDK; {@code
 * AwsClients} builds the client as the variables say, {@code AwsKmsKey} uses it, {@code
 * AwsFailures} tells its refusals apart. Docs: docs/kms.md; why the SDK: docs/adr/0012.
 */
@NullMarked
package dev.bulla.kms.aws;

import org.jspecify.annotations.NullMarked;
