/**
 * Tells others what was decided: templates become JSON, which is posted to receivers. Start at
 * {@link dev.bulla.admission.alert.Alerts}. Addresses and headers of receivers are secrets and
 * appear nowhere else.
 */
@NullMarked
package dev.bulla.admission.alert;

import org.jspecify.annotations.NullMarked;
