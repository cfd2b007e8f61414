package dev.bulla.kms.aws;

import dev.bulla.error.KeyException;
import dev.bulla.keys.kms.KmsContext;
import dev.bulla.keys.kms.KmsFailures;
import dev.bulla.registry.auth.CloudRegistry;
import java.net.URI;
import java.util.Optional;

/**
 * The service that gives out the tokens of a registry.
 *
 * @param address where it is: in the registry's own region and partition
 * @param signingName what requests to it are signed for
 * @param target what the one request is called
 * @param action how IAM calls the right to it
 *     <p>Source: Amazon ECR and ECR Public API references, GetAuthorizationToken; AWS General
 *     Reference, "Amazon ECR endpoints and quotas".
 */
record EcrService(URI address, String signingName, String target, String action) {

  static EcrService of(CloudRegistry registry, KmsContext context, KmsFailures failures)
      throws KeyException {
    String host = registry.host();
    if (registry.account().isEmpty()) {
      return new EcrService(
          address(
              "api.ecr-public." + registry.region() + ".amazonaws.com",
              "AWS_ENDPOINT_URL_ECR_PUBLIC",
              context,
              failures),
          "ecr-public",
          "SpencerFrontendService.GetAuthorizationToken",
          "ecr-public:GetAuthorizationToken");
    }
    String name = host.contains(".dkr.ecr-fips.") ? "ecr-fips." : "api.ecr.";
    String partition = host.endsWith(".cn") ? ".amazonaws.com.cn" : ".amazonaws.com";
    return new EcrService(
        address(name + registry.region() + partition, "AWS_ENDPOINT_URL_ECR", context, failures),
        "ecr",
        "AmazonEC2ContainerRegistry_V20150921.GetAuthorizationToken",
        "ecr:GetAuthorizationToken");
  }

  /** The answer holds a password, so it comes over TLS, or from this machine. */
  private static URI address(
      String usual, String variable, KmsContext context, KmsFailures failures) throws KeyException {
    Optional<URI> named =
        AwsClients.endpoint(context.variable(variable, "AWS_ENDPOINT_URL"), failures.service());
    if (named.isEmpty()) {
      return URI.create("https://" + usual + "/");
    }
    String scheme = named.get().getScheme();
    String host = named.get().getHost();
    boolean local = host.equals("localhost") || host.equals("127.0.0.1") || host.equals("[::1]");
    if (!"https".equals(scheme) && !("http".equals(scheme) && local)) {
      throw failures.misconfigured(
          variable + " is not an address of https://",
          "a registry's password is asked for over TLS only, but on this machine",
          null);
    }
    return named.get().getRawPath().isEmpty() ? named.get().resolve("/") : named.get();
  }
}
