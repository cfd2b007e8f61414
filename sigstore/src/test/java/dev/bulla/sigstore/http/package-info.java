/** The caller of services, over a transport and a clock that do what they are told. */
@NullMarked
package dev.bulla.sigstore.http;

import org.jspecify.annotations.NullMarked;
