/**
 * From a review to its answer. Start at {@link dev.bulla.admission.decide.Decider}. Signatures are
 * somebody else's: they are asked for through {@link dev.bulla.admission.decide.ImageVerifier}, as
 * one login after another where a pod brings {@link dev.bulla.admission.decide.PullSecrets}.
 */
@NullMarked
package dev.bulla.admission.decide;

import org.jspecify.annotations.NullMarked;
