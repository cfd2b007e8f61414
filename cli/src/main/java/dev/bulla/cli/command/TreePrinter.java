package dev.bulla.cli.command;

import dev.bulla.ArtifactTree;
import dev.bulla.cli.flags.ParsedFlags;
import dev.bulla.cli.terminal.Output;
import dev.bulla.digest.Digest;
import dev.bulla.error.BullaException;
import dev.bulla.error.ConfigurationException;
import dev.bulla.error.Quoted;
import dev.bulla.error.RegistryException;
import dev.bulla.oci.Reference;
import java.util.List;

/** Carries out {@code tree}. */
final class TreePrinter {

  private final ParsedFlags flags;
  private final CommandContext context;

  TreePrinter(ParsedFlags flags, CommandContext context) {
    this.flags = flags;
    this.context = context;
  }

  void run() throws BullaException {
    Reference reference = Reference.parse(flags.arguments().get(0));
    String typed = Quoted.plain(reference.typed());
    Output out = context.out();
    out.println("📦 Supply Chain Security Related artifacts for an image: " + typed);
    List<ArtifactTree.Branch> branches;
    try (ImageSession session = ImageSession.open(flags, context)) {
      branches = session.bulla().tree().of(reference, flags.get(TreeCommand.EXPERIMENTAL_OCI11));
    } catch (RegistryException e) {
      throw e.kind() == RegistryException.Kind.NOT_FOUND
          ? new ConfigurationException("entity not found in registry, error: " + e.message(), e)
          : e;
    }
    if (branches.isEmpty()) {
      out.print(
          "No Supply Chain Security Related Artifacts found for image "
              + typed
              + ",\n start creating one with simply running$ cosign sign <img>");
      return;
    }
    for (ArtifactTree.Branch branch : branches) {
      out.println("└── " + heading(branch) + Quoted.plain(branch.location(), 1000));
      int last = branch.layers().size() - 1;
      for (int i = 0; i <= last; i++) {
        Digest layer = branch.layers().get(i);
        out.println("   " + (i == last ? "└── " : "├── ") + "🍒 " + layer);
      }
    }
  }

  private static String heading(ArtifactTree.Branch branch) {
    return switch (branch.kind()) {
      case ATTESTATIONS -> "💾 Attestations for an image tag: ";
      case SIGNATURES -> "🔐 Signatures for an image tag: ";
      case SBOMS -> "📦 SBOMs for an image tag: ";
      case REFERRER -> "🔗 " + Quoted.plain(branch.label()) + " artifacts via OCI referrer: ";
    };
  }
}
