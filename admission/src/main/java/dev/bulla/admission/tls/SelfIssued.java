package dev.bulla.admission.tls;

import dev.bulla.admission.tls.CertificateMaker.Made;
import dev.bulla.bytes.Bytes;
import dev.bulla.error.ConfigurationException;
import dev.bulla.error.MalformedInputException;
import dev.bulla.key.Pem;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * An authority of the webhook's own, for when nobody gives it a certificate. What it has are
 * members of a secret, in PEM: {@code tls.crt} and {@code tls.key} for the server; {@code ca.crt},
 * what the API server has to believe; {@code ca.key} and {@code next-ca.key}, which nobody else
 * needs.
 *
 * <p>Renewed by calling {@link #renewed} again and again. A new authority stands in {@code ca.crt}
 * for some time before it signs anything, and the one before it for as long as it is valid: whoever
 * learns of {@code ca.crt} within that time never meets a server that it does not believe.
 */
public final class SelfIssued {

  /** Certificate and key of the server. */
  public static final String CERTIFICATE = "tls.crt";

  public static final String KEY = "tls.key";

  /** The authorities to believe; several while one follows another. */
  public static final String AUTHORITIES = "ca.crt";

  /** How long a new authority is usually announced before it is used. */
  public static final Duration OVERLAP = Duration.ofDays(7);

  private static final String AUTHORITY_KEY = "ca.key";
  private static final String NEXT_KEY = "next-ca.key";

  private static final Duration AUTHORITY_LIFE = Duration.ofDays(3650);
  private static final Duration SERVER_LIFE = Duration.ofDays(90);

  /** Clocks differ. */
  private static final Duration SKEW = Duration.ofHours(1);

  private static final String AUTHORITY = "bulla-admission-ca";

  private final List<String> names;
  private final Duration overlap;
  private final CertificateMaker maker = new CertificateMaker();

  /**
   * For one server.
   *
   * @param names host names and IP addresses of the server, as its clients call it
   * @param overlap how long a new authority is announced before it is used
   */
  public SelfIssued(List<String> names, Duration overlap) {
    if (names.isEmpty()) {
      throw new IllegalArgumentException("a server without names");
    }
    this.names = List.copyOf(names);
    this.overlap = overlap;
  }

  /**
   * Makes what is missing or has used up two thirds of its time; everything else stays as it is.
   *
   * @param held the members as they are, which may be none; members that are not its own are kept
   * @param isPublished whether whoever calls the server believes this authority by now. One that is
   *     not published does not sign, however long ago it was announced
   * @return the members to have; equal to those held when there is nothing to do
   * @throws ConfigurationException when a member is not what it was
   */
  public Map<String, Bytes> renewed(
      Map<String, Bytes> held, Instant now, Predicate<X509Certificate> isPublished)
      throws ConfigurationException {
    Map<String, Bytes> members = new TreeMap<>(held);
    try {
      authorities(members, now, isPublished);
      server(members, now);
      return members;
    } catch (MalformedInputException | GeneralSecurityException e) {
      throw new ConfigurationException(
          "the self-issued certificates cannot be used: " + e.getMessage(),
          "take the members out of the secret to begin anew");
    }
  }

  /** Every authority to believe, out of members that {@link #renewed} made. */
  public static List<X509Certificate> authorities(Map<String, Bytes> members)
      throws MalformedInputException {
    return ServerIdentity.certificates(member(members, AUTHORITIES), AUTHORITIES);
  }

  /** Whether an authority is one that this class made, for whatever server. */
  static boolean isOurs(X509Certificate authority) {
    return authority.getSubjectX500Principal().getName().equals("CN=" + AUTHORITY);
  }

  private void authorities(
      Map<String, Bytes> members, Instant now, Predicate<X509Certificate> isPublished)
      throws MalformedInputException, GeneralSecurityException {
    List<X509Certificate> all = members.containsKey(AUTHORITIES) ? authorities(members) : List.of();
    Optional<X509Certificate> current = ofKey(all, members, AUTHORITY_KEY);
    if (current.isEmpty() || ends(current.get()).isBefore(now)) {
      Made made = newAuthority(now);
      members.remove(NEXT_KEY);
      members.put(AUTHORITY_KEY, key(made));
      members.put(AUTHORITIES, pem(List.of(made.certificate())));
      return;
    }
    List<X509Certificate> kept = new ArrayList<>(all);
    Optional<X509Certificate> next = ofKey(all, members, NEXT_KEY);
    if (next.isPresent()) {
      boolean isAnnounced = !begins(next.get()).plus(SKEW).plus(overlap).isAfter(now);
      if (isAnnounced && isPublished.test(next.get())) {
        // from now on it signs
        members.put(AUTHORITY_KEY, member(members, NEXT_KEY));
        members.remove(NEXT_KEY);
      }
    } else if (isWornOut(current.get(), now)) {
      Made made = newAuthority(now);
      kept.add(made.certificate());
      members.put(NEXT_KEY, key(made));
    }
    kept.removeIf(certificate -> ends(certificate).isBefore(now));
    if (!kept.equals(all)) {
      members.put(AUTHORITIES, pem(kept));
    }
  }

  /** Which certificate belongs to a key, whatever else has happened to the members. */
  private static Optional<X509Certificate> ofKey(
      List<X509Certificate> all, Map<String, Bytes> members, String keyName)
      throws MalformedInputException {
    Bytes pem = members.get(keyName);
    if (pem == null) {
      return Optional.empty();
    }
    for (X509Certificate certificate : all) {
      PublicKey key = certificate.getPublicKey();
      if (ServerIdentity.belongTogether(ServerIdentity.privateKey(pem, key), key)) {
        return Optional.of(certificate);
      }
    }
    return Optional.empty();
  }

  private void server(Map<String, Bytes> members, Instant now)
      throws MalformedInputException, GeneralSecurityException {
    X509Certificate authority =
        ofKey(authorities(members), members, AUTHORITY_KEY)
            .orElseThrow(
                () -> new MalformedInputException(AUTHORITY_KEY, "belongs to no certificate"));
    if (members.containsKey(CERTIFICATE) && members.containsKey(KEY)) {
      X509Certificate current =
          ServerIdentity.certificates(member(members, CERTIFICATE), CERTIFICATE).get(0);
      if (!isWornOut(current, now)
          && isBy(current, authority)
          && ofKey(List.of(current), members, KEY).isPresent()
          && namesOf(current).containsAll(names.stream().map(CertificateMaker::shown).toList())) {
        return;
      }
    }
    Made signer =
        new Made(
            ServerIdentity.privateKey(member(members, AUTHORITY_KEY), authority.getPublicKey()),
            authority);
    Instant end = now.plus(SERVER_LIFE);
    Made made =
        maker.server(
            signer,
            AUTHORITY,
            names,
            now.minus(SKEW),
            end.isBefore(ends(authority)) ? end : ends(authority));
    members.put(KEY, key(made));
    members.put(CERTIFICATE, pem(List.of(made.certificate())));
  }

  private Made newAuthority(Instant now) {
    return maker.authority(AUTHORITY, now.minus(SKEW), now.plus(AUTHORITY_LIFE));
  }

  /** Whether a certificate was signed by an authority. */
  static boolean isBy(X509Certificate certificate, X509Certificate authority) {
    try {
      certificate.verify(authority.getPublicKey());
      return true;
    } catch (GeneralSecurityException e) {
      return false;
    }
  }

  private static Set<String> namesOf(X509Certificate certificate) throws GeneralSecurityException {
    return certificate.getSubjectAlternativeNames() == null
        ? Set.of()
        : certificate.getSubjectAlternativeNames().stream()
            .map(name -> String.valueOf(name.get(1)))
            .collect(Collectors.toSet());
  }

  private static boolean isWornOut(X509Certificate certificate, Instant now) {
    Duration life = Duration.between(begins(certificate), ends(certificate));
    return begins(certificate).plus(life.multipliedBy(2).dividedBy(3)).isBefore(now);
  }

  private static Instant begins(X509Certificate certificate) {
    return certificate.getNotBefore().toInstant();
  }

  static Instant ends(X509Certificate certificate) {
    return certificate.getNotAfter().toInstant();
  }

  private static Bytes member(Map<String, Bytes> members, String name)
      throws MalformedInputException {
    Bytes content = members.get(name);
    if (content == null) {
      throw new MalformedInputException(name, "it is missing");
    }
    return content;
  }

  private static Bytes key(Made made) {
    return new Pem("PRIVATE KEY", Bytes.owning(made.key().getEncoded())).print();
  }

  static Bytes pem(List<X509Certificate> certificates) throws GeneralSecurityException {
    Bytes[] blocks = new Bytes[certificates.size()];
    for (int i = 0; i < blocks.length; i++) {
      blocks[i] = new Pem("CERTIFICATE", Bytes.owning(certificates.get(i).getEncoded())).print();
    }
    return Bytes.concat(blocks);
  }
}
