package dev.bulla.cli.command;

import dev.bulla.bytes.Bytes;
import dev.bulla.cli.flags.CommandSpec;
import dev.bulla.cli.flags.Flag;
import dev.bulla.cli.flags.ParsedFlags;
import dev.bulla.cli.flags.Positionals;
import dev.bulla.error.BullaException;
import dev.bulla.error.ConfigurationException;
import dev.bulla.error.Quoted;
import dev.bulla.key.Signer;

/** Prints the public key that belongs to a private key. */
final class PublicKeyCommand implements Command {

  static final Flag<String> KEY =
      Flag.text("key", "private key: a file, a URL, env://NAME, or a key management URI");

  static final Flag<String> OUTFILE = Flag.text("outfile", "write the key to this file");

  @Override
  public CommandSpec spec() {
    return CommandSpec.of("public-key", "Print the public key that belongs to a private key")
        .example("bulla public-key --key cosign.key > cosign.pub")
        .positionals("", Positionals.any())
        .flags("Key", KEY, KeyFlags.SECURITY_KEY, KeyFlags.SLOT)
        .flags("Output", OUTFILE)
        .bindsEnvironment();
  }

  @Override
  public void beforeFlagRules(ParsedFlags flags, CommandContext context) throws BullaException {
    if (flags.get(KEY).isEmpty() != flags.get(KeyFlags.SECURITY_KEY)) {
      throw new ConfigurationException(
          "exactly one of: key reference (--key), or hardware token (--sk) must be provided");
    }
  }

  @Override
  public void run(ParsedFlags flags, CommandContext context) throws BullaException {
    Bytes pem;
    try (Signer signer = Keys.signer(SecurityKey.orKey(flags, flags.get(KEY), context), context)) {
      pem = Bytes.utf8(signer.publicKey().toPem());
    }
    String outfile = flags.get(OUTFILE);
    if (outfile.isEmpty()) {
      context.out().print(pem);
    } else {
      context.files().writePublic(outfile, pem);
      context.err().println("Public key written to " + Quoted.plain(outfile));
    }
  }
}
