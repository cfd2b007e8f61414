/**
 * Counters and durations in the text format of Prometheus. Names and labels are an interface that
 * dashboards of Connaisseur know; labels come from closed sets, never from requests.
 */
@NullMarked
package dev.bulla.admission.metrics;

import org.jspecify.annotations.NullMarked;
