package dev.bulla.kms.pkcs11;

import dev.bulla.error.KeyException;
import dev.bulla.error.MalformedInputException;
import dev.bulla.key.KeyType;
import dev.bulla.keys.kms.KmsKey;
import dev.bulla.keys.pkcs11.Pkcs11Uri;
import dev.bulla.testkit.kms.KmsBench;
import dev.bulla.testkit.kms.KmsFault;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** A token of SoftHSM. It can be made to do little wrong, and its keys have no versions. */
final class SoftHsmBench implements KmsBench {

  private final SoftHsm token = SoftHsm.start();

  @Override
  public KmsKey open(String name, Duration timeout) throws KeyException {
    try {
      Pkcs11Uri uri =
          Pkcs11Uri.parse(
              "pkcs11:token=My%20Token;object=" + name + "?pin-value=" + SoftHsm.PIN,
              Optional.of(token.modulePath()));
      return new Pkcs11Provider().open(uri, question -> uri.pin(), true);
    } catch (MalformedInputException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public Set<KeyType> types() {
    // larger RSA keys take SoftHSM seconds to make; TokenKeyTest has one of 3072 bits
    return EnumSet.of(KeyType.EC_P256, KeyType.EC_P384, KeyType.EC_P521, KeyType.RSA_2048);
  }

  @Override
  public boolean makeKeyOfAnotherKind(String name) {
    token.tool("--keygen", "--key-type", "AES:16", "--label", name, "--id", "0a");
    return true;
  }

  @Override
  public boolean rotate(String name) {
    return false;
  }

  @Override
  public boolean retireOldVersions(String name) {
    return false;
  }

  @Override
  public boolean delete(String name) {
    token.tool("--delete-object", "--type", "privkey", "--label", name);
    token.tool("--delete-object", "--type", "pubkey", "--label", name);
    return true;
  }

  @Override
  public boolean fail(KmsFault fault, int requests) {
    return false;
  }

  @Override
  public List<String> permissions(String name, Operation operation) {
    return List.of();
  }

  @Override
  public Optional<Integer> requests() {
    return Optional.empty();
  }

  @Override
  public List<String> secrets() {
    return List.of(SoftHsm.PIN);
  }

  @Override
  public void close() {
    token.close();
  }
}
