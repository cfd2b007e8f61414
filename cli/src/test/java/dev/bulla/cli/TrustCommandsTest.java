package dev.bulla.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.bytes.Bytes;
import dev.bulla.cli.InProcess.Result;
import dev.bulla.digest.Digest;
import dev.bulla.digest.HashAlgorithm;
import dev.bulla.json.JsonArray;
import dev.bulla.json.JsonBoolean;
import dev.bulla.json.JsonObject;
import dev.bulla.json.JsonParser;
import dev.bulla.json.ProtoJson;
import dev.bulla.testkit.http.WireResponse;
import dev.bulla.testkit.sigstore.TrustedRootText;
import dev.bulla.testkit.sigstore.VirtualSigstore;
import dev.bulla.testkit.sigstore.VirtualSigstoreServer;
import dev.bulla.testkit.sigstore.VirtualSigstoreServer.Service;
import dev.bulla.testkit.sigstore.VirtualTuf;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Choosing an instance, and what is made and said of trust material. */
class TrustCommandsTest {

  private static VirtualSigstoreServer server;

  @TempDir Path folder;

  private String mirror;

  @BeforeAll
  static void start() throws IOException {
    server = VirtualSigstoreServer.start(VirtualSigstore.live());
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @BeforeEach
  void files() throws IOException {
    mirror = server.url(Service.TUF);
    write("root.json", server.tuf().firstRoot());
    Files.writeString(folder.resolve("rekor.pub"), server.sigstore().rekor1().key().publicPem());
    Files.writeString(folder.resolve("log2.pub"), server.sigstore().rekor2().key().publicPem());
    Files.writeString(folder.resolve("ct.pub"), server.sigstore().ctLog().key().publicPem());
    Files.writeString(folder.resolve("fulcio.pem"), server.sigstore().fulcio().chainPem());
    Files.writeString(folder.resolve("tsa.pem"), server.sigstore().tsa().certificate().chainPem());
  }

  private void write(String name, Bytes content) throws IOException {
    Files.write(folder.resolve(name), content.toByteArray());
  }

  private Result run(String... line) {
    return InProcess.in(folder)
        .environment("HOME", folder.toString())
        .environment("TUF_MIRROR", "") // the one that is chosen
        .run(line);
  }

  private String kept(String name) throws IOException {
    return Files.readString(folder.resolve(".sigstore/root").resolve(name));
  }

  // ---- initialize

  @Test
  void initializeChoosesAnInstanceAndSaysNothing() throws Exception {
    Result result = run("initialize", "--mirror", mirror, "--root", "root.json");
    assertThat(result).isEqualTo(new Result(0, "", ""));
    assertThat(kept("remote.json")).isEqualTo("{\"mirror\":\"" + mirror + "\"}");
    String name = "127.0.0.1-" + mirror.substring(mirror.lastIndexOf(':') + 1);
    assertThat(kept(name + "/root.json")).isEqualTo(Files.readString(folder.resolve("root.json")));
    Result root = run("trusted-root", "create", "--with-default-services");
    assertThat(root.exit()).as(root.stderr()).isZero();
    assertThat(root.stdout().strip())
        .isEqualTo(server.sigstore().trustedRoot().bytes().toUtf8String("root"));
  }

  @Test
  void initializeHeedsWhereThingsAreKept() {
    Result result =
        InProcess.in(folder)
            .environment("TUF_ROOT", "elsewhere")
            .run("initialize", "--mirror", mirror, "--root", "root.json");
    assertThat(result.exit()).as(result.stderr()).isZero();
    assertThat(folder.resolve("elsewhere/remote.json")).exists();
    assertThat(folder.resolve(".sigstore")).doesNotExist();
  }

  @Test
  void initializeTakesAFolder() throws Exception {
    Path copy = folder.resolve("copy");
    server.tuf().writeTo(copy);
    Result result = run("initialize", "--mirror", copy.toUri().toString(), "--root", "root.json");
    assertThat(result).isEqualTo(new Result(0, "", ""));
    assertThat(run("trusted-root", "create", "--with-default-services").exit()).isZero();
  }

  @Test
  void aFailureLeavesTheChoiceAsItWas() throws Exception {
    run("initialize", "--mirror", mirror, "--root", "root.json");
    String before = kept("remote.json");
    Result result = run("initialize", "--mirror", "http://127.0.0.1:1", "--root", "root.json");
    assertThat(result.exit()).isEqualTo(20);
    assertThat(result.stderr())
        .startsWith(
            "Error: updating local metadata and targets: error updating to TUF remote mirror: ");
    assertThat(kept("remote.json")).isEqualTo(before);
    assertThat(run("trusted-root", "create", "--with-default-services").exit()).isZero();
  }

  @Test
  void anotherInstancesRootLeadsNowhere() throws Exception {
    VirtualTuf other = VirtualTuf.of(Map.of(), Instant.now().plus(Duration.ofDays(1)));
    write("other.json", other.firstRoot());
    Result result = run("initialize", "--mirror", mirror, "--root", "other.json");
    assertThat(result.exit()).isEqualTo(20);
    assertThat(result.stderr()).contains("timestamp is signed by 0 of its keys, needs 1");
    assertThat(folder.resolve(".sigstore")).doesNotExist();
  }

  @Test
  void withoutARootThePublicInstancesDoesNotVouchForAnotherMirror() {
    // because its keys did not sign, or because by now it has expired
    assertThat(run("initialize", "--mirror", mirror).exit()).isEqualTo(20);
    assertThat(folder.resolve(".sigstore")).doesNotExist();
  }

  @Test
  void anInstanceWithoutTrustedRootCannotBeUsed() throws Exception {
    VirtualTuf old =
        VirtualTuf.of(
            Map.of("rekor.pub", Bytes.utf8("key")), Instant.now().plus(Duration.ofDays(1)));
    old.writeTo(folder.resolve("old"));
    write("old.json", old.firstRoot());
    Result result =
        run(
            "initialize",
            "--mirror",
            folder.resolve("old").toUri().toString(),
            "--root",
            "old.json");
    assertThat(result.exit()).isEqualTo(1);
    assertThat(result.stderr()).contains("Could not fetch trusted_root.json from the TUF mirror");
    assertThat(folder.resolve(".sigstore")).doesNotExist();
  }

  @Test
  void anInstanceWithoutSigningConfigIsToldAndUsed() throws Exception {
    VirtualTuf half =
        VirtualTuf.of(
            Map.of("trusted_root.json", server.sigstore().trustedRoot().bytes()),
            Instant.now().plus(Duration.ofDays(1)));
    half.writeTo(folder.resolve("half"));
    write("half.json", half.firstRoot());
    Result result =
        run(
            "initialize",
            "--mirror",
            folder.resolve("half").toUri().toString(),
            "--root",
            "half.json");
    assertThat(result.exit()).isZero();
    assertThat(result.stderr())
        .startsWith("WARNING: Could not fetch signing_config.json from the TUF mirror");
  }

  @Test
  void theChecksumOfTheRootIsHeldTo() throws Exception {
    Bytes root = server.tuf().firstRoot();
    String short256 = Digest.sha256(root).hex();
    String long512 = Digest.of(HashAlgorithm.SHA512, root).hex();
    for (String sum : List.of(short256, "sha256:" + short256, "sha512:" + long512)) {
      assertThat(
              run("initialize", "--mirror", mirror, "--root", "root.json", "--root-checksum", sum)
                  .exit())
          .isZero();
    }
    Result wrong =
        run("initialize", "--mirror", mirror, "--root", "root.json", "--root-checksum", "abc");
    assertThat(wrong.exit()).isEqualTo(1);
    assertThat(wrong.stderr())
        .startsWith(
            "Error: incorrect checksum for file root.json: expected abc but got " + short256);
  }

  @Test
  void aRootFromAUrlWantsAChecksum() {
    Result result = run("initialize", "--mirror", mirror, "--root", mirror + "/1.root.json");
    assertThat(result.exit()).as(result.stderr()).isZero();
    assertThat(result.stderr())
        .startsWith("WARNING: Fetching initial root from URL without providing its checksum");
  }

  @Test
  void aRootThatIsNotThereIsNamed() {
    Result result = run("initialize", "--mirror", mirror, "--root", "absent.json");
    assertThat(result.exit()).isEqualTo(1);
    assertThat(result.stderr()).startsWith("Error: open absent.json: no such file or directory\n");
  }

  @Test
  void aMirrorThatFailsForAMomentIsAskedAgain() {
    server.disturb(Service.TUF, 1, response -> WireResponse.of(503));
    assertThat(run("initialize", "--mirror", mirror, "--root", "root.json").exit()).isZero();
  }

  @Test
  void theEnvironmentNamesAnInstanceWithoutInitializing() {
    Result result =
        InProcess.in(folder)
            .environment("HOME", folder.toString())
            .environment("TUF_MIRROR", mirror)
            .environment("TUF_ROOT_JSON", "root.json")
            .run("signing-config", "create", "--with-default-services");
    assertThat(result.exit()).as(result.stderr()).isZero();
    assertThat(result.stdout()).contains(server.tsaUrl());
  }

  @Test
  void aMirrorWithoutItsRootIsAMistake() {
    Result result =
        InProcess.in(folder)
            .environment("HOME", folder.toString())
            .environment("TUF_MIRROR", mirror)
            .run("signing-config", "create", "--with-default-services");
    assertThat(result.exit()).isEqualTo(1);
    assertThat(result.stderr())
        .startsWith(
            "Error: getting default trusted root: error setting TUF options: error setting root:"
                + " could not find cached root.json\n");
  }

  // ---- trusted-root create

  @Test
  void whatIsMadeOfAnInstancesKeysIsItsTrustedRoot() throws Exception {
    String from = server.sigstore().validFrom().toString();
    Result result =
        run(
            "trusted-root",
            "create",
            "--fulcio=url=https://f,certificate-chain=fulcio.pem,start-time=" + from,
            "--rekor=url=https://r1, public-key=rekor.pub ,start-time=" + from,
            "--rekor=url=https://"
                + server.sigstore().rekor2().origin()
                + ",public-key=log2.pub,start-time="
                + from
                + ",origin="
                + server.sigstore().rekor2().origin(),
            "--ctfe=url=https://c,public-key=ct.pub,start-time=" + from,
            "--tsa=url=https://t,certificate-chain=tsa.pem,end-time=2099-01-01T00:00:00+02:00",
            "--out",
            "made.json");
    assertThat(result).isEqualTo(new Result(0, "", ""));
    JsonObject made = json(Files.readString(folder.resolve("made.json")));
    JsonObject real = server.sigstore().trustedRoot().json();
    assertThat(made.toString()).isNotEmpty();
    for (String list : List.of("tlogs", "ctlogs")) {
      assertThat(ids(made, list)).containsExactlyInAnyOrderElementsOf(ids(real, list));
    }
    assertThat(Files.readString(folder.resolve("made.json")))
        .doesNotEndWith("\n")
        .contains("\"end\":\"2098-12-31T22:00:00Z\"");
    Result check = run("trust", "check", "made.json");
    assertThat(check.exit()).as(check.stderr()).isZero();
    assertThat(check.stdout().lines()).hasSize(6).first().isEqualTo("made.json: trusted root");
  }

  private static JsonObject json(String text) throws Exception {
    return JsonParser.parseObject(Bytes.utf8(text), "test");
  }

  private static List<String> ids(JsonObject root, String list) {
    String text =
        root.get(list).orElseThrow() instanceof JsonArray array
            ? new String(ProtoJson.write(array).toByteArray(), StandardCharsets.UTF_8)
            : "";
    return Pattern.compile("\"keyId\":\"([^\"]*)\"")
        .matcher(text)
        .results()
        .map(match -> match.group(1))
        .toList();
  }

  @Test
  void theOlderFlagsStillMakeOne() {
    Result result =
        run(
            "trusted-root",
            "create",
            "--certificate-chain=fulcio.pem",
            "--fulcio-uri=https://f",
            "--rekor-key=log2.pub,origin.example",
            "--rekor-url=https://r",
            "--ctfe-key=ct.pub",
            "--ctfe-start-time=2024-01-01T00:00:00Z");
    assertThat(result.exit()).as(result.stderr()).isZero();
    assertThat(result.stderr())
        .contains("Flag --certificate-chain has been deprecated, use --fulcio instead\n");
    assertThat(result.stdout()).contains("\"start\":\"1970-01-01T00:00:00Z\"");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--rekor=foo | parsing rekor spec: invalid key-value pair: foo",
        "--rekor=url= | parsing rekor spec: missing or empty required key 'url' in tlog spec",
        "--ctfe=url=a | parsing ctfe spec: missing or empty required key 'public-key' in tlog spec",
        "--rekor=url=a,public-key=rekor.pub | parsing rekor spec: missing or empty required key"
            + " 'start-time' in tlog spec",
        "--fulcio=url=a | parsing fulcio spec: missing or empty required key 'certificate-chain' in"
            + " fulcio spec",
        "--tsa=url=a | parsing tsa spec: missing or empty required key 'certificate-chain' in tsa"
            + " spec",
        "--tsa=url=a,certificate-chain=fulcio.pem | parsing tsa spec: first certificate in chain"
            + " must be a leaf certificate",
        "--fulcio=url=a,certificate-chain=no | parsing fulcio spec: parsing Fulcio"
            + " certificate-chain: open no: no such file or directory",
        "--rekor=url=a,public-key=root.json,start-time=2024-01-01T00:00:00Z | parsing rekor spec:"
            + " parsing public-key: PEM decoding failed",
        "--fulcio=url=a,certificate-chain=root.json | parsing fulcio spec: parsing Fulcio"
            + " certificate-chain: no certificates in file root.json",
        "--rekor=url=a,public-key=rekor.pub,start-time=x | parsing rekor spec: parsing start-time:"
            + " parsing time \"x\" as \"2006-01-02T15:04:05Z07:00\": cannot parse \"x\" as \"2006\""
      })
  void aMistakeInADescriptionIsNamed(String flag, String message) {
    Result result = run("trusted-root", "create", flag);
    assertThat(result.stderr()).startsWith("Error: " + message + "\n");
    assertThat(result.exit()).isEqualTo(message.contains("decoding") ? 21 : 1);
  }

  @Test
  void bothWaysOfDescribingAServiceAreOneTooMany() {
    Result result =
        run(
            "trusted-root",
            "create",
            "--fulcio=url=a,certificate-chain=fulcio.pem",
            "--certificate-chain=fulcio.pem");
    assertThat(result.exit()).isEqualTo(1);
    assertThat(result.stderr())
        .contains("Error: cannot use --fulcio and old fulcio flags at the same time\n");
  }

  @Test
  void nothingMakesAnEmptyOne() {
    assertThat(run("trusted-root", "create"))
        .isEqualTo(
            new Result(
                0,
                "{\"mediaType\":\"application/vnd.dev.sigstore.trustedroot+json;version=0.1\"}\n",
                ""));
    assertThat(run("signing-config", "create"))
        .isEqualTo(
            new Result(
                0,
                "{\"mediaType\":\"application/vnd.dev.sigstore.signingconfig.v0.2+json\","
                    + "\"rekorTlogConfig\":{},\"tsaConfig\":{}}\n",
                ""));
  }

  // ---- signing-config create

  @Test
  void aSigningConfigIsWrittenAsCosignWritesIt() {
    String rest = "start-time=2024-01-01T00:00:00Z,operator=acme";
    Result result =
        run(
            "signing-config",
            "create",
            "--fulcio=url=https://f,api-version=1," + rest + ",end-time=2026-01-01T00:00:00Z",
            "--oidc-provider=url=https://o,api-version=1," + rest,
            "--rekor=url=https://r,api-version=2," + rest,
            "--rekor-config=any",
            "--tsa=url=https://t,api-version=0," + rest,
            "--tsa-config=exact:2");
    String common = "\"validFor\":{\"start\":\"2024-01-01T00:00:00Z\"},\"operator\":\"acme\"}]";
    assertThat(result.stdout())
        .isEqualTo(
            "{\"mediaType\":\"application/vnd.dev.sigstore.signingconfig.v0.2+json\","
                + "\"caUrls\":[{\"url\":\"https://f\",\"majorApiVersion\":1,\"validFor\":{\"start\":"
                + "\"2024-01-01T00:00:00Z\",\"end\":\"2026-01-01T00:00:00Z\"},\"operator\":"
                + "\"acme\"}],\"oidcUrls\":[{\"url\":\"https://o\",\"majorApiVersion\":1,"
                + common
                + ",\"rekorTlogUrls\":[{\"url\":\"https://r\",\"majorApiVersion\":2,"
                + common
                + ",\"rekorTlogConfig\":{\"selector\":\"ANY\"},\"tsaUrls\":[{\"url\":\"https://t\","
                + common
                + ",\"tsaConfig\":{\"selector\":\"EXACT\",\"count\":2}}\n");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--rekor=url=a | --rekor-config must be provided when --rekor is specified",
        "--tsa=url=a | --tsa-config must be provided when --tsa is specified",
        "--fulcio=x | parsing fulcio spec: invalid key-value pair: x",
        "--fulcio=url=f | parsing fulcio spec: missing required key 'api-version' in service spec",
        "--fulcio=url=,api-version=1 | parsing fulcio spec: missing required key 'url' in service"
            + " spec",
        "--oidc-provider=url=o,api-version=1,start-time=2024-01-01T00:00:00Z | parsing"
            + " oidc-provider spec: missing required key 'operator' in service spec",
        "--fulcio=url=f,api-version=x,start-time=t,operator=o | parsing fulcio spec: parsing"
            + " api-version: strconv.ParseUint: parsing \"x\": invalid syntax",
        "--fulcio=url=f,api-version=99999999999,start-time=t,operator=o |"
            + " parsing fulcio spec: parsing"
            + " api-version: strconv.ParseUint: parsing \"99999999999\": value out of range",
        "--rekor-config=foo | parsing rekor-config: invalid service config mode: FOO",
        "--rekor-config=ANY:1 | parsing rekor-config: mode ANY does not accept a count",
        "--tsa-config=EXACT | parsing tsa-config: mode EXACT requires a count, e.g. EXACT:2",
        "--tsa-config=EXACT:-1 | parsing tsa-config: invalid count for EXACT mode:"
            + " strconv.ParseUint: parsing \"-1\": invalid syntax"
      })
  void aMistakeInASigningConfigIsNamed(String flag, String message) {
    Result result = run("signing-config", "create", flag);
    assertThat(result.stderr()).startsWith("Error: " + message + "\n");
    assertThat(result.exit()).isEqualTo(1);
  }

  @Test
  void ofAnInstancesServicesSomeCanBeLeftOutAndOthersAdded() {
    run("initialize", "--mirror", mirror, "--root", "root.json");
    String more = "--tsa=url=https://t2,api-version=1,start-time=2024-01-01T00:00:00Z,operator=b";
    Result result =
        run(
            "signing-config",
            "create",
            "--with-default-services",
            "--no-default-rekor",
            "--no-default-fulcio",
            "--no-default-oidc",
            more,
            "--tsa-config=ALL");
    assertThat(result.exit()).as(result.stderr()).isZero();
    assertThat(result.stdout())
        .contains(server.tsaUrl(), "https://t2", "\"tsaConfig\":{\"selector\":\"ALL\"}")
        .doesNotContain(server.url(Service.REKOR2), server.url(Service.FULCIO));
  }

  @Test
  void aServiceReplacesThatOfTheBase() throws Exception {
    write("base.json", ProtoJson.write(server.signingConfig(Service.REKOR2, true)));
    String more = "--tsa=url=https://t2,api-version=1,start-time=2024-01-01T00:00:00Z,operator=b";
    Result result =
        run("signing-config", "create", "--base-config=base.json", more, "--tsa-config=ANY");
    assertThat(result.exit()).as(result.stderr()).isZero();
    assertThat(result.stdout())
        .contains(server.url(Service.REKOR2), "https://t2")
        .doesNotContain(server.tsaUrl());
    Result both =
        run("signing-config", "create", "--base-config=base.json", "--with-default-services");
    assertThat(both.exit()).isEqualTo(1);
  }

  // ---- trust check

  @Test
  void trustCheckListsWhatCounts() throws Exception {
    write("root2.json", server.sigstore().trustedRoot().bytes());
    Result result = run("trust", "check", "root2.json");
    assertThat(result.exit()).as(result.stderr()).isZero();
    assertThat(result.stdout())
        .contains("tlogs[0] ", "certificateAuthorities[0] from ", ": valid\n");
    JsonObject json = json(run("trust", "check", "-o", "json", "root2.json").stdout());
    assertThat(json.get("usable")).hasToString("Optional[" + JsonBoolean.TRUE + "]");
  }

  @ParameterizedTest
  @CsvSource({
    "mediaType, mediaType",
    "hashAlgorithm, tlogs[0].hashAlgorithm",
    "rawBytes, tlogs[0].publicKey.rawBytes",
    "start, tlogs[0].publicKey.validFor.start",
    "keyId, tlogs[0].logId.keyId",
    "certChain, certificateAuthorities[0].certChain"
  })
  void trustCheckNamesTheFieldThatIsMissing(String member, String field) throws Exception {
    String whole = server.sigstore().trustedRoot().bytes().toUtf8String("root");
    String name = "\"" + member + "\":";
    Files.writeString(
        folder.resolve("broken.json"), whole.replaceFirst(name, name + "null,\"x\":"));
    Result result = run("trust", "check", "broken.json");
    assertThat(result.exit()).as(result.stderr()).isEqualTo(21);
    assertThat(result.stdout()).isEmpty();
    assertThat(result.stderr()).contains(field);
    Result json = run("trust", "check", "broken.json", "--output=json");
    assertThat(json.exit()).isEqualTo(21);
    assertThat(json.stdout()).contains("\"usable\": false", field);
  }

  @Test
  void trustCheckNamesWhatIsOver() throws Exception {
    Instant past = Instant.parse("2020-01-01T00:00:00Z");
    VirtualSigstore sigstore = server.sigstore();
    write(
        "over.json",
        TrustedRootText.empty()
            .log(sigstore.rekor1(), "https://r", past, past.plusSeconds(1))
            .authority(sigstore.fulcio(), "https://f", past, null)
            .bytes());
    Result result = run("trust", "check", "over.json");
    assertThat(result.exit()).isEqualTo(1);
    assertThat(result.stdout()).contains("tlogs[0] r from 2020-01-01T00:00:00Z", ": over\n");
    assertThat(result.stderr()).startsWith("Error: over.json: tlogs: none of 1 is valid now\n");
  }

  @Test
  void trustCheckReadsSigningConfigs() throws Exception {
    write("config.json", ProtoJson.write(server.signingConfig(Service.REKOR2, true)));
    Result good = run("trust", "check", "config.json");
    assertThat(good.exit()).as(good.stderr()).isZero();
    assertThat(good.stdout()).contains("signing config", "tsaUrls[0] " + server.tsaUrl());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"url\": | \"url\":null,\"x\": | 21 | caUrls[0].url",
        "\"selector\":\"ANY\" | | 1 | rekorTlogConfig.selector: missing",
        "\"selector\":\"ANY\" | \"selector\":\"EXACT\",\"count\":2 | 1 | rekorTlogConfig.count: 2",
        "\"majorApiVersion\":1 | \"majorApiVersion\":7 | 1 | caUrls[0].majorApiVersion: 7",
        "\"validFor\":{ | \"validFor\":{\"end\":\"2020-01-01T00:00:00Z\", | 1 | caUrls: none of 1 is"
            + " valid now",
        "signingconfig.v0.2 | signingconfig.v0.1 | 21 | mediaType"
      })
  void trustCheckNamesWhatIsWrongInASigningConfig(
      String part, String instead, int exit, String message) throws Exception {
    String whole =
        ProtoJson.write(server.signingConfig(Service.REKOR2, true)).toUtf8String("config");
    String broken =
        whole.replaceFirst(
            Pattern.quote(part), Matcher.quoteReplacement(instead == null ? "" : instead));
    assertThat(broken).isNotEqualTo(whole);
    Files.writeString(folder.resolve("config.json"), broken);
    Result result = run("trust", "check", "config.json");
    assertThat(result.stderr()).contains(message);
    assertThat(result.exit()).isEqualTo(exit);
  }

  @Test
  void trustCheckReadsTheRootOfARepository() throws Exception {
    Result result = run("trust", "check", "root.json");
    assertThat(result.exit()).as(result.stderr()).isZero();
    assertThat(result.stdout()).contains("TUF root", "version 1, 1 of 1 keys until ");
    VirtualTuf old = VirtualTuf.of(Map.of(), Instant.parse("2020-01-01T00:00:00Z"));
    write("old.json", old.firstRoot());
    Result over = run("trust", "check", "old.json");
    assertThat(over.exit()).isEqualTo(1);
    assertThat(over.stderr()).contains("signed.expires: over since 2020-01-01T00:00:00Z");
    String forged =
        Files.readString(folder.resolve("root.json")).replace("\"version\":1", "\"version\":2");
    Files.writeString(folder.resolve("forged.json"), forged);
    Result result2 = run("trust", "check", "forged.json");
    assertThat(result2.exit()).isEqualTo(21);
    assertThat(result2.stderr()).contains("signed by 0 of its keys");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "[]", "{}", "{\"mediaType\":1}", "{\"mediaType\":\"x/y\"}"})
  void trustCheckSaysWhatIsNoTrustMaterial(String text) throws Exception {
    Files.writeString(folder.resolve("file.json"), text);
    Result result = run("trust", "check", "file.json");
    assertThat(result.exit()).isEqualTo(21);
    assertThat(result.stdout()).isEmpty();
  }
}
