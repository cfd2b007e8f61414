package dev.bulla.cli.command;

import dev.bulla.OrphanPlan;
import dev.bulla.OrphanPlan.Removal;
import dev.bulla.OrphanPlan.Rewrite;
import dev.bulla.OrphanRemoval;
import dev.bulla.cli.flags.ParsedFlags;
import dev.bulla.cli.terminal.Output;
import dev.bulla.digest.Digest;
import dev.bulla.error.BullaException;
import dev.bulla.error.ConfigurationException;
import dev.bulla.error.RegistryException;
import dev.bulla.json.GoJson;
import dev.bulla.json.JsonArray;
import dev.bulla.json.JsonObject;
import dev.bulla.oci.DigestReference;
import dev.bulla.oci.Reference;
import dev.bulla.oci.Repository;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Carries out {@code gc}. */
final class CollectingGarbage {

  private final ParsedFlags flags;
  private final CommandContext context;
  private final Failures failures = new Failures();

  CollectingGarbage(ParsedFlags flags, CommandContext context) {
    this.flags = flags;
    this.context = context;
  }

  void run() throws BullaException {
    Reference target = Reference.parse(flags.arguments().get(0));
    List<Repository> imagesIn = new ArrayList<>();
    for (String name : flags.get(GcCommand.IMAGES_IN)) {
      imagesIn.add(Repository.parse(name));
    }
    Optional<Digest> only =
        target instanceof DigestReference image ? Optional.of(image.digest()) : Optional.empty();
    boolean json = flags.get(GcCommand.OUTPUT).equals("json");
    try (ImageSession session =
        flags.get(GcCommand.YES)
            ? ImageSession.openForWriting(flags, context)
            : ImageSession.open(flags, context)) {
      OrphanPlan plan = session.bulla().orphans().plan(target.repository(), imagesIn, only);
      Output talk = json ? context.err() : context.out();
      tell(plan, talk);
      talk.flush();
      List<JsonObject> steps = new ArrayList<>();
      if (flags.get(GcCommand.YES)) {
        carryOut(plan, session.bulla().orphans().removal(imagesIn), steps);
      } else {
        plan.removals().forEach(removal -> steps.add(json(removal, "planned")));
        plan.rewrites().forEach(rewrite -> steps.add(json(rewrite, "planned")));
      }
      if (json) {
        context.out().print(GoJson.write(json(plan, steps)));
        context.out().println();
      } else if (!plan.isEmpty() && !flags.get(GcCommand.YES)) {
        context.note("nothing was deleted: add --yes to do so");
      }
    } catch (RegistryException e) {
      throw e.kind() == RegistryException.Kind.NOT_FOUND
          ? new ConfigurationException(e.message(), e)
          : e;
    }
    failures.throwWorst(context, true);
  }

  private void tell(OrphanPlan plan, Output out) {
    if (plan.isEmpty()) {
      out.println("Nothing to delete in " + plan.repository());
      return;
    }
    out.println("Evidence of images that are gone from " + plan.repository() + ":");
    for (Removal removal : plan.removals()) {
      out.println(
          "  "
              + (removal.untagOnly() ? "untag  " : "delete ")
              + kind(removal)
              + " "
              + removal.tag().orElse(removal.digest().toString())
              + " of "
              + removal.subject());
    }
    for (Rewrite rewrite : plan.rewrites()) {
      out.println(
          "  mend   referrers "
              + rewrite.tag()
              + ": "
              + rewrite.dead().size()
              + " of its entries lead nowhere");
    }
  }

  private static String kind(Removal removal) {
    return removal.kind().name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  private void carryOut(OrphanPlan plan, OrphanRemoval orphans, List<JsonObject> steps) {
    for (Removal removal : plan.removals()) {
      String name = removal.tag().orElse(removal.digest().toString());
      String outcome;
      try {
        boolean done = orphans.remove(plan.repository(), removal);
        outcome = done ? "deleted" : "kept";
        context.err().println((done ? "Deleted " : "Kept, since it changed meanwhile: ") + name);
      } catch (BullaException e) {
        failures.add(name, e);
        outcome = "failed";
      }
      steps.add(json(removal, outcome));
    }
    for (Rewrite rewrite : plan.rewrites()) {
      String outcome;
      try {
        outcome = orphans.rewrite(plan.repository(), rewrite) ? "mended" : "kept";
        context.err().println("Mended " + rewrite.tag());
      } catch (BullaException e) {
        failures.add(rewrite.tag(), e);
        outcome = "failed";
      }
      steps.add(json(rewrite, outcome));
    }
  }

  private JsonObject json(OrphanPlan plan, List<JsonObject> steps) {
    return JsonObject.builder()
        .put("schemaVersion", 1)
        .put("repository", plan.repository().toString())
        .put("executed", flags.get(GcCommand.YES))
        .put("steps", JsonArray.of(steps))
        .build();
  }

  private static JsonObject json(Removal removal, String outcome) {
    JsonObject.Builder json =
        JsonObject.builder()
            .put("action", removal.untagOnly() ? "untag" : "delete")
            .put("outcome", outcome)
            .put("kind", kind(removal));
    removal.tag().ifPresent(tag -> json.put("tag", tag));
    return json.put("digest", removal.digest().toString())
        .put("subject", removal.subject().toString())
        .put("gone", removal.root().toString())
        .build();
  }

  private static JsonObject json(Rewrite rewrite, String outcome) {
    return JsonObject.builder()
        .put("action", "mend")
        .put("outcome", outcome)
        .put("kind", "referrers")
        .put("tag", rewrite.tag())
        .put("subject", rewrite.subject().toString())
        .put("dead", ImageLine.strings(rewrite.dead().stream().map(Digest::toString).toList()))
        .build();
  }
}
