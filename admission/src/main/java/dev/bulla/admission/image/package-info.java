/**
 * Names of images as workloads spell them, in the one form that rules are matched against and that
 * patches write. Start at {@link dev.bulla.admission.image.ImageName}. Never asks a registry.
 */
@NullMarked
package dev.bulla.admission.image;

import org.jspecify.annotations.NullMarked;
