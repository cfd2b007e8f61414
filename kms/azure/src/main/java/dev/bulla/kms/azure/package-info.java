/**
 * Keys in Azure Key Vault and Managed HSM ({@code azurekms://}).
 *
 * <p>Start at {@link dev.bulla.kms.azure.AzureKmsProvider}. Requests are the REST API's, made with
 * the JDK's client. Who asks is found as Azure's own clients find it, in {@code AzureTokens};
 * Microsoft's MSAL makes the requests for tokens of service principals, through the same client.
 * Docs: docs/kms.md.
 */
@NullMarked
package dev.bulla.kms.azure;

import org.jspecify.annotations.NullMarked;
