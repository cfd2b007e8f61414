/**
 * Keys in Google Cloud KMS ({@code gcpkms://}).
 *
 * <p>Start at {@link dev.bulla.kms.gcp.GcpKmsProvider}. Requests are the REST API's, made with the
 * JDK's client; who asks is found by Application Default Credentials, which Google's library reads.
 * That library makes its requests through the same client. Docs: docs/kms.md.
 */
@NullMarked
package dev.bulla.kms.gcp;

import org.jspecify.annotations.NullMarked;
