/**
 * Which proxy a request goes through, by the variables that programs agree on. Who connects is told
 * the variable and its text, and makes of it what it can.
 *
 * <p>Start at {@link dev.bulla.proxy.ProxyRules}. Reads no environment and asks no name server.
 */
@NullMarked
package dev.bulla.proxy;

import org.jspecify.annotations.NullMarked;
