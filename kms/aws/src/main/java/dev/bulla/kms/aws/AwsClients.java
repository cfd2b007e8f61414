package dev.bulla.kms.aws;

import dev.bulla.error.KeyException;
import dev.bulla.error.KeyException.Problem;
import dev.bulla.keys.kms.KmsContext;
import dev.bulla.keys.kms.KmsProxies;
import dev.bulla.keys.kms.KmsTrust;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.SdkHttpConfigurationOption;
import software.amazon.awssdk.http.urlconnection.ProxyConfiguration;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.profiles.Profile;
import software.amazon.awssdk.profiles.ProfileFile;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.retries.StandardRetryStrategy;
import software.amazon.awssdk.retries.api.BackoffStrategy;
import software.amazon.awssdk.services.kms.KmsClient;
import software.amazon.awssdk.services.kms.KmsClientBuilder;
import software.amazon.awssdk.utils.AttributeMap;

/**
 * Builds the SDK's client from the variables of the AWS command line. The SDK for Java reads other
 * variables than the one for Go that cosign is built with; what it leaves out is read here.
 */
final class AwsClients {

  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);
  private static final int ATTEMPTS = 4;

  private AwsClients() {}

  static KmsClient create(AwsKeyReference reference, KmsContext context) throws KeyException {
    Optional<Profile> profile = profile(context);
    Region region = region(reference, profile, context);
    Optional<URI> endpoint = endpoint(reference, context);
    KmsClientBuilder builder =
        KmsClient.builder()
            .region(region)
            .credentialsProvider(credentials(context))
            .httpClient(http(endpoint.orElse(usualEndpoint(region)), context))
            .overrideConfiguration(configuration -> configuration.retryStrategy(retries()));
    endpoint.ifPresent(builder::endpointOverride);
    return builder.build();
  }

  private static StandardRetryStrategy retries() {
    return AwsRetryStrategy.standardRetryStrategy().toBuilder()
        .maxAttempts(ATTEMPTS)
        .backoffStrategy(
            BackoffStrategy.exponentialDelay(Duration.ofMillis(100), Duration.ofSeconds(3)))
        .throttlingBackoffStrategy(
            BackoffStrategy.exponentialDelay(Duration.ofMillis(200), Duration.ofSeconds(5)))
        .build();
  }

  /**
   * {@code https://} and the host of the reference; without one, what {@code AWS_ENDPOINT_URL_KMS}
   * or {@code AWS_ENDPOINT_URL} says.
   */
  private static Optional<URI> endpoint(AwsKeyReference reference, KmsContext context)
      throws KeyException {
    return endpoint(
        reference
            .endpoint()
            .map(host -> "https://" + host)
            .or(() -> context.variable("AWS_ENDPOINT_URL_KMS", "AWS_ENDPOINT_URL")),
        "AWS KMS");
  }

  /**
   * The address in a setting.
   *
   * @param service whose it is, for messages
   */
  static Optional<URI> endpoint(Optional<String> text, String service) throws KeyException {
    if (text.isEmpty()) {
      return Optional.empty();
    }
    try {
      URI endpoint = new URI(text.get());
      if (endpoint.getHost() != null && endpoint.getRawUserInfo() == null) {
        return Optional.of(endpoint);
      }
    } catch (URISyntaxException e) {
      // as below
    }
    throw misconfigured("the endpoint of " + service + " is not an address", null);
  }

  private static Region region(
      AwsKeyReference reference, Optional<Profile> profile, KmsContext context)
      throws KeyException {
    Optional<String> region =
        context
            .variable("AWS_REGION", "AWS_DEFAULT_REGION")
            .or(() -> profile.flatMap(p -> p.property("region")))
            .or(reference::region);
    if (region.isEmpty()) {
      throw misconfigured(
          "AWS KMS: no region is configured",
          "set AWS_REGION, or a region in the profile of ~/.aws/config");
    }
    if (!region.get().matches("[a-z0-9-]{1,64}")) {
      throw misconfigured("AWS KMS: the region is not the name of one", null);
    }
    return Region.of(region.get());
  }

  private static Optional<Profile> profile(KmsContext context) throws KeyException {
    String name = context.variable("AWS_PROFILE").orElse("default");
    Optional<Profile> found = profiles(context).profile(name);
    if (found.isEmpty() && context.variable("AWS_PROFILE").isPresent()) {
      throw misconfigured(
          "AWS KMS: there is no profile " + dev.bulla.error.Quoted.text(name),
          "AWS_PROFILE names it; profiles are in ~/.aws/config and ~/.aws/credentials");
    }
    return found;
  }

  private static ProfileFile profiles(KmsContext context) throws KeyException {
    ProfileFile.Aggregator all = ProfileFile.aggregator();
    add(all, ProfileFile.Type.CREDENTIALS, context, "AWS_SHARED_CREDENTIALS_FILE", "credentials");
    add(all, ProfileFile.Type.CONFIGURATION, context, "AWS_CONFIG_FILE", "config");
    return all.build();
  }

  private static void add(
      ProfileFile.Aggregator all,
      ProfileFile.Type type,
      KmsContext context,
      String variable,
      String usual)
      throws KeyException {
    Optional<Path> file =
        context
            .variable(variable)
            .map(context.directory()::resolve)
            .or(() -> context.home().map(home -> home.resolve(".aws").resolve(usual)));
    if (file.isEmpty() || !Files.isRegularFile(file.get())) {
      return;
    }
    try {
      all.addFile(ProfileFile.builder().type(type).content(file.get()).build());
    } catch (IllegalArgumentException | IllegalStateException | java.io.UncheckedIOException e) {
      // its message quotes the line, which may be a secret key
      throw misconfigured(
          "AWS KMS: " + dev.bulla.error.Quoted.plain(file.get().toString()) + " cannot be read",
          null);
    }
  }

  /** Keys in variables first, with the older spellings that the SDK for Go accepts. */
  static AwsCredentialsProvider credentials(KmsContext context) throws KeyException {
    Optional<String> id = context.variable("AWS_ACCESS_KEY_ID", "AWS_ACCESS_KEY");
    Optional<String> secret = context.variable("AWS_SECRET_ACCESS_KEY", "AWS_SECRET_KEY");
    if (id.isPresent() && secret.isPresent()) {
      Optional<String> session = context.variable("AWS_SESSION_TOKEN");
      return StaticCredentialsProvider.create(
          session.isPresent()
              ? AwsSessionCredentials.create(id.get(), secret.get(), session.get())
              : AwsBasicCredentials.create(id.get(), secret.get()));
    }
    profile(context);
    ProfileFile profiles = profiles(context);
    return DefaultCredentialsProvider.builder()
        .profileFile(() -> profiles)
        .profileName(context.variable("AWS_PROFILE").orElse("default"))
        .build();
  }

  /** Near enough to tell whether it is reached through a proxy. */
  private static URI usualEndpoint(Region region) {
    String partition = region.id().startsWith("cn-") ? ".amazonaws.com.cn" : ".amazonaws.com";
    return URI.create("https://kms." + region.id() + partition);
  }

  /** The SDK would ask for proxies by the variables of the process, also for this machine. */
  private static ProxyConfiguration proxy(URI address, KmsContext context) throws KeyException {
    ProxyConfiguration.Builder configuration =
        ProxyConfiguration.builder()
            .useSystemPropertyValues(false)
            .useEnvironmentVariablesValues(false);
    try {
      Optional<InetSocketAddress> proxy = KmsProxies.of(context).to(address);
      if (proxy.isPresent()) {
        configuration.endpoint(
            URI.create("http://" + proxy.get().getHostString() + ":" + proxy.get().getPort()));
      }
      return configuration.build();
    } catch (IOException e) {
      throw misconfigured("AWS KMS: " + e.getMessage(), null);
    }
  }

  private static SdkHttpClient http(URI address, KmsContext context) throws KeyException {
    UrlConnectionHttpClient.Builder http =
        UrlConnectionHttpClient.builder()
            .proxyConfiguration(proxy(address, context))
            .socketTimeout(context.timeout())
            .connectionTimeout(
                context.timeout().compareTo(CONNECT_TIMEOUT) < 0
                    ? context.timeout()
                    : CONNECT_TIMEOUT);
    if (context.variable("AWS_TLS_INSECURE_SKIP_VERIFY").equals(Optional.of("1"))) {
      context
          .warnings()
          .accept(
              "AWS_TLS_INSECURE_SKIP_VERIFY is set: whoever is on the way can answer for AWS KMS");
      return http.buildWithDefaults(
          AttributeMap.builder()
              .put(SdkHttpConfigurationOption.TRUST_ALL_CERTIFICATES, true)
              .build());
    }
    Optional<String> authorities = context.variable("AWS_CA_BUNDLE");
    if (authorities.isPresent() || context.variable("SSL_CERT_FILE", "SSL_CERT_DIR").isPresent()) {
      KmsTrust trust = KmsTrust.of(context, authorities, Optional.empty());
      http.tlsTrustManagersProvider(trust::managers);
    }
    return http.build();
  }

  private static KeyException misconfigured(
      String message, @org.jspecify.annotations.Nullable String hint) {
    return KeyException.of(Problem.MISCONFIGURED, message, hint, null);
  }
}
