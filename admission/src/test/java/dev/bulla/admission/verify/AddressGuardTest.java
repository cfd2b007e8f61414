package dev.bulla.admission.verify;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.proxy.IpRange;
import dev.bulla.registry.transport.HttpUrl;
import dev.bulla.registry.transport.Origin;
import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AddressGuardTest {

  private static final Map<String, String> POD = Map.of("KUBERNETES_SERVICE_HOST", "fd12::1");

  private static Optional<String> refusal(String registry, String address) throws Exception {
    Origin origin = HttpUrl.parse("https://" + registry + "/v2/").origin();
    VerifierOptions options = VerifierOptions.in(POD).withInnerRegistries(Set.of("Listed.example"));
    return new AddressGuard(options).refusal(origin, InetAddress.getByName(address));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "127.0.0.1",
        "::1",
        "::ffff:127.0.0.1",
        "0.0.0.0",
        "169.254.169.254",
        "169.254.170.23",
        "fe80::1",
        "fd00:ec2::254",
        "fd00:ec2::23",
        "fd20:ce::254",
        "168.63.129.16",
        "100.100.100.200",
        "224.0.0.1",
        "64:ff9b::169.254.169.254",
        "64:ff9b::127.0.0.1",
        "64:ff9b::168.63.129.16",
        "::169.254.169.254",
        "::127.0.0.1",
        "2002:7f00:1::",
        "2002:a9fe:a9fe:1::8",
        "64:ff9b:1:a9fe:a9:fe00::",
        "64:ff9b:1:7f:0:1::",
        "64:ff9b:1:ffff:a9:fea9:fe00:0",
        "64:ff9b:1:abcd::169.254.169.254",
        "fd12:0:0:0:0:0:0:1"
      })
  void whereNoRegistryIsNobodyIsAsked(String address) throws Exception {
    assertThat(refusal("registry.example", address)).isPresent();
    assertThat(refusal("listed.example", address)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "192.0.2.1",
        "10.0.0.1",
        "fd00:ec2::24",
        "168.63.129.17",
        "64:ff9b::192.0.2.1",
        "64:ff9b:0:0:1::a9fe:a9fe",
        "64:ff9b:1::192.0.2.1",
        "64:ff9b:2::169.254.169.254",
        "2002:c000:201::a9fe:a9fe",
        "2003:7f00:1::",
        "2001:db8::a9fe:a9fe"
      })
  void whereARegistryMayBeItIsAsked(String address) throws Exception {
    assertThat(refusal("registry.example", address)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "10.96.0.2, true",
    "10.111.255.255, true",
    "10.112.0.0, false",
    "10.95.255.255, false",
    "192.168.7.9, true",
    "192.168.7.8, false",
    "::ffff:10.100.0.1, true",
    "64:ff9b::10.100.0.1, true",
    "64:ff9b:1::10.100.0.1, true",
    "2002:a64:1::1, true",
    "2002:a74:1::1, false",
    "fd12:1::5, true",
    "fd13::5, false",
    "127.0.0.1, true",
    "169.254.169.254, true",
    "203.0.113.7, false"
  })
  void networksThatAreRefusedComeOnTop(String address, boolean refused) throws Exception {
    VerifierOptions options =
        VerifierOptions.in(Map.of())
            .withRefusedNetworks(
                List.of(
                    IpRange.parse("10.96.0.0/12").orElseThrow(),
                    IpRange.parse("192.168.7.9").orElseThrow(),
                    IpRange.parse("fd12::/16").orElseThrow()))
            .withInnerRegistries(Set.of("inner.example"));
    AddressGuard guard = new AddressGuard(options);
    InetAddress at = InetAddress.getByName(address);

    assertThat(guard.refusal(new Origin("https", "registry.example", 443), at).isPresent())
        .isEqualTo(refused);
    assertThat(guard.refusal(new Origin("https", "inner.example", 443), at)).isEmpty();
    assertThat(
            guard.refusal(new Origin("https", "inner.example.evil.example", 443), at).isPresent())
        .isEqualTo(refused);
  }
}
