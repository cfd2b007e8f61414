/**
 * Reviews of the Kubernetes API server: what it asks, where in the object images stand, and the
 * answer. Start at {@link dev.bulla.admission.review.ReviewRequest}. Never decides.
 */
@NullMarked
package dev.bulla.admission.review;

import org.jspecify.annotations.NullMarked;
