/**
 * Images in folders (OCI image-spec 1.1, image-layout.md), with what is kept beside them.
 *
 * <p>Start at {@link dev.bulla.layout.LayoutTransport}: through it a {@code RegistryClient} reads
 * and fills a folder as it does a registry, so that everything which works on the one works on the
 * other. {@link dev.bulla.layout.OciLayout} is the folder. A folder is as hostile as a registry:
 * names are digests and nothing else, links are not followed, sizes are bounded, digests are
 * checked by whoever reads. A folder that is being filled has no index until it is complete.
 */
@NullMarked
package dev.bulla.layout;

import org.jspecify.annotations.NullMarked;
