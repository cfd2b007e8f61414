package dev.bulla.registry.transport;

import java.io.InputStream;

/**
 * The head of a response, and its body as it arrives.
 *
 * @param status 200 to 599
 * @param announcedLength bytes of the body as announced by the server, or −1; the body stream fails
 *     when it ends before
 * @param body ends with the request's deadline at the latest; has no size limit, so read it through
 *     one. Closed by the transport
 */
public record TransportResponse(
    int status, Headers headers, long announcedLength, InputStream body) {}
