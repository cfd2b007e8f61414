package dev.bulla.kms.git;

import dev.bulla.error.KeyException;
import dev.bulla.keys.kms.KmsContext;
import dev.bulla.keys.kms.KmsFailures;
import dev.bulla.keys.kms.StoredKeys;
import dev.bulla.keys.kms.StoredKeysProvider;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Opens {@code github://OWNER/REPO} and {@code github://OWNER}, for writing only. */
public final class GitHubProvider implements StoredKeysProvider {

  private static final Pattern REFERENCE =
      Pattern.compile("github://([A-Za-z0-9_-]{1,100})(?:/([A-Za-z0-9_.-]{1,100}))?");

  /** For {@link java.util.ServiceLoader}. */
  public GitHubProvider() {}

  @Override
  public Set<String> schemes() {
    return Set.of("github");
  }

  @Override
  public String name() {
    return "GitHub";
  }

  @Override
  public StoredKeys open(String reference, KmsContext context) throws KeyException {
    Matcher parts = REFERENCE.matcher(reference);
    if (!parts.matches() || (parts.group(2) != null && parts.group(2).matches("\\.{1,2}"))) {
      throw new KeyException(
          "could not parse scheme, use github://<owner> or github://<owner>/<repo> format");
    }
    KmsFailures failures = new KmsFailures("GitHub", reference, KmsFailures.Subject.STORED_KEYS);
    boolean organization = parts.group(2) == null;
    String path =
        organization ? "orgs/" + parts.group(1) : "repos/" + parts.group(1) + "/" + parts.group(2);
    return new GitHubSecrets(path, organization, () -> host(context, failures), failures);
  }

  private static GitHost host(KmsContext context, KmsFailures failures) throws KeyException {
    String token =
        GitHost.token(
            context, "GITHUB_TOKEN", "could not find \"GITHUB_TOKEN\" environment variable");
    String enterprise = GitHost.address(context, "GITHUB_HOST", "https://api.github.com");
    boolean whole = enterprise.equals("https://api.github.com") || enterprise.endsWith("/api/v3");
    return new GitHost(
        whole ? enterprise : enterprise + "/api/v3",
        List.of(
            "Authorization", "Bearer " + token,
            "Accept", "application/vnd.github+json",
            "X-GitHub-Api-Version", "2022-11-28"),
        context,
        failures);
  }
}
