package dev.bulla.registry;

import dev.bulla.error.RegistryException;
import dev.bulla.oci.Repository;
import dev.bulla.registry.AccessReport.Asked;
import dev.bulla.registry.HostState.BasicScheme;
import dev.bulla.registry.HostState.BearerScheme;
import dev.bulla.registry.HostState.Scheme;
import dev.bulla.registry.auth.Scope;
import dev.bulla.registry.transport.Origin;
import java.util.Optional;

/**
 * {@code GET /v2/} (distribution-spec 1.1, end-1), and {@code GET /v2/<name>/tags/list} where
 * reading a repository is meant. Not part of any other conversation: the first real request brings
 * the same challenge.
 */
final class CheckAccess {

  private final Repository repository;
  private final boolean reading;

  /**
   * @param reading whether the repository is meant, not only its registry
   */
  CheckAccess(Repository repository, boolean reading) {
    this.repository = repository;
    this.reading = reading;
  }

  AccessReport run(RegistryCaller caller, CallBudget budget) {
    Optional<RegistryException> refusal = refusal(caller, Call.ofRegistry(repository), budget);
    if (refusal.isEmpty() && reading) {
      Call list = Call.of(repository, "GET", "tags/list?n=1", Scope.pull(repository.path()));
      refusal = refusal(caller, list.with("Accept", "application/json"), budget);
    }
    HostState host = caller.host(repository);
    Origin origin = host.origin();
    Scheme scheme = host.scheme();
    return new AccessReport(
        origin == null ? "" : origin.toString(),
        scheme instanceof BasicScheme
            ? Asked.PASSWORD
            : scheme instanceof BearerScheme ? Asked.TOKEN : Asked.NOTHING,
        scheme instanceof BearerScheme bearer ? bearer.realm().origin().authority() : "",
        caller.showsCredentials(repository),
        refusal);
  }

  private Optional<RegistryException> refusal(RegistryCaller caller, Call call, CallBudget budget) {
    try {
      Answer answer = caller.ask(call, budget);
      if (answer.status() == 200 || (reading && RegistryErrors.saysAbsent(answer))) {
        return Optional.empty();
      }
      return Optional.of(
          RegistryErrors.ofService(
              answer.status() == 403 ? answer.withHint(caller.hint(repository)) : answer));
    } catch (RegistryException e) {
      return Optional.of(e);
    }
  }
}
