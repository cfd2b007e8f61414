package dev.bulla.interop;

import java.nio.charset.StandardCharsets;

/** Bundles beside images, as plain HTTP sees them. */
final class BundleShelf {

  private static final String BUNDLE = "application/vnd.dev.sigstore.bundle.v0.3+json";

  private BundleShelf() {}

  /** What a signature of an image states. */
  static String statement(Image image) {
    return """
    {"_type":"https://in-toto.io/Statement/v1","subject":[{"name":"%s","digest":{"sha256":"%s"}}],\
    "predicateType":"https://sigstore.dev/cosign/sign/v1","predicate":{}}\
    """
        .formatted(image.shelf().repository(), image.digest().substring("sha256:".length()));
  }

  /** Puts a bundle beside the image. */
  static void push(Image image, byte[] bundle) {
    String config = image.shelf().putBlob("{}".getBytes(StandardCharsets.UTF_8));
    String layer = image.shelf().putBlob(bundle);
    byte[] subject = image.shelf().manifest(image.digest());
    String manifest =
        """
        {"schemaVersion":2,"mediaType":"%1$s","artifactType":"%2$s",
         "config":{"mediaType":"application/vnd.oci.empty.v1+json","size":2,"digest":"%3$s"},
         "layers":[{"mediaType":"%2$s","size":%4$d,"digest":"%5$s"}],
         "subject":{"mediaType":"%1$s","size":%6$d,"digest":"%7$s"}}\
        """
            .formatted(
                Shelf.OCI_MANIFEST,
                BUNDLE,
                config,
                bundle.length,
                layer,
                subject.length,
                image.digest());
    image
        .shelf()
        .putManifest(
            Shelf.digest(manifest.getBytes(StandardCharsets.UTF_8)), Shelf.OCI_MANIFEST, manifest);
  }

  /** The one bundle beside the image, on a registry that lists referrers. */
  static byte[] only(Workplace place, Image image) {
    String manifest =
        place.jq(
            ".manifests | if length == 1 then .[0].digest else error(\"several\") end",
            image.shelf().referrers(image.digest()));
    return image.shelf().blob(place.jq(".layers[0].digest", image.shelf().manifest(manifest)));
  }
}
