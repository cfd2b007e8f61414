package dev.bulla.cli.command;

import dev.bulla.SigningServices;
import dev.bulla.cli.flags.ParsedFlags;
import dev.bulla.error.BullaException;
import dev.bulla.keys.kms.KmsSigner;
import dev.bulla.sigstore.fulcio.FulcioClient;
import dev.bulla.sigstore.oidc.IdentityTokenSource;
import dev.bulla.trust.TrustedRoot;
import java.util.List;
import java.util.Optional;

/** Everything that the images of a line are signed with. */
final class SigningSetup implements AutoCloseable {

  private final ServiceClients clients;
  private final Signatories signatories;
  private final SigningServices services;

  private SigningSetup(ServiceClients clients, Signatories signatories, SigningServices services) {
    this.clients = clients;
    this.signatories = signatories;
    this.services = services;
  }

  /** Reads the files that flags name; asks nobody. */
  static SigningSetup open(ParsedFlags flags, CommandContext context, SigningChoice choice)
      throws BullaException {
    ServiceClients clients = new ServiceClients(flags, context);
    try {
      SigningServices services =
          new SigningServices(
              List.of(),
              choice.authority().isEmpty(),
              clients.timestampAuthorities(choice.timestampAuthorities()),
              clients.logs(choice.logs()),
              SigningTrust.of(flags, context, choice));
      return new SigningSetup(
          clients, signatories(flags, context, choice, clients, services.trust()), services);
    } catch (BullaException e) {
      clients.close();
      throw e;
    }
  }

  private static Signatories signatories(
      ParsedFlags flags,
      CommandContext context,
      SigningChoice choice,
      ServiceClients clients,
      Optional<TrustedRoot> trust)
      throws BullaException {
    if (choice.keyless()) {
      return new KeylessSignatories(context, tokens(choice, clients), authority(choice, clients));
    }
    KeySignatories.Certificates certificates;
    if (choice.authority().isPresent()) {
      IdentityTokenSource tokens = tokens(choice, clients);
      FulcioClient authority = authority(choice, clients);
      certificates = key -> KeylessSignatories.certificates(authority, tokens.get(), key);
    } else {
      // only what is kept elsewhere may have a certificate beside it
      certificates =
          key ->
              key instanceof KmsSigner || GivenCertificate.isNamed(flags)
                  ? GivenCertificate.load(flags, context, key, trust)
                  : List.of();
    }
    return new KeySignatories(
        new LazySigner(SecurityKey.orKey(flags, flags.get(SignCommand.KEY), context), context),
        certificates);
  }

  private static IdentityTokenSource tokens(SigningChoice choice, ServiceClients clients)
      throws BullaException {
    return new OneToken(clients.tokens(choice));
  }

  private static FulcioClient authority(SigningChoice choice, ServiceClients clients)
      throws BullaException {
    return clients.authority(choice.authority().orElseThrow());
  }

  Signatories signatories() {
    return signatories;
  }

  /** Without certificates: those come with each {@link Signatory}. */
  SigningServices services() {
    return services;
  }

  @Override
  public void close() {
    signatories.close();
    clients.close();
  }
}
