/**
 * Keys that never leave the service that keeps them: what such a service has to provide, and how it
 * is found.
 *
 * <p>Start at {@link dev.bulla.keys.kms.KmsProvider}, which turns references of its URI schemes
 * into a {@link dev.bulla.keys.kms.KmsKey}. {@link dev.bulla.keys.kms.KmsProviders} finds providers
 * on the class path, and only when a reference names their scheme. {@link
 * dev.bulla.keys.kms.KmsFailures} words what goes wrong, alike for all of them. A new provider
 * passes the conformance suite of the testkit before it is of use to anybody. {@link
 * dev.bulla.keys.kms.KmsHttp} makes the requests of providers that need no library for them.
 *
 * <p>Places that keep whole key pairs are {@link dev.bulla.keys.kms.StoredKeysProvider}s. Nothing
 * here reads the process environment; providers get it from a {@link
 * dev.bulla.keys.kms.KmsContext}. {@link dev.bulla.keys.kms.ServiceHttp} and {@link
 * dev.bulla.keys.kms.ProgramCall} are there for providers to use.
 */
@NullMarked
package dev.bulla.keys.kms;

import org.jspecify.annotations.NullMarked;
