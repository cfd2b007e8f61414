/**
 * ASN.1 in its distinguished encoding (ITU-T X.690): a reader that accepts one encoding of each
 * value, and a writer of the few elements that keys, signatures and certificates are made of.
 *
 * <p>Start at {@link dev.bulla.der.DerReader}. It never recurses, copies nothing that is not asked
 * for, and refuses with {@code MalformedInputException}; how large an input may be is for the
 * caller to say.
 */
@NullMarked
package dev.bulla.der;

import org.jspecify.annotations.NullMarked;
