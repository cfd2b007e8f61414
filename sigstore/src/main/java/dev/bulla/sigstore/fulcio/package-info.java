/**
 * Certificates for whoever an identity token speaks of, from Fulcio.
 *
 * <p>Start at {@link dev.bulla.sigstore.fulcio.FulcioClient}. Whether a certificate is believed is
 * decided elsewhere, by the verifier; here it is only made sure that it is for the key that asked.
 */
@NullMarked
package dev.bulla.sigstore.fulcio;

import org.jspecify.annotations.NullMarked;
