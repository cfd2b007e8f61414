/**
 * An OCI registry that lives inside the process: in memory for tests and the demo, in a directory
 * for trying things out.
 *
 * <p>Start at {@link dev.bulla.testkit.registry.EmbeddedRegistry}. {@link
 * dev.bulla.testkit.registry.Faults} makes it behave as real registries and networks do on their
 * bad days, {@link dev.bulla.testkit.registry.RequestLog} tells afterwards what it was asked,
 * {@link dev.bulla.testkit.registry.StoredRepository} reaches behind its API, {@link
 * dev.bulla.testkit.registry.SampleImage} and {@link dev.bulla.testkit.registry.RegistryFixture}
 * fill it.
 *
 * <p>It reads requests and manifests with code of its own and shares nothing with the client that
 * is tested against it. It never prints, never logs, and never uses a name from a request as a file
 * name.
 *
 * <p>Source: OCI distribution-spec 1.1, endpoints end-1 to end-13; error bodies as docker-registry
 * 2.8 writes them.
 */
@NullMarked
package dev.bulla.testkit.registry;

import org.jspecify.annotations.NullMarked;
