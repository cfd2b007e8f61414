package dev.bulla.cli.command;

import dev.bulla.bytes.Bytes;
import dev.bulla.bytes.HexText;
import dev.bulla.error.BullaException;
import dev.bulla.key.Signer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The user's own key, by itself or with a certificate for it. */
final class KeySignatories implements Signatories {

  /** Gets the certificates of a key: from files, or from an authority. */
  interface Certificates {
    List<Bytes> of(Signer key) throws BullaException;
  }

  private final LazySigner key;
  private final Certificates certificates;
  private @Nullable Signatory opened;

  KeySignatories(LazySigner key, Certificates certificates) {
    this.key = key;
    this.certificates = certificates;
  }

  @Override
  public synchronized Signatory get() throws BullaException {
    if (opened == null || ShortLived.isEnding(opened)) {
      Signer signer = key.get();
      opened = new Signatory(signer, certificates.of(signer));
    }
    return opened;
  }

  @Override
  public String identity() throws BullaException {
    return HexText.encode(key.get().publicKey().fingerprint());
  }

  @Override
  public void close() {
    key.close();
  }
}
