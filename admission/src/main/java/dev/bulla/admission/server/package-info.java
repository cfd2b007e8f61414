/**
 * The webhook over HTTP. Start at {@link dev.bulla.admission.server.AdmissionServer}: it listens,
 * reads reviews, has them decided, and says what became of them in answer, log and metrics.
 */
@NullMarked
package dev.bulla.admission.server;

import org.jspecify.annotations.NullMarked;
