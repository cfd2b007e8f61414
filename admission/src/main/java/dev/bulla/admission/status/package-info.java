/**
 * The status page: what the webhook did lately and what it works with, for a person, read-only.
 * Start at {@link dev.bulla.admission.status.StatusBoard}, which listens and remembers within
 * bounds; {@link dev.bulla.admission.status.StatusServer} shows it. Nothing here takes part in a
 * decision, and nothing secret comes here.
 */
@NullMarked
package dev.bulla.admission.status;

import org.jspecify.annotations.NullMarked;
