package dev.bulla.interop;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Programs that verify a bundle which is a file, and what they are asked. They find {@code b.json}
 * and {@code tr.json} in the folder, and the image is what the bundle is about.
 */
record BundleJudges(List<String> javaScript, List<String> go) {

  /**
   * What {@code @sigstore/verify} 3.1.1 says of an envelope that Rekor v2 logged: it compares the
   * logged digest, which is of what was signed, with that of the payload.
   */
  private static final String OF_LOG_2 = "TLOG_BODY_ERROR: digest mismatch";

  /** Whether the bundle is by that identity. */
  static BundleJudges identity(String name, String issuer) {
    return new BundleJudges(
        List.of("--identity", name, "--issuer", issuer),
        List.of("-expectedSAN", name, "-expectedIssuer", issuer));
  }

  /** Whether the bundle is by that key. */
  static BundleJudges key(Path pub) {
    return new BundleJudges(
        List.of("--key", pub.toString()),
        List.of("-publicKey", pub.toString(), "-requireCTlog=false"));
  }

  /** All accept it, but for what one is known not to read. */
  void accept(Workplace place, RealServices services, Image image) {
    if (services.logVersion() == 2) {
      javaScript(place, image).run().expect(1).expectError(OF_LOG_2);
    } else {
      javaScript(place, image).run().expect(0);
    }
    go(place, image).run().expect(0);
  }

  void refuse(Workplace place, Image image) {
    javaScript(place, image).run().expect(1);
    go(place, image).run().expect(1);
  }

  private Call javaScript(Workplace place, Image image) {
    List<String> words =
        new ArrayList<>(List.of("verify", "--bundle", "b.json", "--trusted-root", "tr.json"));
    words.addAll(List.of("--subject", hex(image)));
    words.addAll(javaScript);
    return place.call(Program.SIGSTORE_JS, words);
  }

  private Call go(Workplace place, Image image) {
    List<String> words =
        new ArrayList<>(List.of("-trustedrootJSONpath", "tr.json", "-artifact-digest", hex(image)));
    words.addAll(go);
    words.add("b.json");
    return place.call(Program.SIGSTORE_GO, words);
  }

  private static String hex(Image image) {
    return image.digest().substring("sha256:".length());
  }
}
