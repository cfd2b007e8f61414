package dev.bulla.registry.auth;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.registry.auth.CloudRegistry.Cloud;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Who is shown a token made from a machine's identity: the cloud itself, and nobody like it. */
class CloudRegistryTest {

  @ParameterizedTest
  @CsvSource({
    "123456789012.dkr.ecr.eu-west-1.amazonaws.com,AMAZON_ECR,123456789012,eu-west-1",
    "123456789012.dkr.ecr.eu-west-1.amazonaws.com:443,AMAZON_ECR,123456789012,eu-west-1",
    "123456789012.dkr.ecr-fips.us-gov-west-1.amazonaws.com,AMAZON_ECR,123456789012,us-gov-west-1",
    "123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn,AMAZON_ECR,123456789012,cn-north-1",
    "123456789012.DKR.ECR.eu-west-1.AmazonAWS.com,AMAZON_ECR,123456789012,eu-west-1",
    "public.ecr.aws,AMAZON_ECR,'',us-east-1",
    "gcr.io,GOOGLE_ARTIFACT_REGISTRY,'',''",
    "eu.gcr.io,GOOGLE_ARTIFACT_REGISTRY,'',''",
    "europe-docker.pkg.dev,GOOGLE_ARTIFACT_REGISTRY,'',''",
    "acme.azurecr.io,AZURE_CONTAINER_REGISTRY,acme,''",
    "acme.azurecr.cn,AZURE_CONTAINER_REGISTRY,acme,''",
    "acme.azurecr.us,AZURE_CONTAINER_REGISTRY,acme,''",
  })
  void knowsTheCloudsOwn(String registry, Cloud cloud, String account, String region) {
    CloudRegistry found = CloudRegistry.of(registry).orElseThrow();
    assertThat(found.cloud()).isEqualTo(cloud);
    assertThat(found.account()).isEqualTo(account);
    assertThat(found.region()).isEqualTo(region);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ".",
        "registry.example",
        "index.docker.io",
        "amazonaws.com",
        "dkr.ecr.eu-west-1.amazonaws.com",
        "12345678901.dkr.ecr.eu-west-1.amazonaws.com",
        "1234567890123.dkr.ecr.eu-west-1.amazonaws.com",
        "12345678901x.dkr.ecr.eu-west-1.amazonaws.com",
        "123456789012.dkr.ecr.amazonaws.com",
        "123456789012.dkr.ecr..amazonaws.com",
        "123456789012.dkr.ecr.eu.west.amazonaws.com",
        "123456789012.dkr.ecr.eu-west-1.evilamazonaws.com",
        "123456789012.dkr.ecr.eu-west-1.amazonaws.com.evil.example",
        "123456789012.dkr.ecr.eu-west-1.amazonaws.com.de",
        "123456789012.evil.ecr.eu-west-1.amazonaws.com",
        "s3.123456789012.dkr.ecr.eu-west-1.amazonaws.com",
        "evil.public.ecr.aws",
        "public.ecr.aws.evil.example",
        "publicaecr.aws",
        "evil-gcr.io",
        "evilgcr.io",
        "gcr.io.evil.example",
        ".gcr.io",
        "a..gcr.io",
        "gcr.io:8443",
        "evilpkg.dev",
        "pkg.dev",
        "europe-docker.pkg.dev.evil.example",
        "azurecr.io",
        ".azurecr.io",
        "evilazurecr.io",
        "a.b.azurecr.io",
        "x.azurecr.io.evil.com",
        "x.azurecr.io:8443",
        "x.azurecr.de",
        "acme.azurecr.io.",
        "acme_x.azurecr.io",
        "acme\u0130.azurecr.io",
        "acme.azurecr.\u0131o",
        "[::1].azurecr.io",
        "evil.example/azurecr.io",
        "evil.example#.azurecr.io",
        "ci@acme.azurecr.io"
      })
  void isTakenInByNobodyElse(String registry) {
    assertThat(CloudRegistry.of(registry)).isEmpty();
  }
}
