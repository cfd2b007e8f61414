package dev.bulla.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.bulla.error.RegistryException;
import dev.bulla.error.RegistryException.Kind;
import dev.bulla.oci.Reference;
import dev.bulla.registry.transport.Proxies;
import dev.bulla.registry.transport.SocketTransport;
import dev.bulla.registry.transport.TlsOptions;
import dev.bulla.testkit.registry.EmbeddedRegistry;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RefusedAddressTest {

  @Test
  void anAddressThatARuleForbidsIsNoFailureOfTls() throws Exception {
    try (EmbeddedRegistry registry = EmbeddedRegistry.start();
        SocketTransport transport =
            SocketTransport.create(
                TlsOptions.DEFAULT,
                Proxies.NONE,
                (server, address) -> Optional.of("is this machine"));
        RegistryClient client = RegistryClient.builder(transport).build()) {
      Reference image = Reference.parse(registry.host() + "/app:v1");

      RegistryException e =
          catchThrowableOfType(RegistryException.class, () -> client.requireHead(image));

      assertThat(e.kind()).isEqualTo(Kind.UNSAFE);
      assertThat(e.message()).contains("is not asked: it is this machine");
      assertThat(registry.connections()).isZero();
    }
  }
}
