/**
 * What the webhook needs to speak TLS: its certificate and key from files, an authority of its own
 * when nobody gives it any, and whose clients it believes. Start at {@link
 * dev.bulla.admission.tls.ServerTls}.
 */
@NullMarked
package dev.bulla.admission.tls;

import org.jspecify.annotations.NullMarked;
