package dev.bulla.registry;

import dev.bulla.error.MalformedInputException;
import dev.bulla.error.Quoted;
import dev.bulla.error.RegistryException;
import dev.bulla.error.RegistryException.Kind;
import dev.bulla.json.GoFields;
import dev.bulla.json.JsonParser;
import dev.bulla.oci.Repository;
import dev.bulla.registry.auth.Scope;
import dev.bulla.registry.transport.HttpUrl;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** {@code GET /v2/<name>/tags/list} with all its pages (distribution-spec 1.1, end-8a). */
final class ListTags {

  private static final int MAX_TAGS = 200_000;

  private final Call call;
  private final String after;
  private final String prefix;

  ListTags(Repository repository) {
    this(repository, "", "");
  }

  /**
   * Only tags that begin with the prefix. Registries that know {@code last} are asked for no
   * others; those that do not send all of them.
   *
   * @param after a tag in front of all that have the prefix
   */
  ListTags(Repository repository, String after, String prefix) {
    this.after = after;
    this.prefix = prefix;
    this.call =
        Call.of(
                repository,
                "GET",
                "tags/list?n=1000" + (after.isEmpty() ? "" : "&last=" + after),
                Scope.pull(repository.path()))
            .with("Accept", "application/json");
  }

  List<String> run(RegistryCaller caller, CallBudget budget) throws RegistryException {
    List<String> tags = new ArrayList<>();
    Pages pages = new Pages();
    Answer answer = caller.ask(call, budget);
    while (true) {
      boolean beyond = add(tags, answer);
      Optional<HttpUrl> next = beyond ? Optional.empty() : pages.after(answer);
      if (next.isEmpty()) {
        return List.copyOf(tags);
      }
      answer = caller.ask(call.at(next.get()), budget);
    }
  }

  /** Whether the page goes in order, from where it was asked to, to beyond the prefix. */
  private boolean add(List<String> tags, Answer answer) throws RegistryException {
    boolean ordered = !prefix.isEmpty();
    String before = after;
    if (answer.status() != 200) {
      throw RegistryErrors.of(answer);
    }
    try {
      GoFields fields = GoFields.of(JsonParser.parseObject(answer.body(), "tag list"), "tag list");
      for (String tag : fields.strings("tags")) {
        if (!TagOrDigest.isTag(tag)) {
          throw new MalformedInputException("tag list", "not a tag: " + Quoted.text(tag));
        }
        ordered &= before.compareTo(tag) < 0;
        before = tag;
        if (tag.startsWith(prefix)) {
          tags.add(tag);
        }
      }
    } catch (MalformedInputException e) {
      throw RegistryErrors.bad(answer, e);
    }
    if (tags.size() > MAX_TAGS) {
      throw new RegistryException(
          Kind.TOO_LARGE,
          RegistryErrors.prefix(answer.method(), answer.url()) + "more than " + MAX_TAGS + " tags");
    }
    return ordered && before.compareTo(prefix) > 0 && !before.startsWith(prefix);
  }
}
