package dev.bulla.cli.command;

import dev.bulla.bytes.Bytes;
import dev.bulla.error.BullaException;
import dev.bulla.key.KeyType;
import dev.bulla.key.PrivateKey;
import dev.bulla.key.Signer;
import dev.bulla.sigstore.fulcio.FulcioClient;
import dev.bulla.sigstore.oidc.IdentityToken;
import dev.bulla.sigstore.oidc.IdentityTokenSource;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A person or a workload: a new key that lives as long as its certificate, which is a few minutes,
 * and never leaves this process.
 */
final class KeylessSignatories implements Signatories {

  private final CommandContext context;
  private final IdentityTokenSource tokens;
  private final FulcioClient authority;
  private final List<Signer> keys = new ArrayList<>();
  private @Nullable Signatory current;

  KeylessSignatories(CommandContext context, IdentityTokenSource tokens, FulcioClient authority) {
    this.context = context;
    this.tokens = tokens;
    this.authority = authority;
  }

  @Override
  public synchronized Signatory get() throws BullaException {
    if (current == null || ShortLived.isEnding(current)) {
      context.err().println("Generating ephemeral keys...");
      IdentityToken token = tokens.get();
      Signer key = newKey();
      // others may still sign with the one before
      keys.add(key);
      current = new Signatory(key, certificates(authority, token, key));
    }
    return current;
  }

  /** The certificates that an authority issues for a key. */
  static List<Bytes> certificates(FulcioClient authority, IdentityToken token, Signer key)
      throws BullaException {
    try {
      return authority.certificate(token.text(), token.subjectForProof(), key);
    } catch (BullaException e) {
      throw e.in("signing bundle: error signing bundle");
    }
  }

  private static Signer newKey() {
    try (PrivateKey key = PrivateKey.generate(KeyType.EC_P256, new SecureRandom())) {
      return key.toSigner();
    }
  }

  @Override
  public synchronized String identity() throws BullaException {
    IdentityToken token = tokens.get();
    return "issuer=" + token.issuer() + "\nsubject=" + token.subjectForProof();
  }

  @Override
  public synchronized void close() {
    keys.forEach(Signer::close);
  }
}
