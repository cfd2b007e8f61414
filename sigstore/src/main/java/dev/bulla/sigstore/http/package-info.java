/**
 * How Sigstore's services are asked over HTTP: one caller, which bounds every answer and every wait
 * and repeats what may be repeated.
 *
 * <p>Start at {@link dev.bulla.sigstore.http.ServiceCaller}. It opens no connection itself: {@link
 * dev.bulla.sigstore.http.ServiceTransport} is given by whoever puts the program together, so that
 * services and registries share one implementation of TLS, proxies and deadlines.
 */
@NullMarked
package dev.bulla.sigstore.http;

import org.jspecify.annotations.NullMarked;
