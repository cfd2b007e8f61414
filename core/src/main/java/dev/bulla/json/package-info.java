/**
 * JSON as this field needs it: a strict parser, a small immutable tree, readers for the two
 * dialects that evidence is written in, and writers that give exact bytes.
 *
 * <p>Start at {@link dev.bulla.json.JsonParser}; then {@link dev.bulla.json.GoFields} or {@link
 * dev.bulla.json.ProtoFields} to read an object, and {@link dev.bulla.json.GoJson}, {@link
 * dev.bulla.json.ProtoJson} or {@link dev.bulla.json.CanonicalJson} to write one. Two readers must
 * never see different things in the same bytes, so whatever RFC 8259 leaves open is refused:
 * duplicate members, unpaired surrogates, a byte order mark, anything after the value. Nothing here
 * knows a format; what members mean is for the packages that read them. A signature is checked over
 * the bytes that came in, never over a tree written again.
 */
@NullMarked
package dev.bulla.json;

import org.jspecify.annotations.NullMarked;
