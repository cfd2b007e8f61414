/**
 * Keys in the transit secrets engine of HashiCorp Vault ({@code hashivault://}) and of OpenBao
 * ({@code openbao://}), which speak the same HTTP API and read the same variables.
 *
 * <p>Start at {@link dev.bulla.kms.vault.VaultProvider}. Settings come from the variables of the
 * programs {@code vault} and {@code bao}; the token goes to the address the user chose and nowhere
 * else, so redirects are not followed. Docs: docs/kms.md.
 */
@NullMarked
package dev.bulla.kms.vault;

import org.jspecify.annotations.NullMarked;
