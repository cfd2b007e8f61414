/**
 * Key pairs in secrets of Kubernetes ({@code k8s://NAMESPACE/SECRET}), laid out as cosign does.
 *
 * <p>Start at {@link dev.bulla.kms.k8s.KubernetesProvider}. Four requests are all that is asked of
 * the API server: its version, and reading, making and changing one secret. How it is reached:
 * {@code dev.bulla.kms.k8s.api}. Docs: docs/kms.md.
 */
@NullMarked
package dev.bulla.kms.k8s;

import org.jspecify.annotations.NullMarked;
