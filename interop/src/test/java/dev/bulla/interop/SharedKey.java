package dev.bulla.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.Arguments;

/**
 * A key that is kept somewhere else, which bulla and cosign 3 both reach by the same reference.
 *
 * @param variables what both need to reach it
 */
record SharedKey(Workplace place, Map<String, String> variables, String reference) {

  private static final Program[] BOTH = {Program.BULLA, Program.COSIGN3};

  /** Who makes the key, and who signs with it. */
  static Stream<Arguments> pairs() {
    return Stream.of(BOTH)
        .flatMap(maker -> Stream.of(BOTH).map(signer -> Arguments.of(maker, signer)));
  }

  Finished run(Program program, String... line) {
    return place.call(program, line).env(variables).run();
  }

  /** Signs, and expects success. */
  void sign(Program signer, Image image) {
    if (signer == Program.BULLA) {
      run(signer, "sign", "--key", reference, "--tlog-upload=false", image.byDigest()).expect(0);
    } else {
      run(
              signer,
              "sign",
              "--key",
              reference,
              "--tlog-upload=false",
              "--use-signing-config=false",
              "--new-bundle-format=false",
              "--yes",
              image.byDigest())
          .expect(0);
    }
  }

  /**
   * Signs the image, and has it verified by both, by the reference and by the exported key.
   *
   * @param exported the public key as it was written when the key was made
   */
  void worksForBoth(Program signer, Image image, byte[] exported) {
    for (Program program : BOTH) {
      assertThat(run(program, "public-key", "--key", reference).expect(0).out())
          .isEqualTo(exported);
    }
    sign(signer, image);
    for (String verifying : new String[] {reference, "cosign.pub"}) {
      for (Program program : BOTH) {
        run(program, "verify", "--key", verifying, "--insecure-ignore-tlog=true", image.byDigest())
            .expect(0);
      }
    }
  }

  /** Has the service itself asked. */
  void isVerifiedRemotely(Image image) {
    run(
            Program.BULLA,
            "verify",
            "--kms-verify=remote",
            "--key",
            reference,
            "--insecure-ignore-tlog",
            image.byDigest())
        .expect(0);
  }
}
