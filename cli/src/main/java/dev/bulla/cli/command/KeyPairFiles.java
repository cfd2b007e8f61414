package dev.bulla.cli.command;

import dev.bulla.bytes.Bytes;
import dev.bulla.error.BullaException;
import dev.bulla.error.Quoted;
import dev.bulla.key.EncryptedPrivateKeyFile;
import dev.bulla.key.Password;
import dev.bulla.key.PrivateKey;
import dev.bulla.keys.KeyFiles;
import dev.bulla.keys.KeyFiles.IfExists;
import java.nio.file.Path;
import java.security.SecureRandom;

/**
 * Writes a key pair to its two files, and says so.
 *
 * @param prefix their common name, without {@code .key} and {@code .pub}
 */
record KeyPairFiles(String prefix) {

  /**
   * Writes both files. Asks before it overwrites a private key, since that cannot be undone.
   *
   * @param overwrite do not ask, but still say that there was a file
   */
  void write(PrivateKey key, Password password, CommandContext context, boolean overwrite)
      throws BullaException {
    Path directory = context.io().workingDirectory();
    IfExists ifExists = IfExists.REFUSE;
    if (KeyFiles.privateKeyExists(directory, prefix)) {
      context.warn(
          "File " + shown(KeyFiles.Names.of(prefix).privateKey()) + " already exists. Overwrite?");
      if (!overwrite) {
        context.prompts().requireConsent();
      }
      ifExists = IfExists.REPLACE;
    }
    Bytes sealed = EncryptedPrivateKeyFile.seal(key, password, new SecureRandom());
    KeyFiles.Names names = KeyFiles.writePair(directory, prefix, sealed, key.publicKey(), ifExists);
    context.err().println("Private key written to " + shown(names.privateKey()));
    context.err().println("Public key written to " + shown(names.publicKey()));
  }

  private static String shown(String name) {
    return Quoted.plain(name);
  }
}
