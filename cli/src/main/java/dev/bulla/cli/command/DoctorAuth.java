package dev.bulla.cli.command;

import dev.bulla.cli.flags.ParsedFlags;
import dev.bulla.cli.terminal.Output;
import dev.bulla.error.BullaException;
import dev.bulla.error.ConfigurationException;
import dev.bulla.error.Quoted;
import dev.bulla.error.RegistryException;
import dev.bulla.json.GoJson;
import dev.bulla.json.JsonArray;
import dev.bulla.json.JsonObject;
import dev.bulla.json.JsonValue;
import dev.bulla.oci.Repository;
import dev.bulla.registry.AccessReport;
import dev.bulla.registry.AccessReport.Asked;
import dev.bulla.registry.RegistryClient;
import dev.bulla.registry.auth.CredentialSource;
import dev.bulla.registry.auth.LookedAt;
import dev.bulla.registry.auth.LookedAt.Finding;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Carries out {@code doctor auth}. */
final class DoctorAuth {

  private static final int SHOWN = 1000;

  private final ParsedFlags flags;
  private final CommandContext context;

  DoctorAuth(ParsedFlags flags, CommandContext context) {
    this.flags = flags;
    this.context = context;
  }

  void run() throws BullaException {
    String named = flags.arguments().get(0);
    boolean reading = named.indexOf('/') >= 0;
    Repository repository =
        reading ? Repository.parse(named) : RegistryAccess.anyRepositoryOf(named);
    CredentialSource source = RegistryAccess.credentials(flags, context);
    List<LookedAt> trail = source.explain(repository);
    AccessReport report;
    try (RegistryClient client =
        RegistryAccess.connection(flags, context)
            .credentials(source)
            .build()
            .within(context.timeout())) {
      report = client.checkAccess(repository, reading);
    }
    Optional<LookedAt> unreadable =
        trail.stream().filter(place -> place.finding() == Finding.FAILED).findFirst();
    if (flags.get(DoctorAuthCommand.OUTPUT).equals("json")) {
      context.out().print(GoJson.writeIndented(json(repository, reading, trail, report), 2));
      context.out().println();
    } else {
      print(repository, reading, trail, report);
    }
    if (unreadable.isPresent()) {
      throw new ConfigurationException(unreadable.get().detail());
    }
    if (report.refusal().isPresent()) {
      throw report.refusal().get();
    }
  }

  private void print(
      Repository repository, boolean reading, List<LookedAt> trail, AccessReport report) {
    Output out = context.out();
    out.println(reading ? "repository " + repository : "registry " + repository.registry());
    out.println("credentials, in the order in which they are looked for:");
    int number = 0;
    for (LookedAt place : trail) {
      out.println("  " + ++number + ". " + Quoted.plain(place.place(), SHOWN) + ": " + says(place));
    }
    out.println("the registry:");
    out.println("  " + asks(report));
    if (report.asked() != Asked.NOTHING) {
      out.println(
          report.credentialsShown()
              ? "  the credentials were shown to it"
              : "  no credentials were shown to it");
    }
    out.println("  " + result(reading, trail, report));
  }

  private static String says(LookedAt place) {
    String detail = Quoted.plain(place.detail(), SHOWN);
    return switch (place.finding()) {
      case ABSENT -> "not there";
      case NOTHING -> detail.isEmpty() ? "nothing for this registry" : detail;
      case FOUND -> "used: " + detail;
      case FAILED -> "cannot be used: " + detail;
      case NOT_ASKED ->
          detail.isEmpty() ? "not looked at, an earlier one decides" : "not asked: " + detail;
    };
  }

  private static String asks(AccessReport report) {
    String origin = Quoted.plain(report.origin());
    if (origin.isEmpty()) {
      return "did not answer";
    }
    return switch (report.asked()) {
      case NOTHING -> origin + " asks for no credentials";
      case PASSWORD -> origin + " asks for a name and a password";
      case TOKEN -> origin + " asks for a token from " + Quoted.plain(report.tokenService(), SHOWN);
    };
  }

  /** One word for programs, with its meaning for people. */
  private enum Result {
    ACCEPTED("lets us in with these credentials"),
    ANONYMOUS("lets us in without credentials"),
    REFUSED("does not let us in"),
    UNREACHABLE("could not be asked");

    private final String meaning;

    Result(String meaning) {
      this.meaning = meaning;
    }
  }

  private static Result outcome(AccessReport report) {
    if (report.refusal().isPresent()) {
      RegistryException.Kind kind = report.refusal().get().kind();
      return kind == RegistryException.Kind.UNAUTHORIZED || kind == RegistryException.Kind.DENIED
          ? Result.REFUSED
          : Result.UNREACHABLE;
    }
    return report.credentialsShown() ? Result.ACCEPTED : Result.ANONYMOUS;
  }

  private static String result(boolean reading, List<LookedAt> trail, AccessReport report) {
    Result result = outcome(report);
    String text = result.meaning;
    if (result == Result.ANONYMOUS && found(trail).isPresent()) {
      text +=
          report.asked() == Asked.NOTHING
              ? "; those that were found are not needed"
              : "; those that were found were not sent to its token service, which has another"
                  + " host: --allow-realm allows that";
    }
    if (!reading && report.refusal().isEmpty() && report.asked() == Asked.TOKEN) {
      text += "; what they may do is decided for each repository: name one to find out";
    }
    return text;
  }

  private static Optional<LookedAt> found(List<LookedAt> trail) {
    return trail.stream().filter(place -> place.finding() == Finding.FOUND).findFirst();
  }

  private static JsonObject json(
      Repository repository, boolean reading, List<LookedAt> trail, AccessReport report) {
    JsonObject.Builder json = JsonObject.builder().put("registry", repository.registry());
    if (reading) {
      json.put("repository", repository.path());
    }
    List<JsonValue> places = new ArrayList<>();
    for (LookedAt place : trail) {
      JsonObject.Builder entry =
          JsonObject.builder()
              .put("place", place.place())
              .put("finding", word(place.finding().name()));
      if (!place.detail().isEmpty()) {
        entry.put("detail", place.detail());
      }
      places.add(entry.build());
    }
    json.put("places", JsonArray.of(places));
    found(trail).ifPresent(place -> json.put("source", place.place()).put("kind", place.detail()));
    json.put("origin", report.origin())
        .put("asks", word(report.asked().name()))
        .put("tokenService", report.tokenService())
        .put("credentialsShown", report.credentialsShown())
        .put("result", word(outcome(report).name()));
    report
        .refusal()
        .ifPresent(refusal -> {
          json.put("error", refusal.message());
          refusal.hint().ifPresent(hint -> json.put("hint", hint));
        });
    return json.build();
  }

  private static String word(String constant) {
    return constant.toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
