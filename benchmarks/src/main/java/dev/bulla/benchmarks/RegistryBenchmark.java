package dev.bulla.benchmarks;

import dev.bulla.bytes.Base64Text;
import dev.bulla.bytes.Bytes;
import dev.bulla.evidence.LegacySignature;
import dev.bulla.evidence.SignatureObject;
import dev.bulla.key.KeyType;
import dev.bulla.key.PrivateKey;
import dev.bulla.key.Signer;
import dev.bulla.oci.MediaType;
import dev.bulla.payload.SimpleSigningPayload;
import dev.bulla.testkit.registry.EmbeddedRegistry;
import dev.bulla.testkit.registry.Faults;
import dev.bulla.testkit.registry.SampleImage;
import dev.bulla.testkit.registry.StoredRepository;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Many images in one process on the embedded registry (without the referrers API, in memory, in
 * this process): time, peak memory, requests; and an index of twelve platforms, signed with
 * everything in it, beside cosign.
 *
 * <p>Arguments: the bulla command, the cosign command, a work folder, how many images to verify,
 * and how many to sign.
 */
public final class RegistryBenchmark {

  private static final int REPOSITORIES = 100;
  private static final int BESIDE_COSIGN = 100;
  private static final int RUNS = 3;

  private final String bulla;
  private final String cosign;
  private final Path work;
  private final PrintStream out;
  private final EmbeddedRegistry registry;

  private RegistryBenchmark(
      String bulla, String cosign, Path work, PrintStream out, EmbeddedRegistry registry) {
    this.bulla = bulla;
    this.cosign = cosign;
    this.work = work;
    this.out = out;
    this.registry = registry;
  }

  /** What one process cost. */
  private record Cost(double seconds, long peakKib, long requests) {}

  public static void main(String[] args) throws IOException, InterruptedException {
    PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    Path work = Files.createDirectories(Path.of(args[2]));
    Files.createDirectories(work.resolve("home"));
    try (EmbeddedRegistry registry =
        EmbeddedRegistry.start(EmbeddedRegistry.options().dockerLocations().loggedRequests(0))) {
      registry.faults().noReferrersApi(Faults.NoReferrers.NOT_FOUND);
      new RegistryBenchmark(args[0], args[1], work, out, registry)
          .run(Integer.parseInt(args[3]), Integer.parseInt(args[4]));
    }
  }

  private void run(int images, int signed) throws IOException, InterruptedException {
    must(List.of(cosign, "signing-config", "create", "--out", "empty.json"));
    must(List.of(bulla, "generate-key-pair", "--output-key-prefix", "bench"));
    List<String> references = fill(images);
    out.printf(
        Locale.ROOT,
        "| one process, bulla | seconds | ms an image | peak RSS MiB | requests an image |%n"
            + "|---|---|---|---|---|%n");
    Path list = Files.write(work.resolve("images.txt"), references);
    row(
        "verify " + images + " images, one legacy signature each",
        images,
        measure(
            List.of(
                bulla,
                "verify",
                "--key",
                "filled.pub",
                "--insecure-ignore-tlog",
                "--output",
                "ndjson",
                "--from-file",
                list.toString())));
    Path toSign =
        Files.write(work.resolve("sign.txt"), references.subList(0, Math.min(signed, images)));
    row(
        "sign " + signed + " images, bundles",
        signed,
        measure(
            List.of(
                bulla,
                "sign",
                "--key",
                "bench.key",
                "--tlog-upload=false",
                "--from-file",
                toSign.toString())));
    out.println();
    // the last ones, which only have the signature that both programs find
    beside(references.subList(Math.max(0, images - BESIDE_COSIGN), images));
  }

  private void row(String what, int images, Cost cost) {
    out.printf(
        Locale.ROOT,
        "| %s | %.1f | %.2f | %.0f | %.2f |%n",
        what,
        cost.seconds(),
        cost.seconds() * 1000 / images,
        cost.peakKib() / 1024.0,
        (double) cost.requests() / images);
  }

  /** Images with a signature each, put behind the registry's API. */
  private List<String> fill(int images) throws IOException {
    List<String> references = new ArrayList<>();
    try (Signer signer = PrivateKey.generate(KeyType.EC_P256, new SecureRandom()).toSigner()) {
      Files.writeString(work.resolve("filled.pub"), signer.publicKey().toPem());
      for (int i = 0; i < images; i++) {
        String name = "load/r" + i % REPOSITORIES;
        StoredRepository repository = registry.repository(name);
        SampleImage image = SampleImage.image("image " + i);
        image.pushTo(repository);
        String full = registry.host() + "/" + name;
        Bytes payload = SimpleSigningPayload.of(full, image.digest(), Map.of()).toBytes();
        SignatureObject object = append(payload, Base64Text.encode(signed(signer, payload)));
        repository.putBlob(payload);
        repository.putBlob(object.config());
        repository.putManifest(
            MediaType.OCI_MANIFEST.value(),
            object.manifest().toJson(),
            "sha256-" + image.digest().hex() + ".sig");
        references.add(full + "@" + image.digest());
      }
    }
    return references;
  }

  private static Bytes signed(Signer signer, Bytes payload) throws IOException {
    try {
      return signer.sign(payload);
    } catch (dev.bulla.error.BullaException e) {
      throw new IOException(e);
    }
  }

  private static SignatureObject append(Bytes payload, String signature) throws IOException {
    try {
      return SignatureObject.empty(SignatureObject.Flavour.OCI)
          .append(
              SignatureObject.layer(
                  payload, Map.of(LegacySignature.SIGNATURE_ANNOTATION, signature)));
    } catch (dev.bulla.error.MalformedInputException e) {
      throw new IOException(e);
    }
  }

  private void beside(List<String> references) throws IOException, InterruptedException {
    out.printf(
        Locale.ROOT,
        "| what | bulla ms | cosign ms | ratio | requests bulla | requests cosign |%n"
            + "|---|---|---|---|---|---|%n");
    List<String> bullaVerify =
        new ArrayList<>(List.of(bulla, "verify", "--key", "filled.pub", "--insecure-ignore-tlog"));
    bullaVerify.addAll(references);
    List<String> cosignVerify =
        new ArrayList<>(List.of(cosign, "verify", "--key", "filled.pub", "--insecure-ignore-tlog"));
    cosignVerify.addAll(references);
    compare(
        "verify " + references.size() + " images of one line", i -> bullaVerify, i -> cosignVerify);
    compare(
        "sign -r, an index of 12 platforms",
        i -> signRecursively(bulla, "--tlog-upload=false", index("bulla" + i)),
        i -> signRecursively(cosign, "--signing-config=empty.json", index("cosign" + i)));
  }

  private static List<String> signRecursively(String program, String services, String image) {
    return List.of(program, "sign", "-r", "--key", "bench.key", services, image);
  }

  private String index(String name) {
    SampleImage[] images = new SampleImage[12];
    for (int i = 0; i < images.length; i++) {
      images[i] = SampleImage.image("linux", "arch" + i, name);
    }
    SampleImage index = SampleImage.index(images);
    index.pushTo(registry.repository("index/" + name), "v1");
    return registry.host() + "/index/" + name + "@" + index.digest();
  }

  /** A line for the n-th run. */
  private interface Line {
    List<String> of(int run);
  }

  private void compare(String what, Line ours, Line theirs)
      throws IOException, InterruptedException {
    Cost[] bullas = new Cost[RUNS];
    Cost[] cosigns = new Cost[RUNS];
    for (int i = 0; i < RUNS; i++) {
      bullas[i] = measure(ours.of(i));
      cosigns[i] = measure(theirs.of(i));
    }
    Cost bullaCost = median(bullas);
    Cost cosignCost = median(cosigns);
    out.printf(
        Locale.ROOT,
        "| %s | %.0f | %.0f | %.2f | %d | %d |%n",
        what,
        bullaCost.seconds() * 1000,
        cosignCost.seconds() * 1000,
        bullaCost.seconds() / cosignCost.seconds(),
        bullaCost.requests(),
        cosignCost.requests());
  }

  private static Cost median(Cost... costs) {
    Arrays.sort(costs, java.util.Comparator.comparingDouble(Cost::seconds));
    return costs[costs.length / 2];
  }

  private void must(List<String> line) throws IOException, InterruptedException {
    measure(line);
  }

  private Cost measure(List<String> line) throws IOException, InterruptedException {
    registry.log().clear();
    ProcessBuilder builder =
        new ProcessBuilder(line)
            .directory(work.toFile())
            .redirectOutput(work.resolve("stdout").toFile())
            .redirectError(work.resolve("stderr").toFile());
    builder.environment().put("COSIGN_PASSWORD", "bench");
    builder.environment().put("HOME", work.resolve("home").toString());
    builder.environment().put("DOCKER_CONFIG", work.resolve("home").toString());
    builder.environment().put("TUF_MIRROR", "http://127.0.0.1:1");
    long start = System.nanoTime();
    Process process = builder.start();
    long peak = 0;
    while (!process.waitFor(10, TimeUnit.MILLISECONDS)) {
      peak = Math.max(peak, peak(process.pid()));
    }
    double seconds = (System.nanoTime() - start) / 1e9;
    if (process.exitValue() != 0) {
      throw new IOException(
          line.subList(0, Math.min(6, line.size()))
              + " ended with "
              + process.exitValue()
              + ": "
              + Files.readString(work.resolve("stderr")));
    }
    return new Cost(seconds, peak, registry.log().count());
  }

  /** The kernel's own high-water mark, in KiB; the launcher becomes the program itself. */
  private static long peak(long pid) {
    try {
      for (String line : Files.readAllLines(Path.of("/proc/" + pid + "/status"))) {
        if (line.startsWith("VmHWM:")) {
          return Long.parseLong(line.replaceAll("[^0-9]", ""));
        }
      }
    } catch (IOException e) {
      // it has just ended, or this is no Linux
    }
    return 0;
  }
}
