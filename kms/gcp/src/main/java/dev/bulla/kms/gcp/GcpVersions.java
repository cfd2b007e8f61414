package dev.bulla.kms.gcp;

import dev.bulla.error.KeyException;
import dev.bulla.json.JsonArray;
import dev.bulla.json.JsonObject;
import dev.bulla.json.JsonString;
import dev.bulla.json.JsonValue;
import dev.bulla.keys.kms.KmsFailures;
import dev.bulla.kms.gcp.GcpClient.Answer;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Finds the versions of a key that are enabled. */
final class GcpVersions {

  private static final String LIST = "cloudkms.cryptoKeyVersions.list";
  private static final int MAX_PAGES = 20;

  /** One version; its number has up to 18 digits. */
  record Listed(String number, String algorithm) {}

  private GcpVersions() {}

  /**
   * The enabled versions, that with the highest number first: it signs. The service sorts names as
   * text, which puts 9 before 10.
   */
  static List<Listed> enabled(GcpKeyReference reference, GcpClient client, KmsFailures failures)
      throws KeyException {
    List<Listed> found = new ArrayList<>();
    String page = "";
    for (int pages = 1; ; pages++) {
      Answer answer =
          client.ask(
              reference.key()
                  + "/cryptoKeyVersions?filter=state%3DENABLED&orderBy=name%20desc"
                  + page,
              LIST,
              null);
      if (!answer.isOk()) {
        throw answer.status().equals("NOT_FOUND")
            ? failures.notFound(answer.message())
            : failures.wrongKey(answer.message(), "signing needs an enabled version", null);
      }
      add(found, answer, failures);
      String next = answer.text("nextPageToken");
      if (next.isEmpty()) {
        break;
      }
      if (pages == MAX_PAGES) {
        throw failures.badAnswer("the list of versions does not end", null);
      }
      page = "&pageToken=" + URLEncoder.encode(next, StandardCharsets.UTF_8);
    }
    if (found.isEmpty()) {
      throw failures.wrongKey(
          "unable to find an enabled key version in GCP KMS",
          "`gcloud kms keys versions enable` enables one, `… create` makes another",
          null);
    }
    found.sort(
        Comparator.comparingLong((Listed version) -> Long.parseLong(version.number())).reversed());
    if (GcpAlgorithms.of(found.get(0).algorithm()).isEmpty()) {
      throw unsupported(failures, found.get(0).algorithm());
    }
    return found;
  }

  private static void add(List<Listed> found, Answer answer, KmsFailures failures)
      throws KeyException {
    if (!(answer.body().get("cryptoKeyVersions").orElse(JsonArray.EMPTY)
        instanceof JsonArray versions)) {
      throw failures.badAnswer("no list of versions", null);
    }
    for (JsonValue value : versions.values()) {
      JsonObject version = value instanceof JsonObject object ? object : JsonObject.EMPTY;
      String number = text(version, "name").replaceFirst("^.*/cryptoKeyVersions/", "");
      if (!number.matches("[0-9]{1,18}")) {
        throw failures.badAnswer("a version without a number", null);
      }
      if (text(version, "state").equals("ENABLED")) {
        found.add(new Listed(number, text(version, "algorithm")));
      }
    }
  }

  private static String text(JsonObject object, String name) {
    return object.get(name).orElse(JsonObject.EMPTY) instanceof JsonString text ? text.value() : "";
  }

  static KeyException unsupported(KmsFailures failures, String algorithm) {
    return failures.wrongKey(
        "specified key cannot be used to sign: its algorithm is " + algorithm,
        "what others can verify: EC_SIGN_P256_SHA256, EC_SIGN_P384_SHA384, EC_SIGN_ED25519,"
            + " RSA_SIGN_PKCS1_2048_SHA256 to …_4096_SHA512, RSA_SIGN_PSS_…_SHA256",
        null);
  }
}
