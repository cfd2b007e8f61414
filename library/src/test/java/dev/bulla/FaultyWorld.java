package dev.bulla;

import dev.bulla.bytes.Bytes;
import dev.bulla.error.BullaException;
import dev.bulla.error.MalformedInputException;
import dev.bulla.key.Signer;
import dev.bulla.layout.LayoutTransport;
import dev.bulla.oci.Reference;
import dev.bulla.registry.RegistryClient;
import dev.bulla.registry.transport.SocketTransport;
import dev.bulla.registry.transport.TlsOptions;
import dev.bulla.testkit.registry.EmbeddedRegistry;
import dev.bulla.testkit.registry.Faults;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** Two registries, with or without the referrers API, a folder, and one image that is signed. */
final class FaultyWorld implements AutoCloseable {

  final Bench bench = new Bench();
  final EmbeddedRegistry other = EmbeddedRegistry.start();
  final LayoutTransport layouts = LayoutTransport.over(SocketTransport.create(TlsOptions.DEFAULT));
  final RegistryClient client = RegistryClient.builder(layouts).build();
  final Path folder;
  final Reference source;
  private final Reference target;

  Bulla bulla = new Bulla(client);

  /** What a command that only reads has read. */
  String read = "";

  Bytes attestation = Bytes.EMPTY;

  FaultyWorld(Path folder, boolean lists) throws Exception {
    this.folder = folder;
    source = bench.tag;
    target = Reference.parse(other.host() + "/copy:v1");
    for (EmbeddedRegistry registry : List.of(bench.registry, other)) {
      if (!lists) {
        registry.faults().noReferrersApi(Faults.NoReferrers.NOT_FOUND).noTagDelete();
      }
    }
    bench.sign(SignRequest.of(Bench.ALICE).withFormats(Bench.BOTH));
  }

  Reference target() {
    return target;
  }

  Reference reference(String rest) throws MalformedInputException {
    return bench.reference(rest);
  }

  /** One that remembers nothing and has all the time it wants. */
  Bulla fresh() {
    return new Bulla(client);
  }

  void within(Duration patience) {
    bulla = new Bulla(client.within(patience));
  }

  boolean carriesBoth(Reference reference) throws BullaException {
    if (client.headManifest(reference).isEmpty()) {
      return false;
    }
    try {
      return Bench.formats(fresh().verify(reference, Bench.policy(Bench.ALICE)))
          .containsAll(List.of("legacy", "bundle"));
    } catch (BullaException e) {
      return false;
    }
  }

  boolean verifies(Signer signer) {
    try {
      fresh().verify(source, Bench.policy(signer));
      return true;
    } catch (BullaException e) {
      return false;
    }
  }

  @Override
  public void close() {
    client.close();
    bench.close();
    other.close();
  }
}
