/**
 * What a key management service has to do for bulla, as tests; and doubles of such services.
 *
 * <p>Start at {@link dev.bulla.testkit.kms.KmsConformance}: it runs against any {@link
 * dev.bulla.testkit.kms.KmsBench}, be it a double or a real server, and needs no test framework.
 * {@link dev.bulla.testkit.kms.TransitServer}, {@link dev.bulla.testkit.kms.AwsKmsServer} and
 * {@link dev.bulla.testkit.kms.GcpKmsServer} are doubles written from the published APIs. They hold
 * real keys, refuse what the real services refuse, unknown members included, and share no code with
 * the providers they test.
 *
 * <p>For tests only: loopback, keys in memory.
 */
@NullMarked
package dev.bulla.testkit.kms;

import org.jspecify.annotations.NullMarked;
