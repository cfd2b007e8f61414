package dev.bulla.kms.git;

import dev.bulla.error.KeyException;
import dev.bulla.keys.kms.KmsContext;
import dev.bulla.keys.kms.KmsFailures;
import dev.bulla.keys.kms.StoredKeys;
import dev.bulla.keys.kms.StoredKeysProvider;
import java.util.List;
import java.util.Set;

/** Opens {@code gitlab://REF}, where REF is the path or number of a project, or a group's. */
public final class GitLabProvider implements StoredKeysProvider {

  private static final String PREFIX = "gitlab://";
  private static final int MAX_REFERENCE = 1024;

  /** For {@link java.util.ServiceLoader}. */
  public GitLabProvider() {}

  @Override
  public Set<String> schemes() {
    return Set.of("gitlab");
  }

  @Override
  public String name() {
    return "GitLab";
  }

  @Override
  public StoredKeys open(String reference, KmsContext context) throws KeyException {
    String place = reference.substring(PREFIX.length());
    if (place.isEmpty() || reference.length() > MAX_REFERENCE) {
      throw new KeyException(
          "could not parse scheme, use <scheme>://<ref> format",
          "REF is the path or number of a project, or the path of a group");
    }
    String token = GitHost.token(context, "GITLAB_TOKEN", "could not find \"GITLAB_TOKEN\"");
    String address = GitHost.address(context, "GITLAB_HOST", "https://gitlab.com");
    KmsFailures failures = new KmsFailures("GitLab", reference, KmsFailures.Subject.STORED_KEYS);
    GitHost host =
        new GitHost(
            address + "/api/v4",
            List.of("PRIVATE-TOKEN", token, "Accept", "application/json"),
            context,
            failures);
    return new GitLabVariables(place, host, failures);
  }
}
