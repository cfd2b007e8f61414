package dev.bulla.fuzz;

import dev.bulla.admission.http.HttpRequestTarget;
import dev.bulla.certificate.CertificateTarget;
import dev.bulla.cli.flags.FlagsTarget;
import dev.bulla.key.EncryptedKeyTarget;
import dev.bulla.key.PemTarget;
import dev.bulla.key.PrivateKeyTarget;
import dev.bulla.key.PublicKeyTarget;
import dev.bulla.key.SignatureTarget;
import dev.bulla.keys.KeyReferenceTarget;
import dev.bulla.keys.pkcs11.Pkcs11UriTarget;
import dev.bulla.registry.AnswerTarget;
import dev.bulla.registry.auth.ChallengeTarget;
import dev.bulla.registry.auth.CredentialFileTarget;
import dev.bulla.registry.transport.HttpResponseTarget;
import dev.bulla.registry.transport.HttpUrlTarget;
import dev.bulla.sigstore.oidc.IdentityTokenTarget;
import dev.bulla.timestamp.TimestampTarget;
import dev.bulla.tlog.LogTarget;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/** Every target by its name, which is also the name of its folder of inputs. */
final class FuzzTargets {

  private static final SortedMap<String, FuzzTarget> ALL = new TreeMap<>();

  static {
    ALL.put("json", JsonTarget::accepts);
    ALL.put("base64", Base64Target::accepts);
    ALL.put("reference", ReferenceTarget::accepts);
    ALL.put("digest", DigestTarget::accepts);
    ALL.put("manifest", ManifestTarget::acceptsManifest);
    ALL.put("image-index", ManifestTarget::acceptsIndex);
    ALL.put("simple-signing", SimpleSigningTarget::accepts);
    ALL.put("bundle", BundleTarget::accepts);
    ALL.put("statement", StatementTarget::accepts);
    ALL.put("signature-object", SignatureObjectTarget::accepts);
    ALL.put("verify-legacy", VerifyTarget::acceptsLegacy);
    ALL.put("verify-bundle", VerifyTarget::acceptsBundle);
    ALL.put("pem", PemTarget::accepts);
    ALL.put("public-key-pem", PublicKeyTarget::acceptsPem);
    ALL.put("public-key-der", PublicKeyTarget::acceptsDer);
    ALL.put("private-key-pem", PrivateKeyTarget::acceptsPem);
    ALL.put("private-key-der", PrivateKeyTarget::acceptsDer);
    ALL.put("encrypted-key", EncryptedKeyTarget::accepts);
    ALL.put("certificate", CertificateTarget::accepts);
    ALL.put("sct-list", CertificateTarget::acceptsPromises);
    ALL.put("timestamp", TimestampTarget::accepts);
    ALL.put("checkpoint", LogTarget::acceptsCheckpoint);
    ALL.put("entry-body", LogTarget::acceptsBody);
    ALL.put("log-bundle", LogTarget::acceptsPromise);
    ALL.put("signature", SignatureTarget::isMade);
    ALL.put("signature-shape", SignatureTarget::isPlausible);
    ALL.put("key-reference", KeyReferenceTarget::accepts);
    ALL.put("pkcs11-uri", Pkcs11UriTarget::accepts);
    ALL.put("identity-token", IdentityTokenTarget::accepts);
    ALL.put("http-response", HttpResponseTarget::accepts);
    ALL.put("url", HttpUrlTarget::accepts);
    ALL.put("challenge", ChallengeTarget::accepts);
    ALL.put("link-header", AnswerTarget::hasNextPage);
    ALL.put("retry-after", AnswerTarget::saysWhenToRetry);
    ALL.put("registry-error", AnswerTarget::explains);
    ALL.put("credential-file", CredentialFileTarget::accepts);
    ALL.put("tuf-root", TufTarget::accepts);
    ALL.put("flags", FlagsTarget::accepts);
    ALL.put("flag-value", FlagsTarget::isValue);
    ALL.put("http-request", HttpRequestTarget::accepts);
    ALL.put("admission-review", AdmissionReviewTarget::accepts);
    ALL.put("admission-config", AdmissionConfigTarget::accepts);
  }

  private FuzzTargets() {}

  static Set<String> names() {
    return ALL.keySet();
  }

  static FuzzTarget named(String name) {
    FuzzTarget target = ALL.get(name);
    if (target == null) {
      throw new IllegalArgumentException("no such target: " + name);
    }
    return target;
  }
}
