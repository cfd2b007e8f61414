package dev.bulla.sigstore.oidc;

import dev.bulla.error.BullaException;
import java.util.Optional;

/** A machine of Google's, or a workload there, by its service account. */
final class GoogleWorkload implements AmbientProvider {

  private final GoogleMetadata metadata;

  GoogleWorkload(GoogleMetadata metadata) {
    this.metadata = metadata;
  }

  @Override
  public String name() {
    return "google-workload-identity";
  }

  @Override
  public boolean isHere() throws BullaException {
    return metadata.isHere();
  }

  @Override
  public String sign() {
    return "this is a machine of Google's";
  }

  @Override
  public Optional<IdentityToken> token(String audience) throws BullaException {
    Optional<GoogleMetadata.Reply> reply =
        metadata.ask("identity", new Form().add("audience", audience).add("format", "full"));
    if (reply.isEmpty()) {
      return Optional.empty();
    }
    String text = reply.get().answer().body().toUtf8String("identity token").strip();
    return Optional.of(TokenAnswers.parse(reply.get().request(), text));
  }
}
