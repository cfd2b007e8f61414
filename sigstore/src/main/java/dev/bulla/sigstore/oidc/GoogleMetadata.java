package dev.bulla.sigstore.oidc;

import dev.bulla.error.BullaException;
import dev.bulla.error.ConfigurationException;
import dev.bulla.error.MalformedInputException;
import dev.bulla.error.ServiceException;
import dev.bulla.error.ServiceException.Kind;
import dev.bulla.limits.Limits;
import dev.bulla.sigstore.http.ServiceAnswer;
import dev.bulla.sigstore.http.ServiceCaller;
import dev.bulla.sigstore.http.ServiceRequest;
import dev.bulla.sigstore.http.ServiceUrl;
import java.io.IOException;
import java.util.Optional;

/**
 * The server that machines of Google's have beside them, and that knows who they are. Asked over
 * plain HTTP as it is no other way, so never through a proxy, which is another machine. Source:
 * Google Cloud, "Access and query VM metadata".
 */
final class GoogleMetadata {

  private static final String HOST = "GCE_METADATA_HOST";
  private static final String ACCOUNT = "/computeMetadata/v1/instance/service-accounts/default/";

  private final Surroundings machine;
  private final ServiceCaller direct;

  /**
   * @param direct asks without a proxy
   */
  GoogleMetadata(Surroundings machine, ServiceCaller direct) {
    this.machine = machine;
    this.direct = direct;
  }

  /** Whether the machine says that it is one of Google's, or names the server. */
  boolean isHere() throws ConfigurationException {
    if (machine.has(HOST)) {
      return true;
    }
    try {
      String product =
          Surroundings.read(machine.file("/sys/class/dmi/id/product_name"), "product name");
      return product.equals("Google") || product.equals("Google Compute Engine");
    } catch (IOException | MalformedInputException e) {
      return false; // not a machine that says what it is
    }
  }

  /** An answer, with what was asked for it. */
  record Reply(ServiceRequest request, ServiceAnswer answer) {}

  /**
   * Asks about the machine's service account.
   *
   * @return nothing when it has none
   */
  Optional<Reply> ask(String what, Form query) throws BullaException {
    String host = machine.variable(HOST).orElse("metadata.google.internal");
    if (!host.matches("[A-Za-z0-9.-]{1,253}(:[0-9]{1,5})?|\\[[0-9A-Fa-f:]+](:[0-9]{1,5})?")) {
      throw new ConfigurationException(HOST + " is not a host", "unset it for the usual one");
    }
    ServiceRequest request =
        ServiceRequest.get(
                ServiceUrl.parse(query.appendedTo("http://" + host + ACCOUNT + what)),
                Limits.MAX_TOKEN_BODY)
            .with("Metadata-Flavor", "Google");
    ServiceAnswer answer = direct.ask(request);
    if (!answer.header("Metadata-Flavor").orElse("").equals("Google")) {
      // some networks answer for every name
      throw new ServiceException(
          Kind.BAD_ANSWER, request + ": what answers is no metadata server of Google's");
    }
    if (answer.status() == 404) {
      return Optional.empty();
    }
    if (!answer.isOk()) {
      throw ServiceCaller.refused(request, answer);
    }
    return Optional.of(new Reply(request, answer));
  }
}
