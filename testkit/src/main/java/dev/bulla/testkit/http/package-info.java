/**
 * A small HTTP/1.1 server for tests, with a hand on every byte that leaves it.
 *
 * <p>Start at {@link dev.bulla.testkit.http.WireServer}. The server of the JDK rewrites header
 * names, cannot reset a connection and cannot send a body that contradicts its length; faults of
 * real servers need all three. {@link dev.bulla.testkit.http.DelayProxy} puts latency in front of
 * any server, and {@link dev.bulla.testkit.http.TestAuthority} issues certificates for it.
 *
 * <p>Requests are parsed strictly and bounded in every dimension. Never meant for a public network:
 * no HTTP/2, no compression, no access control of its own. It never logs, and never prints what a
 * request carried.
 *
 * <p>Source: RFC 9110, RFC 9112.
 */
@NullMarked
package dev.bulla.testkit.http;

import org.jspecify.annotations.NullMarked;
