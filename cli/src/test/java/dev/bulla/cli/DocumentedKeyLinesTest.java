package dev.bulla.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.testkit.http.TestAuthority;
import dev.bulla.testkit.kms.AwsKmsServer;
import dev.bulla.testkit.kms.EntraServer;
import dev.bulla.testkit.kms.GcpKmsServer;
import dev.bulla.testkit.kms.KeyVaultServer;
import dev.bulla.testkit.kms.KubernetesServer;
import dev.bulla.testkit.kms.TransitServer;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What {@code documented/key-services.tsv} lists. Lines are typed as they are printed, one after
 * the other, with names filled in and a shell's start-up file that says there is no log.
 */
class DocumentedKeyLinesTest {

  private static final String TOKEN = "marked-token-51c8";
  private static final String RING = "/keyRings/foo/cryptoKeys/foo";

  /** A row of the table. */
  private record Row(String document, List<String> runsOn, String line) {}

  @TempDir Path folder;

  private ImageBench bench;
  private final List<AutoCloseable> servers = new ArrayList<>();

  @BeforeEach
  void start() throws IOException {
    bench =
        new ImageBench(folder)
            .environment("COSIGN_TLOG_UPLOAD", "false")
            .environment("COSIGN_INSECURE_IGNORE_TLOG", "true");
  }

  @AfterEach
  void stop() throws Exception {
    bench.close();
    for (AutoCloseable server : servers) {
      server.close();
    }
  }

  private static List<Row> rows() throws IOException {
    try (InputStream in =
        DocumentedKeyLinesTest.class.getResourceAsStream("/documented/key-services.tsv")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .filter(line -> !line.startsWith("#") && !line.isBlank())
          .map(line -> line.split("\t", -1))
          .map(cells -> new Row(cells[0], List.of(cells[1].split(" ", -1)), cells[2]))
          .toList();
    }
  }

  @Test
  void everyLineHasItsTest() throws Exception {
    List<String> known = List.of("aws", "gcp", "azure", "vault", "vault-elsewhere", "k8s", "env");
    assertThat(rows()).hasSizeGreaterThan(30);
    for (Row row : rows()) {
      for (String place : row.runsOn()) {
        if (!known.contains(place)) {
          String[] parts = place.split("[:#]", 3);
          assertThat(sources(parts[0], parts[1]))
              .as(place)
              .singleElement()
              .asString()
              .contains(" " + parts[2] + "(");
        }
      }
    }
  }

  /** The texts of the test classes of that name in a module of this checkout. */
  private static List<String> sources(String module, String name) throws IOException {
    Path tests = Path.of("..").resolve(module).resolve("src/test/java");
    List<String> texts = new ArrayList<>();
    try (Stream<Path> all = Files.walk(tests)) {
      for (Path file : all.filter(path -> path.endsWith(name + ".java")).toList()) {
        texts.add(Files.readString(file));
      }
    }
    return texts;
  }

  @ParameterizedTest
  @ValueSource(strings = {"aws", "gcp", "azure", "vault", "vault-elsewhere", "k8s", "env"})
  void theLinesWork(String service) throws Exception {
    Map<String, String> names = set(service);
    names.put("gcr.io/dlorenc-vmtest2/demo", bench.tagged());
    names.put("dlorenc/demo", bench.tagged());
    names.put("$IMAGE", bench.tagged());
    names.put("[IMAGE]", bench.tagged());
    int typed = 0;
    for (Row row : rows()) {
      if (row.runsOn().contains(service)) {
        type(row.line(), names);
        typed++;
      }
    }
    assertThat(typed).isPositive();
    if (!service.equals("vault-elsewhere") && !service.equals("env")) {
      type("cosign verify --key cosign.pub $IMAGE", names);
    }
  }

  private void type(String line, Map<String, String> names) throws IOException {
    String filled = line;
    for (Map.Entry<String, String> name : names.entrySet()) {
      filled = filled.replace(name.getKey(), name.getValue());
    }
    assertThat(filled).doesNotContain("<some", "[");
    String[] output = filled.split(" > ", 2);
    List<String> words = new ArrayList<>(List.of(output[0].replace("\"", "").split(" ", -1)));
    while (words.get(0).contains("=")) {
      String[] variable = words.remove(0).split("=", 2);
      bench.environment(variable[0], variable[1]);
    }
    assertThat(words.remove(0)).isEqualTo("cosign");
    InProcess.Result result = bench.run(words.toArray(String[]::new));
    assertThat(result.exit()).as(filled + "\n" + result.stderr()).isZero();
    assertThat(result.stdout() + result.stderr()).doesNotContain(TOKEN);
    if (output.length == 2) {
      bench.write(output[1], result.stdout());
    }
  }

  /** Starts the double and says what the names in the lines stand for. */
  private Map<String, String> set(String service) throws IOException {
    Map<String, String> names = new LinkedHashMap<>();
    switch (service) {
      case "aws" -> {
        TestAuthority authority = TestAuthority.create("aws test");
        AwsKmsServer aws = AwsKmsServer.startTls("AKIATEST", authority.serverContext("127.0.0.1"));
        servers.add(aws);
        bench.write("ca.pem", authority.certificatePem());
        bench
            .environment("AWS_CA_BUNDLE", "ca.pem")
            .environment("AWS_REGION", AwsKmsServer.REGION)
            .environment("AWS_ACCESS_KEY_ID", "AKIATEST")
            .environment("AWS_SECRET_ACCESS_KEY", TOKEN);
        String key = "awskms://" + aws.host() + "/alias/ExampleAlias";
        names.put("<some provider>://<some key>", key);
        names.put("awskms://[ENDPOINT]/[ID/ALIAS/ARN]", key);
      }
      case "gcp" -> {
        GcpKmsServer google = GcpKmsServer.start(TOKEN, "1//refresh");
        servers.add(google);
        bench.write("account.json", google.serviceAccountFile());
        bench
            .environment("GOOGLE_APPLICATION_CREDENTIALS", "account.json")
            .environment("GCE_METADATA_HOST", "127.0.0.1:9")
            .environment("CLOUDSDK_API_ENDPOINT_OVERRIDES_CLOUDKMS", google.address() + "/");
        String key = "gcpkms://projects/" + GcpKmsServer.PROJECT + "/locations/global" + RING;
        names.put("<some provider>://<some key>", key);
        names.put(
            "gcpkms://projects/<PROJECT ID>/locations/<LOCATION>/keyRings/<KEY_RING>"
                + "/cryptoKeys/<KEY_NAME>",
            key);
        names.put("[PROJECT]", GcpKmsServer.PROJECT);
        names.put("[KEYRING]", "foo");
        names.put("[KEY]", "foo");
        names.put("[VERSION]", "1");
      }
      case "azure" -> {
        TestAuthority authority = TestAuthority.create("azure test");
        KeyVaultServer azure =
            KeyVaultServer.start(TOKEN, "marked-secret", authority.serverContext("127.0.0.1"));
        servers.add(azure);
        bench.write("ca.pem", authority.certificatePem());
        bench
            .environment("SSL_CERT_FILE", "ca.pem")
            .environment("AZURE_AUTHORITY_HOST", azure.address())
            .environment("AZURE_TENANT_ID", EntraServer.TENANT)
            .environment("AZURE_CLIENT_ID", EntraServer.CLIENT)
            .environment("AZURE_CLIENT_SECRET", "marked-secret");
        String key = "azurekms://" + azure.host() + "/foo";
        names.put("<some provider>://<some key>", key);
        names.put("azurekms://[VAULT_NAME][VAULT_URI]/[KEY]", key);
      }
      case "vault", "vault-elsewhere" -> {
        TransitServer vault =
            TransitServer.start(TOKEN, "", service.equals("vault") ? "transit" : "someotherpath");
        servers.add(vault);
        bench.environment("VAULT_ADDR", vault.address()).environment("VAULT_TOKEN", TOKEN);
        names.put("<some provider>://<some key>", "hashivault://testkey");
        names.put("[KEY]", "testkey");
      }
      case "k8s" -> {
        KubernetesServer cluster = KubernetesServer.start("Bearer " + TOKEN, "v1.32.0");
        servers.add(cluster);
        bench.write(
            "config",
            """
            current-context: c
            contexts: [{name: c, context: {cluster: c, user: u}}]
            clusters: [{name: c, cluster: {server: "%s"}}]
            users: [{name: u, user: {token: %s}}]
            """
                .formatted(cluster.address(), TOKEN));
        bench.environment("KUBECONFIG", "config");
        names.put("k8s://[NAMESPACE]/[KEY]", "k8s://default/testsecret");
      }
      default -> {
        bench.environment("SIGNING_KEY", bench.read("alice.key"));
        names.put("[ENV_VAR]", "SIGNING_KEY");
      }
    }
    return names;
  }
}
