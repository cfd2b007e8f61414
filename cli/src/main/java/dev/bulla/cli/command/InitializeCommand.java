package dev.bulla.cli.command;

import dev.bulla.bytes.Bytes;
import dev.bulla.cli.flags.CommandSpec;
import dev.bulla.cli.flags.Flag;
import dev.bulla.cli.flags.ParsedFlags;
import dev.bulla.cli.flags.Positionals;
import dev.bulla.digest.Digest;
import dev.bulla.digest.HashAlgorithm;
import dev.bulla.error.BullaException;
import dev.bulla.error.ConfigurationException;
import dev.bulla.error.Quoted;
import dev.bulla.limits.Limits;
import dev.bulla.sigstore.trust.KnownInstance;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Locale;

/** Chooses the Sigstore instance that is trusted from now on. */
final class InitializeCommand implements Command {

  private static final Flag<String> MIRROR =
      Flag.text("mirror", "address of the TUF repository: http, https, or file:///folder")
          .orElse(KnownInstance.PUBLIC_GOOD.mirror());

  private static final Flag<String> ROOT =
      Flag.text(
          "root", "file or URL of the repository's first root; by default the one of Sigstore");

  private static final Flag<String> ROOT_CHECKSUM =
      Flag.text("root-checksum", "SHA-256 of that root, or sha512:<hex>");

  private static final Flag<Boolean> STAGING =
      Flag.onOff("staging", "choose Sigstore's staging instance");

  @Override
  public CommandSpec spec() {
    return CommandSpec.of("initialize", "Choose the Sigstore instance to trust, and fetch its keys")
        .description(
            """
            Choose the Sigstore instance to trust, and fetch what it says of itself: its trusted
            root and its signing configuration. Both are kept in TUF_ROOT, else in
            ~/.sigstore/root, and renewed when they are used. Without flags it is the public
            instance, which needs no initializing; a failure leaves the choice as it was.\
            """)
        .example(
            """
            bulla initialize
            bulla initialize --staging
            bulla initialize --mirror https://tuf.example.com --root root.json
            bulla initialize --root https://example.com/root.json --root-checksum 59f1...\
            """)
        .positionals("", Positionals.none())
        .flags("Instance", MIRROR, ROOT, ROOT_CHECKSUM, STAGING)
        .bindsEnvironment();
  }

  @Override
  public void run(ParsedFlags flags, CommandContext context) throws BullaException {
    try (InstanceTrust trust = InstanceTrust.of(context, false)) {
      String mirror = flags.get(MIRROR);
      Bytes root;
      if (flags.get(STAGING)) {
        mirror = KnownInstance.STAGING.mirror();
        root = KnownInstance.STAGING.root();
      } else if (flags.get(ROOT).isEmpty()) {
        root = knownRoot(mirror);
      } else {
        root = root(flags, context, trust);
      }
      Instant now = InstantSource.system().instant();
      trust.initialization().choose(mirror, root, now).forEach(context::warn);
    }
  }

  private static Bytes knownRoot(String mirror) {
    return mirror.equals(KnownInstance.STAGING.mirror())
        ? KnownInstance.STAGING.root()
        : KnownInstance.PUBLIC_GOOD.root();
  }

  private static Bytes root(ParsedFlags flags, CommandContext context, InstanceTrust trust)
      throws BullaException {
    String name = flags.get(ROOT);
    String checksum = flags.get(ROOT_CHECKSUM);
    boolean isUrl = name.startsWith("http://") || name.startsWith("https://");
    if (isUrl && checksum.isEmpty()) {
      context
          .err()
          .println(
              "WARNING: Fetching initial root from URL without providing its checksum is deprecated"
                  + " and will be disallowed in a future Cosign release. Please provide the initial"
                  + " root checksum via the --root-checksum argument.");
    }
    Bytes root = isUrl ? trust.download(name) : context.files().read(name, Limits.MAX_KEY_FILE);
    if (!checksum.isEmpty()) {
      check(name, root, checksum);
    }
    return root;
  }

  private static void check(String name, Bytes root, String checksum)
      throws ConfigurationException {
    boolean longer = checksum.startsWith("sha512:");
    String expected = longer || checksum.startsWith("sha256:") ? checksum.substring(7) : checksum;
    HashAlgorithm algorithm = longer ? HashAlgorithm.SHA512 : HashAlgorithm.SHA256;
    String found = Digest.of(algorithm, root).hex();
    if (!found.equals(expected.toLowerCase(Locale.ROOT))) {
      throw new ConfigurationException(
          "incorrect checksum for file "
              + Quoted.plain(name)
              + ": expected "
              + Quoted.plain(expected)
              + " but got "
              + found);
    }
  }
}
