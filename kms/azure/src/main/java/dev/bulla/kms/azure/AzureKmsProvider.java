package dev.bulla.kms.azure;

import dev.bulla.error.KeyException;
import dev.bulla.keys.kms.KmsContext;
import dev.bulla.keys.kms.KmsFailures;
import dev.bulla.keys.kms.KmsHttp;
import dev.bulla.keys.kms.KmsKey;
import dev.bulla.keys.kms.KmsProvider;
import dev.bulla.keys.kms.KmsProxies;
import dev.bulla.keys.kms.KmsTrust;
import java.util.Optional;
import java.util.Set;

/** Opens {@code azurekms://HOST[:PORT]/KEY[/VERSION]}, and a vault's name in place of its host. */
public final class AzureKmsProvider implements KmsProvider {

  /** For {@link java.util.ServiceLoader}. */
  public AzureKmsProvider() {}

  @Override
  public Set<String> schemes() {
    return Set.of("azurekms");
  }

  @Override
  public String name() {
    return "Key Vault";
  }

  @Override
  public KmsKey open(String reference, KmsContext context) throws KeyException {
    AzureKeyReference written = AzureKeyReference.parse(reference);
    Optional<AzureCloud> named = AzureCloud.named(context);
    AzureKeyReference parsed = written.in(named.orElse(AzureCloud.PUBLIC));
    AzureCloud cloud = named.or(() -> AzureCloud.ofVault(parsed.host())).orElse(AzureCloud.PUBLIC);
    boolean isHsm =
        AzureCloud.ofVault(parsed.host()).stream().anyMatch(c -> c.isHsm(parsed.host()));
    KmsFailures failures = new KmsFailures(name(), reference);
    KmsHttp http =
        KmsHttp.create(
            context.timeout(),
            KmsTrust.of(context, Optional.empty(), Optional.empty()),
            Optional.of(KmsProxies.of(context)));
    boolean done = false;
    try {
      AzureTokens tokens = AzureTokens.find(context, http, cloud.authority(context));
      KeyVaultClient client = new KeyVaultClient(parsed, isHsm, http, tokens, failures);
      done = true;
      return new AzureKmsKey(parsed, isHsm, client, failures, context);
    } finally {
      if (!done) {
        http.close();
      }
    }
  }
}
