package dev.bulla.kms.gcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.google.api.client.googleapis.json.GoogleJsonResponseException;
import com.google.api.client.http.javanet.NetHttpTransport;
import com.google.api.client.json.gson.GsonFactory;
import com.google.api.services.cloudkms.v1.CloudKMS;
import com.google.api.services.cloudkms.v1.model.AsymmetricSignRequest;
import com.google.api.services.cloudkms.v1.model.AsymmetricSignResponse;
import com.google.api.services.cloudkms.v1.model.CryptoKey;
import com.google.api.services.cloudkms.v1.model.CryptoKeyVersionTemplate;
import com.google.api.services.cloudkms.v1.model.Digest;
import com.google.api.services.cloudkms.v1.model.KeyRing;
import com.google.api.services.cloudkms.v1.model.PublicKey;
import com.google.auth.http.HttpCredentialsAdapter;
import com.google.auth.oauth2.GoogleCredentials;
import dev.bulla.testkit.kms.GcpKmsServer;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.ThrowingConsumer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The double is what Google's own client takes for Cloud KMS, before ours meets it. */
class GcpKmsServerTest {

  private static final String LOCATION =
      "projects/" + GcpKmsServer.PROJECT + "/locations/us-central1";
  private static final byte[] MESSAGE = "message".getBytes(StandardCharsets.UTF_8);

  private static CloudKMS client(GcpKmsServer server, String credentials) throws Exception {
    GoogleCredentials who =
        GoogleCredentials.fromStream(
                new ByteArrayInputStream(credentials.getBytes(StandardCharsets.UTF_8)))
            .createScoped(List.of("https://www.googleapis.com/auth/cloudkms"));
    HttpCredentialsAdapter adapter = new HttpCredentialsAdapter(who);
    return new CloudKMS.Builder(new NetHttpTransport(), GsonFactory.getDefaultInstance(), adapter)
        .setRootUrl(server.address() + "/")
        .setApplicationName("test")
        .setGoogleClientRequestInitializer(request -> request.setDisableGZipContent(true))
        .build();
  }

  private static CloudKMS.Projects.Locations.KeyRings rings(CloudKMS client) {
    return client.projects().locations().keyRings();
  }

  private static Long sum(byte[] bytes) {
    CRC32C sum = new CRC32C();
    sum.update(bytes);
    return sum.getValue();
  }

  @ParameterizedTest
  @CsvSource({
    "EC_SIGN_P256_SHA256, EC, SHA256withECDSA, SHA-256",
    "EC_SIGN_P384_SHA384, EC, SHA384withECDSA, SHA-384",
    "RSA_SIGN_PKCS1_2048_SHA256, RSA, SHA256withRSA, SHA-256",
    "RSA_SIGN_PKCS1_4096_SHA512, RSA, SHA512withRSA, SHA-512"
  })
  void itsSignaturesAreReal(String algorithm, String family, String jca, String hash)
      throws Exception {
    try (GcpKmsServer server = GcpKmsServer.start("t", "r")) {
      CloudKMS client = client(server, server.serviceAccountFile());
      KeyRing ring = rings(client).create(LOCATION, new KeyRing()).setKeyRingId("r").execute();
      assertThat(rings(client).get(ring.getName()).execute().getName())
          .isEqualTo(LOCATION + "/keyRings/r");
      CryptoKey key =
          rings(client)
              .cryptoKeys()
              .create(
                  ring.getName(),
                  new CryptoKey()
                      .setPurpose("ASYMMETRIC_SIGN")
                      .setVersionTemplate(new CryptoKeyVersionTemplate().setAlgorithm(algorithm)))
              .setCryptoKeyId("k")
              .execute();
      assertThat(rings(client).cryptoKeys().get(key.getName()).execute().getPurpose())
          .isEqualTo("ASYMMETRIC_SIGN");
      var versions = rings(client).cryptoKeys().cryptoKeyVersions();
      assertThat(versions.get(key.getName() + "/cryptoKeyVersions/1").execute().getState())
          .isEqualTo("ENABLED");
      String version =
          versions
              .list(key.getName())
              .setFilter("state=ENABLED")
              .setOrderBy("name desc")
              .execute()
              .getCryptoKeyVersions()
              .get(0)
              .getName();

      PublicKey publicKey = versions.getPublicKey(version).execute();
      assertThat(publicKey.getPemCrc32c())
          .isEqualTo(sum(publicKey.getPem().getBytes(StandardCharsets.UTF_8)));
      byte[] digest = MessageDigest.getInstance(hash).digest(MESSAGE);
      Digest named = new Digest();
      named.set(hash.replace("-", "").toLowerCase(java.util.Locale.ROOT), encoded(digest));
      AsymmetricSignResponse made =
          versions
              .asymmetricSign(
                  version,
                  new AsymmetricSignRequest().setDigest(named).setDigestCrc32c(sum(digest)))
              .execute();

      assertThat(made.getVerifiedDigestCrc32c()).isTrue();
      byte[] signature = Base64.getDecoder().decode(made.getSignature());
      assertThat(made.getSignatureCrc32c()).isEqualTo(sum(signature));
      Signature verifier = Signature.getInstance(jca);
      verifier.initVerify(
          KeyFactory.getInstance(family)
              .generatePublic(
                  new X509EncodedKeySpec(
                      Base64.getMimeDecoder()
                          .decode(publicKey.getPem().replaceAll("-----[A-Z ]+-----", "")))));
      verifier.update(MESSAGE);
      assertThat(verifier.verify(signature)).isTrue();
    }
  }

  private static String encoded(byte[] bytes) {
    return Base64.getEncoder().encodeToString(bytes);
  }

  /** As gcloud writes digests; which of them tell the alphabets apart is luck, so one that does. */
  @Test
  void itReadsBothAlphabetsOfBase64() throws Exception {
    try (GcpKmsServer server = GcpKmsServer.start("t", "r")) {
      String key = LOCATION + "/keyRings/r/cryptoKeys/k";
      server.add(key, "ASYMMETRIC_SIGN", "EC_SIGN_P256_SHA256");
      byte[] digest = new byte[32];
      Arrays.fill(digest, (byte) 0xfb);
      String urlSafe = Base64.getUrlEncoder().encodeToString(digest);
      assertThat(urlSafe).contains("-").contains("_");
      for (String text : List.of(urlSafe, urlSafe.replace("=", ""), encoded(digest))) {
        assertThat(
                rings(client(server, server.serviceAccountFile()))
                    .cryptoKeys()
                    .cryptoKeyVersions()
                    .asymmetricSign(
                        key + "/cryptoKeyVersions/1",
                        new AsymmetricSignRequest()
                            .setDigest(new Digest().setSha256(text))
                            .setDigestCrc32c(sum(digest)))
                    .execute()
                    .getVerifiedDigestCrc32c())
            .as(text)
            .isTrue();
      }
    }
  }

  @Test
  void aUserIsKnownToo() throws Exception {
    try (GcpKmsServer server = GcpKmsServer.start("t", "r")) {
      // the address of the token endpoint is not in such a file
      String file =
          server.userFile().replace("{", "{\"token_uri\":\"" + server.address() + "/token\",");
      server.add(LOCATION + "/keyRings/r/cryptoKeys/k", "ASYMMETRIC_SIGN", "EC_SIGN_ED25519");
      assertThat(
              rings(client(server, file))
                  .cryptoKeys()
                  .get(LOCATION + "/keyRings/r/cryptoKeys/k")
                  .execute()
                  .getPurpose())
          .isEqualTo("ASYMMETRIC_SIGN");
    }
  }

  @Test
  void itRefusesWhatTheServiceRefuses() throws Exception {
    try (GcpKmsServer server = GcpKmsServer.start("t", "r")) {
      CloudKMS client = client(server, server.serviceAccountFile());
      String key = LOCATION + "/keyRings/r/cryptoKeys/k";
      server.add(key, "ASYMMETRIC_SIGN", "EC_SIGN_P256_SHA256");
      var versions = rings(client).cryptoKeys().cryptoKeyVersions();
      String version = key + "/cryptoKeyVersions/1";
      byte[] digest = new byte[32];

      refused(404, server, c -> rings(c).get(LOCATION + "/keyRings/other").execute());
      refused(404, server, c -> versions.getPublicKey(key + "/cryptoKeyVersions/2").execute());
      refused(
          403, server, c -> rings(c).get("projects/other/locations/global/keyRings/r").execute());
      refused(
          409, server, c -> rings(c).create(LOCATION, new KeyRing()).setKeyRingId("r").execute());
      refused(
          400, server, c -> rings(c).create(LOCATION, new KeyRing()).setKeyRingId("ö").execute());
      refused(
          400,
          server,
          c ->
              versions
                  .asymmetricSign(
                      version,
                      new AsymmetricSignRequest()
                          .setDigest(new Digest().setSha256(encoded(digest))))
                  .execute());
      refused(
          400,
          server,
          c ->
              versions
                  .asymmetricSign(
                      version,
                      new AsymmetricSignRequest()
                          .setDigest(new Digest().setSha512(encoded(new byte[64])))
                          .setDigestCrc32c(sum(new byte[64])))
                  .execute());
      refused(400, server, c -> versions.get(version).set("unknown", "x").execute());
      refused(
          400,
          server,
          c ->
              versions
                  .asymmetricSign(
                      version,
                      new AsymmetricSignRequest()
                          .setDigest(new Digest().setSha256(encoded(digest)))
                          .setDigestCrc32c(sum(digest))
                          .set("unknown", "x"))
                  .execute());
      server.setState(key, "DISABLED", true);
      refused(400, server, c -> versions.getPublicKey(version).execute());
    }
  }

  private static void refused(int status, GcpKmsServer server, ThrowingConsumer<CloudKMS> attempt)
      throws Exception {
    CloudKMS client = client(server, server.serviceAccountFile());
    assertThatExceptionOfType(GoogleJsonResponseException.class)
        .isThrownBy(() -> attempt.accept(client))
        .matches(e -> e.getStatusCode() == status, "status " + status);
  }
}
