package dev.bulla.sigstore.oidc;

import dev.bulla.error.BullaException;
import dev.bulla.error.ConfigurationException;
import dev.bulla.error.Quoted;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A file in which somebody keeps a fresh token: a volume of Kubernetes with a projected service
 * account token, or spiffe-helper. Read again each time.
 */
final class TokenFile implements AmbientProvider {

  private final Surroundings machine;
  private final String name;
  private final String variable;
  private final String usual;

  private TokenFile(Surroundings machine, String name, String variable, String usual) {
    this.machine = machine;
    this.name = name;
    this.variable = variable;
    this.usual = usual;
  }

  /**
   * Where cosign looks, or where {@code SIGSTORE_ID_TOKEN_FILE} says. Never the service account's
   * own token, which is for the API server of the cluster.
   */
  static TokenFile projected(Surroundings machine) {
    return new TokenFile(
        machine, "filesystem", "SIGSTORE_ID_TOKEN_FILE", "/var/run/sigstore/cosign/oidc-token");
  }

  /** A JWT-SVID, which spiffe-helper writes where it is told to. */
  static TokenFile spiffe(Surroundings machine) {
    return new TokenFile(machine, "spiffe", "SPIFFE_JWT_SVID_FILE", "");
  }

  @Override
  public String name() {
    return name;
  }

  private Optional<Path> file() throws ConfigurationException {
    String path = machine.variable(variable).orElse(usual);
    return path.isEmpty() ? Optional.empty() : Optional.of(machine.file(path));
  }

  @Override
  public boolean isHere() throws BullaException {
    // a file that a variable names has to be there: reading it says what is wrong
    return machine.has(variable) || file().filter(Files::exists).isPresent();
  }

  @Override
  public String sign() {
    return usual.isEmpty()
        ? variable + " names a file with a token"
        : variable + " names a file with a token, or " + usual + " is one";
  }

  @Override
  public Optional<IdentityToken> token(String audience) throws BullaException {
    Optional<Path> file = file();
    if (file.isEmpty()) {
      return Optional.empty();
    }
    String shown = Quoted.plain(file.get().toString());
    try {
      return Optional.of(IdentityToken.parse(Surroundings.read(file.get(), "identity token")));
    } catch (NoSuchFileException e) {
      throw new ConfigurationException("open " + shown + ": no such file or directory", e);
    } catch (IOException e) {
      throw new ConfigurationException("open " + shown + ": it cannot be read", e);
    } catch (BullaException e) {
      throw e.in(shown);
    }
  }
}
