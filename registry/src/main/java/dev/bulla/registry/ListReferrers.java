package dev.bulla.registry;

import dev.bulla.digest.Digest;
import dev.bulla.error.MalformedInputException;
import dev.bulla.error.Quoted;
import dev.bulla.error.RegistryException;
import dev.bulla.error.RegistryException.Kind;
import dev.bulla.limits.Limits;
import dev.bulla.oci.Descriptor;
import dev.bulla.oci.MediaType;
import dev.bulla.oci.ReferrersList;
import dev.bulla.oci.Repository;
import dev.bulla.registry.auth.Scope;
import dev.bulla.registry.transport.HttpUrl;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * {@code GET /v2/<name>/referrers/<digest>} with all its pages (distribution-spec 1.1, end-12a and
 * end-12b).
 *
 * <p>What the first answer means, by status and media type:
 *
 * <ul>
 *   <li>200 with the media type of an OCI index: the list. Its body has to be one, or the answer is
 *       an error.
 *   <li>200 with {@code application/json} or no media type: the list, where the body itself says
 *       that it is an OCI index.
 *   <li>Any other 200, a web page above all (what some front ends answer to a path that they do not
 *       know, and what a redirect to a sign-in page ends with): an error. It is no list, and it
 *       does not say that there is none.
 *   <li>404, unless its body names another reason; 400, 405, 406 and 501: the registry has no such
 *       endpoint. The specification has 404 alone; the others are what registries and the proxies
 *       before them answer to a path that they do not route.
 *   <li>403, where the user said that this registry means "missing" by it: the same.
 *   <li>Anything else, and anything but a list on a later page: an error.
 * </ul>
 */
final class ListReferrers {

  private static final String FILTERS_APPLIED = "OCI-Filters-Applied";

  private final Repository repository;
  private final Digest digest;
  private final boolean missingIs403;
  private final Consumer<Boolean> support;

  /**
   * @param support told whether the registry has the endpoint, once that is beyond doubt
   */
  ListReferrers(
      Repository repository, Digest digest, boolean missingIs403, Consumer<Boolean> support) {
    this.repository = repository;
    this.digest = digest;
    this.missingIs403 = missingIs403;
    this.support = support;
  }

  private Call call(String query) {
    return Call.of(repository, "GET", "referrers/" + digest + query, Scope.pull(repository.path()))
        .with("Accept", MediaType.OCI_INDEX.value())
        .reading(Limits.MAX_REFERRERS_PAGE);
  }

  /** All referrers. */
  ReferrersAnswer run(RegistryCaller caller, CallBudget budget) throws RegistryException {
    Call call = call("");
    return list(call, caller.ask(call, budget), caller, budget);
  }

  /**
   * Those of one artifact type. The registry is asked to leave out the others; whether it did so is
   * of no account, since its answer is filtered here. Where its answer has none of them, everything
   * is listed and filtered here, since filters of registries are known to compare other things than
   * the artifact type.
   */
  ReferrersAnswer run(String artifactType, RegistryCaller caller, CallBudget budget)
      throws RegistryException {
    StringBuilder query = new StringBuilder("?artifactType=");
    HttpUrl.encode(query, artifactType);
    Call call = call(query.toString());
    Answer first = caller.ask(call, budget);
    if (!(list(call, first, caller, budget) instanceof ReferrersAnswer.Listed found)) {
      return new ReferrersAnswer.NotSupported();
    }
    ReferrersAnswer.Listed some = filtered(found, artifactType);
    boolean everything = first.headers().first(FILTERS_APPLIED).isEmpty();
    if (!some.descriptors().isEmpty() || (everything && !found.descriptors().isEmpty())) {
      return some;
    }
    return run(caller, budget) instanceof ReferrersAnswer.Listed all
        ? filtered(all, artifactType)
        : new ReferrersAnswer.NotSupported();
  }

  private static ReferrersAnswer.Listed filtered(
      ReferrersAnswer.Listed listed, String artifactType) {
    List<Descriptor> matching = new ArrayList<>();
    for (Descriptor descriptor : listed.descriptors()) {
      if (descriptor.artifactType().filter(artifactType::equals).isPresent()) {
        matching.add(descriptor);
      }
    }
    return new ReferrersAnswer.Listed(matching, listed.unreadable());
  }

  private ReferrersAnswer list(Call call, Answer first, RegistryCaller caller, CallBudget budget)
      throws RegistryException {
    if (isNotSupported(first)) {
      if (isAboutTheEndpoint(first)) {
        support.accept(false);
      }
      return new ReferrersAnswer.NotSupported();
    }
    List<Descriptor> found = new ArrayList<>();
    List<MalformedInputException> unreadable = new ArrayList<>();
    Pages pages = new Pages();
    Answer answer = first;
    long bytes = 0;
    while (true) {
      ReferrersList page = read(answer);
      found.addAll(page.entries());
      unreadable.addAll(page.unreadable());
      bytes += answer.body().size();
      if (found.size() + unreadable.size() > Limits.MAX_REFERRERS) {
        throw tooLarge(answer, "more than " + Limits.MAX_REFERRERS + " referrers");
      }
      if (bytes > Limits.MAX_EVIDENCE) {
        throw tooLarge(
            answer, "a list of referrers of more than " + Limits.MAX_EVIDENCE + " bytes");
      }
      Optional<HttpUrl> next = pages.after(answer);
      if (next.isEmpty()) {
        support.accept(true);
        return new ReferrersAnswer.Listed(found, unreadable);
      }
      answer = caller.ask(call.at(next.get()), budget);
    }
  }

  private boolean isNotSupported(Answer answer) {
    return switch (answer.status()) {
      case 400, 405, 406, 501 -> true;
      case 403 -> missingIs403;
      case 404 -> RegistryErrors.of(answer).kind() == Kind.NOT_FOUND;
      default -> false;
    };
  }

  /** Whether the answer would be the same for every repository, and not only about this one. */
  private static boolean isAboutTheEndpoint(Answer answer) {
    if (answer.status() != 404) {
      return answer.status() != 403;
    }
    List<String> codes = RegistryErrors.of(answer).registryCodes();
    return codes.isEmpty() || codes.contains("UNSUPPORTED") || codes.contains("METHOD_UNKNOWN");
  }

  private static ReferrersList read(Answer answer) throws RegistryException {
    if (answer.status() != 200) {
      throw RegistryErrors.of(answer);
    }
    String type = answer.contentType();
    boolean named = type.equals(MediaType.OCI_INDEX.value());
    if (!named && !type.isEmpty() && !type.equals("application/json")) {
      throw noList(answer);
    }
    ReferrersList page;
    try {
      page = ReferrersList.parse(answer.body());
    } catch (MalformedInputException e) {
      throw RegistryErrors.bad(answer, e);
    }
    if (!named && !page.mediaType().equals(Optional.of(MediaType.OCI_INDEX))) {
      throw noList(answer);
    }
    return page;
  }

  private static RegistryException noList(Answer answer) {
    return RegistryErrors.bad(
        answer,
        "neither a list of referrers nor the answer that there is none, but "
            + (answer.contentType().isEmpty()
                ? "something without a media type"
                : Quoted.text(answer.contentType())));
  }

  private static RegistryException tooLarge(Answer answer, String what) {
    return new RegistryException(
        Kind.TOO_LARGE, RegistryErrors.prefix(answer.method(), answer.url()) + what);
  }
}
