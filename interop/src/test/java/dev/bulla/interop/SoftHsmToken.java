package dev.bulla.interop;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/** A token of SoftHSM in a workplace, with keys that openssl made. */
record SoftHsmToken(Workplace place, Path module) {

  static final String PIN = "98765432";
  private static final String LABEL = "My Token";

  static SoftHsmToken create(Workplace place) {
    SoftHsmToken token = new SoftHsmToken(place, module(place.peers().path(Program.SOFTHSM)));
    place.shell("mkdir tokens").run().expect(0);
    place.write(
        "softhsm2.conf",
        "directories.tokendir = "
            + place.folder().resolve("tokens")
            + "\nobjectstore.backend = file\nlog.level = ERROR\n");
    token.util("--init-token", "--free", "--label", LABEL, "--pin", PIN, "--so-pin", "5678");
    return token;
  }

  /** The library that came with the program, unpacked beside the system or installed. */
  private static Path module(Path program) {
    return List.of(
            program.resolveSibling("root/usr/lib/softhsm/libsofthsm2.so"),
            program.resolve("../../lib/softhsm/libsofthsm2.so").normalize())
        .stream()
        .filter(Files::isRegularFile)
        .findFirst()
        .orElseGet(() -> Assumptions.abort("SoftHSM has no module beside it"));
  }

  private void util(String... arguments) {
    place
        .call(
            Program.SOFTHSM,
            Stream.concat(Stream.of("--module", module.toString()), Stream.of(arguments)).toList())
        .env(variables())
        .run()
        .expect(0);
  }

  /** What a program needs to find the token. */
  Map<String, String> variables() {
    return Map.of("SOFTHSM2_CONF", place.folder().resolve("softhsm2.conf").toString());
  }

  /** Puts a private key on the token, without a certificate. */
  void add(String pem, String label, String id) {
    util("--import", pem, "--token", LABEL, "--label", label, "--id", id, "--pin", PIN);
  }

  /** Puts a certificate beside a key, by OpenSC's tool; skips the cell where it is missing. */
  void addCertificate(String der, String label, String id) {
    Assumptions.assumeTrue(
        Files.isExecutable(Path.of("/usr/bin/pkcs11-tool")), "OpenSC is not installed");
    place
        .shell(
            "/usr/bin/pkcs11-tool --module "
                + module
                + " --token-label '"
                + LABEL
                + "' --login --pin "
                + PIN
                + " --write-object "
                + der
                + " --type cert --label "
                + label
                + " --id "
                + id)
        .env(variables())
        .run()
        .expect(0);
  }

  /** The reference to a key. */
  String uri(String label) {
    return "pkcs11:token=My%20Token;object=" + label + "?module-path=" + module;
  }
}
