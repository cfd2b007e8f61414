package dev.bulla.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.Bulla;
import dev.bulla.Progress;
import dev.bulla.SignRequest;
import dev.bulla.SigningTarget;
import dev.bulla.bytes.Base64Text;
import dev.bulla.bytes.Bytes;
import dev.bulla.digest.Digest;
import dev.bulla.error.BullaException;
import dev.bulla.error.MalformedInputException;
import dev.bulla.evidence.LegacySignature;
import dev.bulla.key.EncryptedPrivateKeyFile;
import dev.bulla.key.KeyType;
import dev.bulla.key.Password;
import dev.bulla.key.PrivateKey;
import dev.bulla.key.Signer;
import dev.bulla.oci.Descriptor;
import dev.bulla.oci.Manifest;
import dev.bulla.oci.Reference;
import dev.bulla.registry.RegistryClient;
import dev.bulla.registry.auth.CredentialSource;
import dev.bulla.registry.transport.SocketTransport;
import dev.bulla.registry.transport.TlsOptions;
import dev.bulla.testkit.registry.EmbeddedRegistry;
import dev.bulla.testkit.registry.SampleImage;
import dev.bulla.testkit.registry.StoredRepository;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A registry with one image, a folder with the keys of Alice (EC) and Bob (Ed25519), and the
 * command line over both. No run may show a secret: that is checked for each.
 */
final class ImageBench implements AutoCloseable {

  static final String PASSWORD = "pw-9f2c4e71";
  static final String REGISTRY_PASSWORD = "registry-71abd03c";
  static final SampleImage IMAGE = SampleImage.image("hello");
  static final Set<SignRequest.Format> LEGACY = EnumSet.of(SignRequest.Format.LEGACY);
  static final Set<SignRequest.Format> BUNDLE = EnumSet.of(SignRequest.Format.BUNDLE);
  static final Set<SignRequest.Format> BOTH = EnumSet.allOf(SignRequest.Format.class);

  private static final PrivateKey ALICES = PrivateKey.generate(KeyType.EC_P256, new SecureRandom());
  private static final PrivateKey BOBS = PrivateKey.generate(KeyType.ED25519, new SecureRandom());
  private static final Bytes ALICES_FILE = seal(ALICES);
  private static final Bytes BOBS_FILE = seal(BOBS);

  static final Signer ALICE = ALICES.toSigner();
  static final Signer BOB = BOBS.toSigner();

  final Path folder;
  final EmbeddedRegistry registry;
  final StoredRepository app;
  private final Map<String, String> environment = new HashMap<>();

  ImageBench(Path folder) throws IOException {
    this(folder, EmbeddedRegistry.options());
  }

  ImageBench(Path folder, EmbeddedRegistry.Options options) throws IOException {
    this.folder = folder;
    registry = EmbeddedRegistry.start(options);
    app = registry.repository("app");
    IMAGE.pushTo(app, "v1");
    writePrivate("alice.key", ALICES_FILE);
    writePrivate("bob.key", BOBS_FILE);
    write("alice.pub", Bytes.utf8(ALICE.publicKey().toPem()));
    write("bob.pub", Bytes.utf8(BOB.publicKey().toPem()));
    environment.put("COSIGN_PASSWORD", PASSWORD);
  }

  private static Bytes seal(PrivateKey key) {
    try (Password password = Password.ofText(PASSWORD)) {
      return EncryptedPrivateKeyFile.seal(key, password, new SecureRandom());
    }
  }

  ImageBench environment(String name, String value) {
    environment.put(name, value);
    return this;
  }

  ImageBench withoutEnvironment(String name) {
    environment.remove(name);
    return this;
  }

  void write(String name, Bytes content) throws IOException {
    Files.write(folder.resolve(name), content.toByteArray());
  }

  private void writePrivate(String name, Bytes content) throws IOException {
    write(name, content);
    Files.setPosixFilePermissions(
        folder.resolve(name), PosixFilePermissions.fromString("rw-------"));
  }

  void write(String name, String content) throws IOException {
    Files.writeString(folder.resolve(name), content, StandardCharsets.UTF_8);
  }

  String read(String name) throws IOException {
    return Files.readString(folder.resolve(name), StandardCharsets.UTF_8);
  }

  /** The image by its tag. */
  String tagged() {
    return named("app:v1");
  }

  /** The image by its digest. */
  String digested() {
    return named("app@" + IMAGE.digest());
  }

  String named(String rest) {
    return registry.host() + "/" + rest;
  }

  static String tagName(String suffix) {
    return "sha256-" + IMAGE.digest().hex() + suffix;
  }

  /** Runs a line; nothing it prints may hold a secret. */
  InProcess.Result run(String... arguments) {
    return runWithInput("", arguments);
  }

  InProcess.Result runWithInput(String stdin, String... arguments) {
    InProcess.Result result =
        InProcess.in(folder).environment(environment).stdin(stdin).run(arguments);
    assertNoSecrets(result);
    return result;
  }

  static void assertNoSecrets(InProcess.Result result) {
    for (String secret : List.of(PASSWORD, REGISTRY_PASSWORD)) {
      for (String spelling :
          List.of(
              secret,
              Base64Text.encode(Bytes.utf8("ci:" + secret)),
              Base64Text.encode(Bytes.utf8(secret)))) {
        assertThat(result.stdout()).doesNotContain(spelling);
        assertThat(result.stderr()).doesNotContain(spelling);
      }
    }
  }

  /** {@code verify} with Alice's key and the log ignored. */
  InProcess.Result verify(String... more) {
    return run(
        java.util.stream.Stream.concat(
                java.util.stream.Stream.of(
                    "verify", "--key", "alice.pub", "--insecure-ignore-tlog"),
                java.util.stream.Stream.of(more))
            .toArray(String[]::new));
  }

  /** {@code sign} with Alice's key and no log. */
  InProcess.Result sign(String... more) {
    return run(
        java.util.stream.Stream.concat(
                java.util.stream.Stream.of("sign", "--key", "alice.key", "--tlog-upload=false"),
                java.util.stream.Stream.of(more))
            .toArray(String[]::new));
  }

  /** Signs without the command line, which would have to open an encrypted key each time. */
  void put(Signer signer, Set<SignRequest.Format> formats, String rest)
      throws BullaException, IOException {
    put(signer, formats, rest, Map.of());
  }

  void put(
      Signer signer, Set<SignRequest.Format> formats, String rest, Map<String, String> annotations)
      throws BullaException {
    withBulla(bulla -> {
      SignRequest request =
          SignRequest.of(signer).withFormats(formats).withAnnotations(annotations);
      for (SigningTarget target : bulla.targets(Reference.parse(named(rest)), false)) {
        bulla.store(bulla.sign(target, request, Progress.SILENT), request, Progress.SILENT);
      }
    });
  }

  /** Work without the command line. */
  @FunctionalInterface
  interface Work {
    void with(Bulla bulla) throws BullaException;
  }

  void withBulla(Work work) throws BullaException {
    try (RegistryClient client =
        RegistryClient.builder(SocketTransport.create(TlsOptions.DEFAULT))
            .credentials(CredentialSource.ANONYMOUS)
            .build()) {
      work.with(new Bulla(client));
    }
  }

  List<Descriptor> layers(String tagOrDigest) throws MalformedInputException {
    return Manifest.parse(app.manifest(tagOrDigest).orElseThrow().content()).layers();
  }

  /** The signatures as stored. */
  List<String> signatures() throws MalformedInputException {
    return layers(tagName(".sig")).stream()
        .map(layer -> layer.annotations().get(LegacySignature.SIGNATURE_ANNOTATION))
        .toList();
  }

  boolean hasLegacy() {
    return app.tags().contains(tagName(".sig"));
  }

  int bundles() {
    return app.referrers(IMAGE.digest()).size();
  }

  Digest image() {
    return IMAGE.digest();
  }

  @Override
  public void close() {
    registry.close();
  }
}
