/**
 * In-toto statements: what an attestation, or a signature of today's format, says about which
 * artifacts.
 *
 * <p>Start at {@link dev.bulla.intoto.Statement}. Parsed from exactly the bytes that were signed,
 * and never written back. Source: in-toto attestation framework, "Statement", v0.1 and v1.
 */
@NullMarked
package dev.bulla.intoto;

import org.jspecify.annotations.NullMarked;
