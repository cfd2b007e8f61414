/**
 * X.509 certificates as Sigstore uses them: reading one, deciding whether a chain of them held at a
 * given time, whom one speaks of, and whether a transparency log promised to list it.
 *
 * <p>Start at {@link dev.bulla.certificate.CertificateChain}. The answer in favour is a {@link
 * dev.bulla.certificate.CertificatePath}, which nothing else can make; every other answer names one
 * reason. The time is the caller's, who has it from evidence and not from a clock; the anchors are
 * the user's. Certificates are read by {@code dev.bulla.der} and checked by {@code dev.bulla.key},
 * without the JDK's certificate classes: their reasons are not exact, and starting them takes long.
 *
 * <p>Sources: RFC 5280 (certificates and paths), RFC 6962 (signed certificate timestamps), Fulcio's
 * certificate specification and its list of object identifiers.
 */
@NullMarked
package dev.bulla.certificate;

import org.jspecify.annotations.NullMarked;
