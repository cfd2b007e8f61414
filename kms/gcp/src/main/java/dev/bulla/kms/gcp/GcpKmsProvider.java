package dev.bulla.kms.gcp;

import dev.bulla.error.KeyException;
import dev.bulla.keys.kms.KmsContext;
import dev.bulla.keys.kms.KmsFailures;
import dev.bulla.keys.kms.KmsHttp;
import dev.bulla.keys.kms.KmsKey;
import dev.bulla.keys.kms.KmsProvider;
import dev.bulla.keys.kms.KmsProxies;
import dev.bulla.keys.kms.KmsTrust;
import java.net.URI;
import java.util.Optional;
import java.util.Set;

/** Opens {@code gcpkms://projects/P/locations/L/keyRings/R/cryptoKeys/K[/versions/V]}. */
public final class GcpKmsProvider implements KmsProvider {

  /** For {@link java.util.ServiceLoader}. */
  public GcpKmsProvider() {}

  @Override
  public Set<String> schemes() {
    return Set.of("gcpkms");
  }

  @Override
  public String name() {
    return "Cloud KMS";
  }

  @Override
  public KmsKey open(String reference, KmsContext context) throws KeyException {
    GcpKeyReference parsed = GcpKeyReference.parse(reference);
    KmsFailures failures = new KmsFailures(name(), reference);
    URI endpoint = GcpClient.endpoint(context);
    KmsHttp http =
        KmsHttp.create(
            context.timeout(),
            KmsTrust.of(context, Optional.empty(), Optional.empty()),
            Optional.of(KmsProxies.of(context)));
    boolean done = false;
    try {
      GoogleTokens tokens = GoogleTokens.find(context, http, failures, GoogleTokens.KMS_SCOPE);
      done = true;
      return new GcpKmsKey(parsed, new GcpClient(endpoint, http, tokens, failures), failures);
    } finally {
      if (!done) {
        http.close();
      }
    }
  }
}
