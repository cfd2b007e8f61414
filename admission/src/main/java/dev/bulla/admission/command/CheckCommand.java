package dev.bulla.admission.command;

import dev.bulla.admission.cache.CacheOptions;
import dev.bulla.admission.cache.CachingVerifier;
import dev.bulla.admission.cluster.Cluster;
import dev.bulla.admission.config.AdmissionConfig;
import dev.bulla.admission.config.FeatureSettings;
import dev.bulla.admission.decide.Features;
import dev.bulla.admission.decide.ImageDecision;
import dev.bulla.admission.verify.SignatureVerifier;
import dev.bulla.admission.verify.VerifierOptions;
import dev.bulla.bytes.Bytes;
import dev.bulla.cli.command.Command;
import dev.bulla.cli.command.CommandContext;
import dev.bulla.cli.command.ExitCode;
import dev.bulla.cli.flags.CommandSpec;
import dev.bulla.cli.flags.Flag;
import dev.bulla.cli.flags.ParsedFlags;
import dev.bulla.cli.flags.Positionals;
import dev.bulla.cli.terminal.Output;
import dev.bulla.error.BullaException;
import dev.bulla.error.ConfigurationException;
import dev.bulla.error.Quoted;
import dev.bulla.json.GoJson;
import dev.bulla.json.JsonArray;
import dev.bulla.json.JsonObject;
import dev.bulla.json.JsonValue;
import dev.bulla.keys.kms.KmsContext;
import dev.bulla.limits.LimitedInput;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Says of the objects of a manifest what the webhook would answer. */
final class CheckCommand implements Command {

  /** The worst first, as for several images of {@code verify}. */
  private static final List<Integer> WORST = List.of(20, 21, 12, 13, 10, 11);

  private static final Flag<String> KUBECONFIG =
      Flag.text(
          "kubeconfig", "cluster whose secrets validators with usePodPullSecrets log in with");

  private static final Duration ASKING_CLUSTER = Duration.ofSeconds(3);

  @Override
  public CommandSpec spec() {
    return CommandSpec.of("admission check", "Say what the webhook would answer about a manifest")
        .description(
            """
            Say what the webhook would answer about each object of a manifest: YAML or JSON, several
            documents, or a list as kubectl prints it. Signatures are looked at as the webhook would,
            at those of each image once, however many objects name it, and of 8 images at a time. No
            cluster is asked but the one of --kubeconfig, and that one only for the secrets that
            validators with usePodPullSecrets log in with. At the end the images that are denied are
            named, with how many objects name them; undecided is what could not be looked at.
            Detection mode is left out, so that the answer is what enforcement would be: of everything
            that runs, with
            kubectl get pods,deployments,statefulsets,daemonsets,jobs,cronjobs -A -o json | bulla
            admission check --config values.yaml -

            Exit code 0: all of it would be admitted. Otherwise the worst of 20 (could not look), 21,
            12, 13, 10 and 11 as for verify, or 1 where a rule denies without looking.\
            """)
        .example("bulla admission check --config values.yaml deployment.yaml")
        .positionals("FILE|-", Positionals.exactly(1))
        .flags("Configuration", ConfigFiles.CONFIG)
        .flags(RegistriesFlags.GROUP)
        .flags("Cluster", KUBECONFIG)
        .flags("Output", MatchCommand.OUTPUT);
  }

  @Override
  public void run(ParsedFlags flags, CommandContext context) throws BullaException {
    AdmissionConfig config = ConfigFiles.load(flags.get(ConfigFiles.CONFIG), context.files());
    List<JsonObject> objects = objects(flags.arguments().get(0), context);
    FeatureSettings said =
        FeatureSettings.ofEnvironment(context.environment().asMap(), context::warn)
            .orElse(config.features());
    if (said.detectionMode().orElse(false)) {
      context.note("detection mode is on: the webhook would only warn of what is denied here");
    }
    VerifierOptions options = RegistriesFlags.options(flags, context);
    List<CheckReport.Answer> answers;
    Optional<Cluster> cluster = cluster(flags, context, options);
    try (SignatureVerifier verifier = SignatureVerifier.of(config, options);
        LookProgress progress = new LookProgress(context)) {
      CheckReport report =
          new CheckReport(
              config,
              new Features(false, said.podsOnly().orElse(false), false, false),
              CachingVerifier.inProcess(
                  verifier, verifier, CacheOptions.of(Duration.ofHours(1), true), options.clock()),
              PullSecretsOfCluster.of(
                  config,
                  cluster,
                  PullSecretsOfCluster.randomKey(),
                  options.clock(),
                  "name one with --kubeconfig",
                  context::warn),
              options.clock(),
              context.timeout());
      answers = report.of(objects, progress);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ConfigurationException("interrupted", e);
    } finally {
      cluster.ifPresent(Cluster::close);
    }
    if (flags.get(MatchCommand.OUTPUT).equals("json")) {
      List<JsonValue> entries = new ArrayList<>();
      answers.forEach(answer -> entries.add(answer.json()));
      context.out().print(GoJson.writeIndented(JsonArray.of(entries), 2));
      context.out().println();
    } else {
      answers.forEach(answer -> print(answer, context.out()));
      new CheckSummary(answers, objects.size() - answers.size()).print(context.out());
    }
    throwWorst(answers);
  }

  private static Optional<Cluster> cluster(
      ParsedFlags flags, CommandContext context, VerifierOptions options)
      throws ConfigurationException {
    if (flags.get(KUBECONFIG).isEmpty()) {
      return Optional.empty();
    }
    Map<String, String> variables = new HashMap<>(context.environment().asMap());
    variables.put("KUBECONFIG", context.files().resolve(flags.get(KUBECONFIG)).toString());
    return Optional.of(
        new Cluster(KmsContext.of(variables, options.home(), ASKING_CLUSTER), options.clock()));
  }

  private static List<JsonObject> objects(String name, CommandContext context)
      throws BullaException {
    if (!name.equals("-")) {
      return ManifestReader.read(
          context.files().read(name, ManifestReader.MAX_BYTES), Quoted.plain(name));
    }
    try {
      Bytes content =
          LimitedInput.readAll(context.stdin(), ManifestReader.MAX_BYTES, "standard input");
      return ManifestReader.read(content, "standard input");
    } catch (IOException e) {
      throw new ConfigurationException("standard input cannot be read", e);
    }
  }

  private static long denied(List<CheckReport.Answer> answers) {
    return answers.stream().filter(answer -> !answer.admitted()).count();
  }

  private static void print(CheckReport.Answer answer, Output out) {
    out.println(
        String.format(Locale.ROOT, "%-10s", answer.result()) + answer.kind() + " " + answer.name());
    if (answer.decision().images().isEmpty()) {
      answer.decision().answer().denial().ifPresent(why -> out.println("          " + why));
    }
    for (ImageDecision image : answer.decision().images()) {
      String shown = Quoted.plain(image.image());
      if (image.admitted().isPresent()) {
        String as = image.admitted().get().toString();
        out.println("          " + shown + ": " + image.message());
        if (image.fate() == ImageDecision.Fate.VERIFIED) {
          out.println("            is " + as);
        }
      } else {
        out.println("          " + shown + ": " + image.message());
      }
    }
  }

  private static void throwWorst(List<CheckReport.Answer> answers) throws BullaException {
    BullaException worst = null;
    for (CheckReport.Answer answer : answers) {
      for (ImageDecision image : answer.decision().images()) {
        Optional<BullaException> failure = image.failure();
        if (!answer.admitted()
            && failure.isPresent()
            && (worst == null || rank(failure.get()) < rank(worst))) {
          worst = failure.get();
        }
      }
    }
    long denied = denied(answers);
    if (denied == 0) {
      return;
    }
    String sum =
        denied + " of " + ValidateCommand.count(answers.size(), "object") + " would be denied";
    throw worst == null ? new ConfigurationException(sum) : worst.in(sum);
  }

  /** What is not known to be worse than others comes last. */
  private static int rank(BullaException failure) {
    int at = WORST.indexOf(ExitCode.of(failure));
    return at < 0 ? WORST.size() : at;
  }
}
