package dev.bulla.cli.command;

import dev.bulla.ArtifactTree;
import dev.bulla.cli.flags.ParsedFlags;
import dev.bulla.cli.terminal.Output;
import dev.bulla.digest.Digest;
import dev.bulla.error.BullaException;
import dev.bulla.error.Quoted;
import dev.bulla.error.RegistryException;
import dev.bulla.evidence.Unreadable;
import dev.bulla.json.GoJson;
import dev.bulla.json.JsonArray;
import dev.bulla.json.JsonObject;
import dev.bulla.json.JsonString;
import dev.bulla.oci.Reference;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Carries out {@code tree}. */
final class TreePrinter {

  private static final int MAX_NOTES = 20;

  private final ParsedFlags flags;
  private final CommandContext context;

  TreePrinter(ParsedFlags flags, CommandContext context) {
    this.flags = flags;
    this.context = context;
  }

  void run() throws BullaException {
    try (ImageSession session = ImageSession.open(flags, context)) {
      print(session, session.image(flags.arguments().get(0)));
    }
  }

  private void print(ImageSession session, Reference reference) throws BullaException {
    String typed = Quoted.plain(reference.typed());
    Output out = context.out();
    boolean json = flags.get(TreeCommand.OUTPUT).equals("json");
    if (!json) {
      out.println("📦 Supply Chain Security Related artifacts for an image: " + typed);
    }
    ArtifactTree.Tree tree;
    try {
      tree = session.bulla().tree().look(reference, flags.get(TreeCommand.EXPERIMENTAL_OCI11));
    } catch (RegistryException e) {
      throw ImageSession.absentEntity(e);
    }
    noteMissing(tree.missing());
    List<ArtifactTree.Branch> branches = tree.branches();
    if (json) {
      out.print(GoJson.write(json(reference, tree)));
      out.println();
      return;
    }
    if (branches.isEmpty()) {
      out.print(
          "No Supply Chain Security Related Artifacts found for image "
              + typed
              + ",\n start creating one with simply running$ cosign sign <img>");
      return;
    }
    for (ArtifactTree.Branch branch : branches) {
      out.println(
          "└── "
              + heading(branch)
              + Quoted.plain(session.local().readable(branch.location()), 1000));
      int last = branch.layers().size() - 1;
      for (int i = 0; i <= last; i++) {
        Digest layer = branch.layers().get(i);
        out.println("   " + (i == last ? "└── " : "├── ") + "🍒 " + layer);
      }
    }
  }

  /** Members are only ever added; another meaning would be another schema version. */
  private static JsonObject json(Reference reference, ArtifactTree.Tree tree) {
    List<JsonObject> artifacts = new ArrayList<>();
    for (ArtifactTree.Branch branch : tree.branches()) {
      List<JsonString> layers = new ArrayList<>();
      for (Digest layer : branch.layers()) {
        layers.add(new JsonString(layer.toString()));
      }
      JsonObject.Builder artifact =
          JsonObject.builder().put("kind", branch.kind().name().toLowerCase(Locale.ROOT));
      if (!branch.label().isEmpty()) {
        artifact.put("type", branch.label());
      }
      artifacts.add(
          artifact
              .put("location", branch.location())
              .put("digest", branch.digest().toString())
              .put("layers", JsonArray.of(layers))
              .build());
    }
    return JsonObject.builder()
        .put("schemaVersion", 1)
        .put("reference", reference.toString())
        .put("image", tree.image().toString())
        .put("digest", tree.image().digest().toString())
        .put("artifacts", JsonArray.of(artifacts))
        .build();
  }

  /** A view does not fail for what it cannot show, and does not keep quiet about it either. */
  private void noteMissing(List<Unreadable> missing) {
    for (Unreadable one : missing.subList(0, Math.min(missing.size(), MAX_NOTES))) {
      context.note("not shown: " + one.origin() + ": " + one.why().message());
    }
    if (missing.size() > MAX_NOTES) {
      context.note("not shown: " + (missing.size() - MAX_NOTES) + " more");
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
