package dev.bulla.cli;

import dev.bulla.bytes.Bytes;
import dev.bulla.cli.transcript.Deviations;
import dev.bulla.cli.transcript.TranscriptRunner;
import dev.bulla.key.Pem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.security.spec.ECGenParameterSpec;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Lines that need no registry, against what cosign 3.1.1 printed. */
class CosignTranscriptsTest {

  private static final String NOT_BUILT = "not built yet";

  private static final List<String> COPY_NAG =
      List.of(
          "Command \"copy\" is deprecated, there are several options you can use instead:",
          "  - \"oras copy -r\" will copy images and referring artifacts",
          "  - \"cosign save\" to write to disk, followed by \"cosign load\" for a new registry",
          "  - \"cosign download\" followed by \"cosign attach\" to just copy the bundle");

  @TempDir Path folder;

  @TestFactory
  List<DynamicTest> usageErrors() throws IOException {
    return runner()
        .tests(
            "cosign-3.1.1/usage-errors.txt",
            Deviations.none()
                .withoutStderr(
                    "cosign copy a", COPY_NAG, "deprecated commands stay without nagging")
                .skip("cosign verify-blob a b", NOT_BUILT)
                .skip("cosign verify-blob-attestation a b", NOT_BUILT)
                .skip("cosign attest --key cosign.key x", NOT_BUILT)
                .skip("cosign piv-tool", NOT_BUILT)
                .skip("cosign login", NOT_BUILT)
                .withoutStderr(
                    "cosign verif",
                    List.of("\tverify-attestation", "\tverify-blob", "\tverify-blob-attestation"),
                    NOT_BUILT + ", so they are not suggested")
                .stdout(
                    "cosign version -json",
                    """
                    {
                      "gitVersion": "(help text)",
                      "gitCommit": "(help text)",
                      "gitTreeState": "(help text)",
                      "buildDate": "(help text)",
                      "goVersion": "java(help text)",
                      "compiler": "javac",
                      "platform": "(help text)"
                    }
                    """,
                    "another program"));
  }

  @TestFactory
  List<DynamicTest> keyPairs() throws IOException {
    TranscriptRunner runner = runner();
    List<DynamicTest> tests = new ArrayList<>();
    tests.addAll(runner.tests("cosign-3.1.1/generate-key-pair.txt", Deviations.none()));
    tests.addAll(runner.tests("cosign-3.1.1/public-key.txt", Deviations.none()));
    return tests;
  }

  @TestFactory
  List<DynamicTest> importKeyPair() throws IOException, GeneralSecurityException {
    KeyPairGenerator ec = KeyPairGenerator.getInstance("EC");
    ec.initialize(new ECGenParameterSpec("secp256r1"));
    writeKey("ec.pem", ec);
    KeyPairGenerator shortRsa = KeyPairGenerator.getInstance("RSA");
    shortRsa.initialize(1024);
    writeKey("rsa1024.pem", shortRsa);
    KeyPairGenerator other = KeyPairGenerator.getInstance("EC");
    Bytes spki = Bytes.of(other.generateKeyPair().getPublic().getEncoded());
    write("cosign.pub", new Pem("PUBLIC KEY", spki).print());
    write("hello.txt", Bytes.utf8("hello\n"));
    return runner().tests("cosign-3.1.1/import-key-pair.txt", Deviations.none());
  }

  private TranscriptRunner runner() {
    return TranscriptRunner.in(folder).with("REG", "127.0.0.1:9");
  }

  private void writeKey(String name, KeyPairGenerator generator) throws IOException {
    Bytes pkcs8 = Bytes.of(generator.generateKeyPair().getPrivate().getEncoded());
    write(name, new Pem("PRIVATE KEY", pkcs8).print());
  }

  private void write(String name, Bytes content) throws IOException {
    Files.write(folder.resolve(name), content.toByteArray());
  }
}
