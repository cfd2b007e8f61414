/**
 * Which rule of a policy an image falls under. Start at {@link
 * dev.bulla.admission.rule.RuleChoice}. Never decides whether the image is admitted.
 */
@NullMarked
package dev.bulla.admission.rule;

import org.jspecify.annotations.NullMarked;
