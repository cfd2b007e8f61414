package dev.bulla.cli.command;

import dev.bulla.bundle.Bundle;
import dev.bulla.bundle.Bundle.CertificateChain;
import dev.bulla.bundle.Bundle.Version;
import dev.bulla.bundle.BundleJson;
import dev.bulla.bundle.BundleUpgrade;
import dev.bulla.bytes.Bytes;
import dev.bulla.certificate.AlternativeName;
import dev.bulla.certificate.Certificate;
import dev.bulla.cli.flags.CommandSpec;
import dev.bulla.cli.flags.Flag;
import dev.bulla.cli.flags.ParsedFlags;
import dev.bulla.cli.flags.Positionals;
import dev.bulla.error.BullaException;
import dev.bulla.error.ConfigurationException;
import dev.bulla.error.MalformedInputException;
import dev.bulla.error.Quoted;
import dev.bulla.evidence.LocalSignedPayload;
import dev.bulla.limits.Limits;
import java.util.List;

/** Brings a bundle to the version that is written today. */
final class BundleUpgradeCommand implements Command {

  static final Flag<String> OUT = Flag.text("out", "write the bundle to this file");

  static final Flag<String> REKOR_URL =
      Flag.text("rekor-url", "address of the transparency log, for proofs that are missing")
          .orElse("https://rekor.sigstore.dev");

  @Override
  public CommandSpec spec() {
    return CommandSpec.of("bundle upgrade", "Bring a bundle to version 0.3")
        .description(
            """
            Write a bundle of version 0.1 or 0.2, or one in the older format of cosign, as a bundle
            of version 0.3. Nothing is verified. What the newer version asks for and the file does
            not say is an error that names it.\
            """)
        .example("bulla bundle upgrade --out new.sigstore.json old.sigstore.json")
        .positionals("BUNDLE", Positionals.exactly(1))
        .flags("Upgrade", REKOR_URL)
        .flags("Output", OUT)
        .bindsEnvironment();
  }

  @Override
  public void run(ParsedFlags flags, CommandContext context) throws BullaException {
    Bytes raw;
    try {
      raw = context.files().read(flags.arguments().get(0), Limits.MAX_BUNDLE);
    } catch (ConfigurationException e) {
      throw e.in("reading input file");
    }
    Bytes upgraded;
    try {
      upgraded = upgrade(raw, flags, context);
    } catch (BullaException e) {
      throw e.in("upgrading bundle");
    }
    String out = flags.get(OUT);
    BundleFiles.write(upgraded, out, context);
    if (!out.isEmpty()) {
      context.err().println("Successfully upgraded bundle written to " + Quoted.plain(out));
    }
  }

  private static Bytes upgrade(Bytes raw, ParsedFlags flags, CommandContext context)
      throws BullaException {
    Bundle bundle = BundleFiles.parse(raw);
    if (bundle.version() == Version.V0_3) {
      context.err().println("Bundle is already at v0.3, no upgrade needed.");
      return raw;
    }
    String from = bundle.version() == Version.V0_1 ? "v0.1" : "v0.2";
    if (LocalSignedPayload.isOne(raw)) {
      from = "the older format";
    }
    context.err().println("Upgrading from " + from + " to v0.3...");
    if (bundle.keyMaterial() instanceof CertificateChain chain) {
      context.err().println("Truncating certificate chain to only the leaf certificate...");
      for (int i = 0; i < chain.certificates().size(); i++) {
        String name = name(chain.certificates().get(i));
        context.err().println("  Certificate " + i + " Identity: " + Quoted.plain(name, 1000));
      }
    }
    try (BundleLog log = new BundleLog(ServiceAddress.of(REKOR_URL, flags, context), context)) {
      return BundleJson.write(BundleUpgrade.upgrade(bundle, log));
    }
  }

  private static String name(Bytes der) {
    try {
      List<AlternativeName> names = Certificate.parse(der).names();
      return names.isEmpty() ? "<none>" : names.get(0).value();
    } catch (MalformedInputException e) {
      return "<none>";
    }
  }
}
