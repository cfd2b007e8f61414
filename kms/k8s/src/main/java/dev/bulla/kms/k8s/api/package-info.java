/**
 * The API server of Kubernetes: where it is, what it is shown, and requests for single objects.
 *
 * <p>Start at {@link dev.bulla.kms.k8s.api.ApiServer}. How the server is found is the kubeconfig's
 * business, or that of the pod's service account: {@link dev.bulla.kms.k8s.api.KubeConfig}. What an
 * object means is somebody else's.
 */
@NullMarked
package dev.bulla.kms.k8s.api;

import org.jspecify.annotations.NullMarked;
