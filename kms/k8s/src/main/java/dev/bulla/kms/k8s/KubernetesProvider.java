package dev.bulla.kms.k8s;

import dev.bulla.error.KeyException;
import dev.bulla.keys.kms.KmsContext;
import dev.bulla.keys.kms.KmsFailures;
import dev.bulla.keys.kms.StoredKeys;
import dev.bulla.keys.kms.StoredKeysProvider;
import dev.bulla.kms.k8s.api.ApiServer;
import java.nio.file.Path;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Opens {@code k8s://NAMESPACE/SECRET}. */
public final class KubernetesProvider implements StoredKeysProvider {

  /** Names as Kubernetes takes them (RFC 1123). */
  private static final Pattern REFERENCE =
      Pattern.compile("k8s://([a-z0-9][a-z0-9-]{0,62})/([a-z0-9][a-z0-9.-]{0,252})");

  private final Path serviceAccount;

  /** For {@link java.util.ServiceLoader}. */
  public KubernetesProvider() {
    this(ApiServer.SERVICE_ACCOUNT);
  }

  KubernetesProvider(Path serviceAccount) {
    this.serviceAccount = serviceAccount;
  }

  @Override
  public Set<String> schemes() {
    return Set.of("k8s");
  }

  @Override
  public String name() {
    return "Kubernetes";
  }

  @Override
  public StoredKeys open(String reference, KmsContext context) throws KeyException {
    Matcher parts = REFERENCE.matcher(reference);
    if (!parts.matches()) {
      throw new KeyException(
          "kubernetes specification should be in the format k8s://<namespace>/<secret>",
          "both are names of lower-case letters, digits and -; the secret's may have dots");
    }
    KmsFailures failures =
        new KmsFailures("Kubernetes", reference, KmsFailures.Subject.STORED_KEYS);
    return new SecretKeys(
        ApiServer.open(context, serviceAccount, failures),
        parts.group(1),
        parts.group(2),
        failures);
  }
}
