/**
 * What the webhook knows from the cluster itself: the owners of an object, and what they were
 * admitted with; the secrets that pods are pulled with. Start at {@link
 * dev.bulla.admission.cluster.ClusterOwners} and {@link
 * dev.bulla.admission.cluster.ClusterPullSecrets}. The connection is {@code
 * dev.bulla.kms.k8s.api}'s. Whatever could not be found out approves of nothing.
 */
@NullMarked
package dev.bulla.admission.cluster;

import org.jspecify.annotations.NullMarked;
