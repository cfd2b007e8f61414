/**
 * Keys behind plugin programs: {@code sigstore-kms-NAME} on the PATH answers for {@code NAME://}.
 *
 * <p>Start at {@link dev.bulla.keys.plugin.PluginPrograms}. One run of the program is one question:
 * the protocol's version and a JSON document as arguments, the message on its standard input, a
 * JSON document on its standard output, everything else on standard error. Source: the plugin
 * protocol v1 of sigstore's signature library, as cosign 2.4.3 and later speak it.
 */
@NullMarked
package dev.bulla.keys.plugin;

import org.jspecify.annotations.NullMarked;
