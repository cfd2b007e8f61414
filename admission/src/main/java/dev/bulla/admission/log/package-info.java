/**
 * What the webhook says of itself: one JSON object for each event. Start at {@link
 * dev.bulla.admission.log.JsonLog}. Never whole objects of the cluster, never credentials.
 */
@NullMarked
package dev.bulla.admission.log;

import org.jspecify.annotations.NullMarked;
