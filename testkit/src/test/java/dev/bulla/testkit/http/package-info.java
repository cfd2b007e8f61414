/** The wire, byte by byte. */
@NullMarked
package dev.bulla.testkit.http;

import org.jspecify.annotations.NullMarked;
