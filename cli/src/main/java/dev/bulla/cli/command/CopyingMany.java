package dev.bulla.cli.command;

import dev.bulla.Bulla;
import dev.bulla.CopyRequest;
import dev.bulla.Progress;
import dev.bulla.cli.flags.GlobalFlags;
import dev.bulla.cli.flags.ParsedFlags;
import dev.bulla.error.BullaException;
import dev.bulla.error.Quoted;
import dev.bulla.error.RegistryException;
import dev.bulla.json.JsonObject;
import dev.bulla.oci.DigestReference;
import dev.bulla.oci.Reference;
import dev.bulla.oci.TagReference;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** {@code copy} for a list of images. */
final class CopyingMany {

  /** An image, and where it goes. */
  private record Planned(DigestReference image, Reference target) {

    /** Names the copy: {@code host/repo[:tag]@sha256:…} at the target. */
    String key() {
      return target instanceof TagReference tag
          ? tag + "@" + image.digest()
          : target.repository().at(image.digest()).toString();
    }
  }

  private final ParsedFlags flags;
  private final CommandContext context;
  private final ImageSession session;
  private final CopyList list;
  private final CopyRequest request;

  /** One for each digest and repository: what arrives under a second tag need not travel again. */
  private final Map<DigestReference, Object> turns = new ConcurrentHashMap<>();

  private final Set<DigestReference> arrived = ConcurrentHashMap.newKeySet();

  CopyingMany(
      ParsedFlags flags,
      CommandContext context,
      ImageSession session,
      CopyList list,
      CopyRequest request) {
    this.flags = flags;
    this.context = context;
    this.session = session;
    this.list = list;
    this.request = request;
  }

  void run() throws BullaException {
    List<String> typed = list.typed();
    int workers =
        typed.size() == 1 ? 1 : (int) Math.max(1, Math.min(64, flags.get(CopyCommand.MAX_WORKERS)));
    Failures failures = new Failures();
    try (ManyProgress progress = ManyProgress.of("Copying", typed.size(), context);
        ResumeJournal journal = journal()) {
      new ManyImages<Planned, List<String>>(
              workers,
              text -> session.image(list.source(text)),
              this::planned,
              Planned::image,
              Planned::key,
              (reference, planned) -> copy(planned),
              Optional.ofNullable(journal))
          .run(
              typed,
              outcome ->
                  progress.done(
                      outcome,
                      () -> {
                        outcome.failure().ifPresent(e -> failures.add(outcome.typed(), e));
                        print(outcome);
                      }));
    }
    failures.throwWorst(context, typed.size() > 1 && !isForPrograms());
  }

  private boolean isForPrograms() {
    return flags.get(CopyCommand.OUTPUT).equals("ndjson");
  }

  private @Nullable ResumeJournal journal() throws BullaException {
    String file = flags.get(ImageList.RESUME);
    if (file.isEmpty()) {
      return null;
    }
    List<String> parameters = new ArrayList<>(List.of("copy"));
    parameters.addAll(ImageList.parameters(flags, context));
    return ResumeJournal.open(context.files().resolve(file), file, parameters);
  }

  private Bulla bulla() {
    return flags.isSet(GlobalFlags.TIMEOUT) ? session.bullaForOne(context) : session.bulla();
  }

  private Planned planned(String typed, Reference source) throws BullaException {
    Reference target = list.target(typed, source);
    try {
      return new Planned(bulla().resolve(source), target);
    } catch (RegistryException e) {
      throw ImageSession.absentIsPlain(e);
    }
  }

  /** Returns what was written. */
  private List<String> copy(Planned planned) throws BullaException {
    DigestReference place = planned.target().repository().at(planned.image().digest());
    List<String> written = Collections.synchronizedList(new ArrayList<>());
    Progress progress =
        new Progress() {
          @Override
          public void copying(Reference from, Reference to) {
            written.add(to.toString());
          }
        };
    synchronized (turns.computeIfAbsent(place, ignored -> new Object())) {
      try {
        bulla()
            .copy()
            .copy(
                planned.image(),
                target(planned),
                request(planned, arrived.contains(place)),
                progress);
        arrived.add(place);
      } catch (RegistryException e) {
        throw ImageSession.absentIsPlain(e);
      }
    }
    return List.copyOf(written);
  }

  /** Of one platform, another digest arrives than that of the index which was named. */
  private Reference target(Planned planned) {
    return request.platform().isPresent() && planned.target() instanceof DigestReference named
        ? named.repository().tag("latest")
        : planned.target();
  }

  private CopyRequest request(Planned planned, boolean arrived) {
    return new CopyRequest(
        arrived ? Set.of() : request.evidence(),
        request.tagged() && planned.target() instanceof TagReference,
        request.platform(),
        request.force());
  }

  private void print(ManyImages.Outcome<List<String>> outcome) {
    if (!isForPrograms()) {
      if (outcome.wasDoneBefore()) {
        context.note("copied by an earlier run: " + Quoted.plain(outcome.typed()));
      }
      return;
    }
    JsonObject.Builder json =
        ImageLine.start(
            outcome
                .reference()
                .map(session.local()::shown)
                .orElse(Quoted.plain(list.source(outcome.typed()))),
            outcome.image().filter(image -> !LocalImages.isLocal(list.source(outcome.typed()))));
    target(outcome).ifPresent(target -> json.put("target", target));
    if (outcome.failure().isPresent()) {
      ImageLine.print(context, ImageLine.failure(json, outcome.failure().get()).build());
      return;
    }
    json.put("verdict", "copied").put("exitCode", ExitCode.OK);
    if (outcome.wasDoneBefore()) {
      json.put("resumed", true);
    } else {
      json.put("written", ImageLine.strings(outcome.result().orElseThrow()));
    }
    ImageLine.print(context, json.build());
  }

  private Optional<String> target(ManyImages.Outcome<List<String>> outcome) {
    if (outcome.reference().isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(list.target(outcome.typed(), outcome.reference().get()).toString());
    } catch (BullaException e) {
      return Optional.empty();
    }
  }
}
