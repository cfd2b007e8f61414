package dev.bulla.admission.verify;

import dev.bulla.Bulla;
import dev.bulla.Progress;
import dev.bulla.SignRequest;
import dev.bulla.SigningTarget;
import dev.bulla.admission.config.AdmissionConfig;
import dev.bulla.admission.config.ConfigLoader;
import dev.bulla.admission.config.RuleConfig;
import dev.bulla.admission.decide.Decider;
import dev.bulla.admission.decide.Decision;
import dev.bulla.admission.decide.Features;
import dev.bulla.admission.image.ImageName;
import dev.bulla.admission.review.ReviewRequest;
import dev.bulla.bytes.Base64Text;
import dev.bulla.bytes.Bytes;
import dev.bulla.digest.Digest;
import dev.bulla.error.BullaException;
import dev.bulla.evidence.SignatureObject;
import dev.bulla.json.JsonParser;
import dev.bulla.key.KeyType;
import dev.bulla.key.PrivateKey;
import dev.bulla.key.Signer;
import dev.bulla.oci.Manifest;
import dev.bulla.oci.Reference;
import dev.bulla.registry.RegistryClient;
import dev.bulla.registry.auth.CredentialSource;
import dev.bulla.registry.transport.SocketTransport;
import dev.bulla.registry.transport.TlsOptions;
import dev.bulla.store.StoreOptions;
import dev.bulla.testkit.registry.EmbeddedRegistry;
import dev.bulla.testkit.registry.SampleImage;
import dev.bulla.testkit.registry.StoredRepository;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** A registry with an image, people who sign it, and a verifier set up by a configuration. */
final class Stage implements AutoCloseable {

  static final SampleImage IMAGE = SampleImage.image("hello");
  static final SampleImage OTHER = SampleImage.image("somebody else's");

  private static final Map<String, Signer> SIGNERS =
      Map.of(
          "A",
          signer(),
          "B",
          signer(),
          "C",
          signer(),
          "X",
          signer(),
          "R",
          signer(KeyType.RSA_3072));

  final EmbeddedRegistry registry;
  final StoredRepository app;
  private final RegistryClient client;
  private final Bulla bulla;

  Stage() throws IOException {
    this(EmbeddedRegistry.options(), CredentialSource.ANONYMOUS);
  }

  Stage(EmbeddedRegistry.Options options, CredentialSource credentials) throws IOException {
    registry = EmbeddedRegistry.start(options);
    app = registry.repository("app");
    IMAGE.pushTo(app, "v1");
    OTHER.pushTo(app, "other");
    client =
        RegistryClient.builder(SocketTransport.create(TlsOptions.DEFAULT))
            .credentials(credentials)
            .build();
    bulla = new Bulla(client, StoreOptions.defaults(), InstantSource.system());
  }

  private static Signer signer() {
    return signer(KeyType.EC_P256);
  }

  private static Signer signer(KeyType type) {
    return PrivateKey.generate(type, new SecureRandom()).toSigner();
  }

  static String pem(String signer) {
    return SIGNERS.get(signer).publicKey().toPem();
  }

  void sign(String tag, String signer, SignRequest.Format format) throws BullaException {
    SignRequest request = SignRequest.of(SIGNERS.get(signer)).withFormats(Set.of(format));
    for (SigningTarget target : bulla.targets(reference(tag), false)) {
      bulla.store(bulla.sign(target, request, Progress.SILENT), request, Progress.SILENT);
    }
  }

  void sign(String signer) throws BullaException {
    sign("v1", signer, SignRequest.Format.LEGACY);
  }

  /** Adds that many different signatures of one signer. */
  void sign(String signer, int times) throws BullaException {
    for (int i = 0; i < times; i++) {
      SignRequest request =
          SignRequest.of(SIGNERS.get(signer))
              .withFormats(Set.of(SignRequest.Format.LEGACY))
              .withAnnotations(Map.of("n", Integer.toString(i)));
      for (SigningTarget target : bulla.targets(reference("v1"), false)) {
        bulla.store(bulla.sign(target, request, Progress.SILENT), request, Progress.SILENT);
      }
    }
  }

  /** {@code A3 C}: three signatures of A, one of C; {@code none}: none. */
  void signAll(String signatures) throws BullaException {
    for (String one : signatures.split(" ")) {
      if (!one.equals("none")) {
        sign(one.substring(0, 1), one.length() == 1 ? 1 : Integer.parseInt(one.substring(1)));
      }
    }
  }

  /** Puts a bundle beside the image. */
  void putBundle(Bytes bundle) throws BullaException {
    putBundle(IMAGE, bundle);
  }

  void putBundle(SampleImage image, Bytes bundle) throws BullaException {
    bulla
        .evidence()
        .addBundle(
            reference("v1").repository().at(image.digest()),
            bundle,
            "https://sigstore.dev/cosign/sign/v1",
            "2026-11-22T03:00:00Z");
  }

  /** Puts one signature over a payload of one's own beside the image, instead of what is there. */
  void putSignature(String signer, String payload) throws Exception {
    Bytes bytes = Bytes.utf8(payload);
    String signature = Base64Text.encode(SIGNERS.get(signer).sign(bytes));
    SignatureObject empty = SignatureObject.empty(SignatureObject.Flavour.DOCKER);
    app.putBlob(bytes);
    app.putBlob(empty.config());
    app.putManifest(
        empty.manifest().mediaType().orElseThrow().value(),
        new Manifest(
                empty.manifest().mediaType().orElseThrow(),
                empty.manifest().config(),
                List.of(
                    SignatureObject.layer(
                        bytes, Map.of("dev.cosignproject.cosign/signature", signature))))
            .toJson(),
        signatures(IMAGE));
  }

  static String signatures(SampleImage image) {
    return "sha256-" + image.digest().hex() + ".sig";
  }

  Reference reference(String tag) throws BullaException {
    return Reference.parse(registry.host() + "/app:" + tag);
  }

  ImageName image(String tagOrDigest) throws BullaException {
    return ImageName.parse(
        registry.host() + "/app" + (tagOrDigest.startsWith("@") ? "" : ":") + tagOrDigest);
  }

  VerifierOptions options() {
    return VerifierOptions.in(Map.of()).withHttpRegistries(Set.of(registry.host()));
  }

  /** A validator {@code v} with the trust roots A, B and C, and one rule for everything. */
  String config(String with) {
    return config("", "{verifyInTransparencyLog: false, " + with + "}", "A", "B", "C");
  }

  static String config(String more, String with, String... signers) {
    StringBuilder text =
        new StringBuilder("validators:\n- name: v\n  type: cosign\n" + more + "  trustRoots:\n");
    for (String signer : signers) {
      text.append("  - name: " + signer + "\n    key: |\n");
      pem(signer).lines().forEach(line -> text.append("      " + line + "\n"));
    }
    return text + "policy:\n- pattern: \"*:*\"\n  validator: v\n  with: " + with + "\n";
  }

  static AdmissionConfig load(String config) throws BullaException {
    return ConfigLoader.load(config, "config.yaml");
  }

  Digest verify(String config, ImageName image) throws BullaException {
    return verify(config, image, options());
  }

  static Digest verify(String config, ImageName image, VerifierOptions options)
      throws BullaException {
    AdmissionConfig loaded = load(config);
    RuleConfig rule = loaded.rules().get(0);
    try (SignatureVerifier verifier = SignatureVerifier.of(loaded, options)) {
      return verifier.verify(image, rule, soon());
    }
  }

  /** What is decided about a new object of a kind, {@code apps/Deployment}. */
  Decision decide(AdmissionConfig config, String kind, String object) throws Exception {
    int slash = kind.indexOf('/');
    ReviewRequest request =
        new ReviewRequest(
            "admission.k8s.io/v1",
            "AdmissionReview",
            "u",
            new ReviewRequest.Kind(kind.substring(0, slash), kind.substring(slash + 1)),
            "CREATE",
            "",
            "shop",
            ReviewRequest.User.NONE,
            Optional.of(JsonParser.parseObject(Bytes.utf8(object), "object")),
            Optional.empty(),
            false);
    try (SignatureVerifier verifier = SignatureVerifier.of(config, options())) {
      return new Decider(
              config, new Features(false, false, false, false), verifier, InstantSource.system())
          .decide(request, Duration.ofSeconds(60));
    }
  }

  /** What is decided about a pod with an image. */
  Decision decide(AdmissionConfig config, String image) throws Exception {
    return decide(config, "/Pod", "{\"spec\":" + podSpec(image) + "}");
  }

  static String podSpec(String image) {
    return "{\"containers\":[{\"image\":\"" + image + "\"}]}";
  }

  static Instant soon() {
    return Instant.now().plus(Duration.ofSeconds(60));
  }

  @Override
  public void close() {
    client.close();
    registry.close();
  }
}
