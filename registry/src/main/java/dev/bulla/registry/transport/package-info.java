/**
 * HTTP as the registry conversation needs it: one request, one response, one deadline.
 *
 * <p>Start at {@link dev.bulla.registry.transport.HttpTransport}. {@link
 * dev.bulla.registry.transport.JdkHttpTransport} suits long-lived programs (HTTP/2, virtual
 * threads); {@link dev.bulla.registry.transport.SocketTransport} suits short ones (starts in a few
 * milliseconds, HTTP/1.1). Both behave alike; every test of this package runs on both. Nothing here
 * follows a redirect, answers a challenge, keeps a cookie, unpacks a body, repeats a request that
 * may have been carried out, or reads the environment.
 */
@NullMarked
package dev.bulla.registry.transport;

import org.jspecify.annotations.NullMarked;
