/**
 * An HTTP/1.1 server for few routes and many bad neighbours: a virtual thread for each connection,
 * bounds on heads, bodies, connections and the time of each step, certificates that can change
 * while it runs. Start at {@link dev.bulla.admission.http.HttpServer}. Sources: RFC 9110, RFC 9112.
 * Why not another one: ADR 19.
 */
@NullMarked
package dev.bulla.admission.http;

import org.jspecify.annotations.NullMarked;
