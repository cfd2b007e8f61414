package dev.bulla.kms.vault;

import dev.bulla.error.KeyException;
import dev.bulla.keys.kms.KmsContext;
import dev.bulla.keys.kms.KmsKey;
import dev.bulla.keys.kms.KmsProvider;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Opens {@code hashivault://NAME} and {@code openbao://NAME}. */
public final class VaultProvider implements KmsProvider {

  /** A name begins and ends with a word character; it has no slash, so no mount and no version. */
  private static final Pattern REFERENCE =
      Pattern.compile("(hashivault|openbao)://([A-Za-z0-9_]([A-Za-z0-9_.-]*[A-Za-z0-9_])?)");

  private static final int MAX_REFERENCE = 512;

  /** For {@link java.util.ServiceLoader}. */
  public VaultProvider() {}

  @Override
  public Set<String> schemes() {
    return Set.of("hashivault", "openbao");
  }

  @Override
  public String name() {
    return "Vault";
  }

  @Override
  public KmsKey open(String reference, KmsContext context) throws KeyException {
    Matcher parts = REFERENCE.matcher(reference);
    if (reference.length() > MAX_REFERENCE || !parts.matches()) {
      throw new KeyException(
          "kms specification should be in the format hashivault://<key>",
          "the name of a key has letters, digits and _, with - and . between them; the engine's"
              + " mount is named by TRANSIT_SECRET_ENGINE_PATH");
    }
    return new TransitKey(reference, parts.group(2), VaultSettings.read(context));
  }
}
