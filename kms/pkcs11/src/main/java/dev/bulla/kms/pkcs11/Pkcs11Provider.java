package dev.bulla.kms.pkcs11;

import dev.bulla.bytes.Bytes;
import dev.bulla.error.KeyException;
import dev.bulla.error.MalformedInputException;
import dev.bulla.keys.kms.KmsKey;
import dev.bulla.keys.pkcs11.PinSource;
import dev.bulla.keys.pkcs11.Pkcs11Uri;
import dev.bulla.keys.pkcs11.TokenProvider;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Speaks to tokens through their PKCS #11 modules. */
public final class Pkcs11Provider implements TokenProvider {

  @Override
  public Set<String> schemes() {
    return Set.of("pkcs11");
  }

  @Override
  public String name() {
    return "PKCS #11";
  }

  @Override
  public KmsKey open(Pkcs11Uri key, PinSource pins, boolean login) {
    return new TokenKey(key, pins, login);
  }

  @Override
  public List<Token> tokens(String modulePath) throws KeyException {
    TokenFailures failures = new TokenFailures(modulePath);
    try (OpenModule module = OpenModule.open(modulePath, failures)) {
      return Slots.tokens(module.functions(), failures).stream().map(TokenInfo::token).toList();
    }
  }

  @Override
  public List<FoundKey> keys(String modulePath, long slot, PinSource pins) throws KeyException {
    TokenFailures failures = new TokenFailures(modulePath);
    Pkcs11Uri token = Pkcs11Uri.of(modulePath, slot, "", Bytes.EMPTY, "");
    List<FoundKey> keys = new ArrayList<>();
    try (Conversation open = Conversation.open(token, "", pins, failures)) {
      open.login();
      TokenSession session = open.session();
      String tokenLabel = open.info().token().label();
      for (long key :
          session.find(Attribute.number(Attribute.CLASS, Attribute.PRIVATE_KEY_CLASS))) {
        Bytes id = session.attribute(key, Attribute.ID).orElse(Bytes.EMPTY);
        String label = text(session.attribute(key, Attribute.LABEL).orElse(Bytes.EMPTY));
        keys.add(new FoundKey(label, id, Pkcs11Uri.of(modulePath, slot, tokenLabel, id, label)));
      }
      return keys;
    } catch (CryptokiException e) {
      throw failures.of(e);
    }
  }

  private static String text(Bytes label) {
    try {
      return label.toUtf8String("label");
    } catch (MalformedInputException e) {
      // shown as far as it can be; the identifier names the key
      return new String(label.toByteArray(), StandardCharsets.UTF_8);
    }
  }
}
