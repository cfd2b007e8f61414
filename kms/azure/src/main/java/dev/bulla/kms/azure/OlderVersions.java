package dev.bulla.kms.azure;

import dev.bulla.error.KeyException;
import dev.bulla.error.MalformedInputException;
import dev.bulla.error.Quoted;
import dev.bulla.json.JsonArray;
import dev.bulla.json.JsonNumber;
import dev.bulla.json.JsonObject;
import dev.bulla.json.JsonValue;
import dev.bulla.keys.kms.KmsContext;
import dev.bulla.keys.kms.KmsFailures;
import dev.bulla.kms.azure.KeyVaultClient.Answer;
import dev.bulla.kms.azure.KeyVaultClient.Right;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Finds the versions of a key that are enabled. */
final class OlderVersions {

  private static final int MAX_PAGES = 20;
  private static final int MAX_VERSIONS = 100;

  private record Listed(String version, long created) {}

  private OlderVersions() {}

  /**
   * The names of the enabled versions, newest first. None where listing is not allowed, which is
   * said: signing needs none of them.
   */
  static List<String> of(
      String name, KeyVaultClient client, KmsFailures failures, KmsContext context)
      throws KeyException {
    List<Listed> found = new ArrayList<>();
    String page = "";
    for (int pages = 1; ; pages++) {
      Answer answer = client.ask(name + "/versions", page, Right.LIST, null);
      if (answer.status() == 403) {
        context
            .warnings()
            .accept(
                "Key Vault: not permitted: "
                    + answer.message()
                    + "; older versions of the key do not count");
        return List.of();
      }
      if (!answer.isOk()) {
        throw failures.notFound(answer.message());
      }
      add(found, answer, name, failures);
      String next = EntraAnswer.text(answer.body(), "nextLink");
      if (next.isEmpty()) {
        break;
      }
      if (pages == MAX_PAGES) {
        throw failures.badAnswer("the list of versions does not end", null);
      }
      page = queryOf(next, failures);
    }
    found.sort(Comparator.comparingLong(Listed::created).reversed());
    if (found.size() > MAX_VERSIONS) {
      context
          .warnings()
          .accept("Key Vault: only the newest " + MAX_VERSIONS + " versions of the key count");
    }
    return found.stream().limit(MAX_VERSIONS).map(Listed::version).toList();
  }

  private static void add(List<Listed> found, Answer answer, String name, KmsFailures failures)
      throws KeyException {
    if (!(answer.body().get("value").orElse(JsonArray.EMPTY) instanceof JsonArray versions)) {
      throw failures.badAnswer("no list of versions", null);
    }
    for (JsonValue value : versions.values()) {
      JsonObject version = value instanceof JsonObject object ? object : JsonObject.EMPTY;
      if (VaultKeyDocument.isEnabled(version)) {
        found.add(
            new Listed(
                VaultKeyDocument.version(EntraAnswer.text(version, "kid"), name, failures),
                created(version)));
      }
    }
  }

  private static long created(JsonObject version) {
    try {
      return version.get("attributes").orElse(version) instanceof JsonObject attributes
              && attributes.get("created").orElse(version) instanceof JsonNumber seconds
          ? seconds.longValue()
          : 0;
    } catch (MalformedInputException e) {
      return 0;
    }
  }

  /** What the link adds; where it leads to is not followed. */
  private static String queryOf(String link, KmsFailures failures) throws KeyException {
    StringBuilder query = new StringBuilder();
    try {
      String raw = new URI(link).getRawQuery();
      for (String pair : (raw == null ? "" : raw).split("&", -1)) {
        if (!pair.isEmpty() && !pair.startsWith("api-version=")) {
          query.append('&').append(pair);
        }
      }
    } catch (URISyntaxException e) {
      throw failures.badAnswer("the next page has no address: " + Quoted.plain(link), e);
    }
    if (query.isEmpty()) {
      throw failures.badAnswer("the next page is the same one", null);
    }
    return query.toString();
  }
}
