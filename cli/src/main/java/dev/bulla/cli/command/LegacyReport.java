package dev.bulla.cli.command;

import dev.bulla.bytes.Bytes;
import dev.bulla.certificate.AlternativeName;
import dev.bulla.certificate.AlternativeName.Kind;
import dev.bulla.certificate.Certificate;
import dev.bulla.certificate.CertificateIdentity;
import dev.bulla.certificate.FulcioExtension;
import dev.bulla.error.MalformedInputException;
import dev.bulla.error.Quoted;
import dev.bulla.evidence.LegacyLogBundle;
import dev.bulla.evidence.LegacyTimestamp;
import dev.bulla.json.JsonObject;
import dev.bulla.json.JsonParser;
import dev.bulla.json.JsonString;
import dev.bulla.json.JsonValue;
import dev.bulla.payload.SimpleSigningPayload;
import dev.bulla.verify.VerifiedSignature.Legacy;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A signature of the older format as cosign reports it: what was signed, with what the certificate
 * says and what came along put into {@code optional}. What a certificate says is there only where
 * the certificate was checked.
 */
final class LegacyReport {

  private static final String WHAT = "report";

  /** By the names that cosign has for them, in its order. */
  private static final Map<FulcioExtension, String> GITHUB = new EnumMap<>(FulcioExtension.class);

  static {
    GITHUB.put(FulcioExtension.GITHUB_WORKFLOW_TRIGGER, "Trigger");
    GITHUB.put(FulcioExtension.GITHUB_WORKFLOW_SHA, "SHA");
    GITHUB.put(FulcioExtension.GITHUB_WORKFLOW_NAME, "Name");
    GITHUB.put(FulcioExtension.GITHUB_WORKFLOW_REPOSITORY, "Repository");
    GITHUB.put(FulcioExtension.GITHUB_WORKFLOW_REF, "Ref");
  }

  private LegacyReport() {}

  /** The payload with everything else. */
  static JsonObject of(Legacy signature, SimpleSigningPayload payload) {
    JsonObject plain = payload.toJson();
    Map<String, JsonValue> optional = new HashMap<>();
    if (plain.get("optional").orElse(null) instanceof JsonObject members) {
      for (JsonObject.Member member : members.members()) {
        optional.put(member.name(), member.value());
      }
    }
    certificate(signature, optional);
    cameAlong(signature, optional);
    if (optional.isEmpty()) {
      return plain;
    }
    return JsonObject.builder()
        .put("critical", plain.get("critical").orElseThrow())
        .put("optional", JsonObject.sorted(optional))
        .build();
  }

  private static void certificate(Legacy signature, Map<String, JsonValue> optional) {
    Optional<CertificateIdentity> identity = identity(signature);
    if (identity.isEmpty()) {
      return;
    }
    optional.put("Subject", new JsonString(firstName(identity.get())));
    text(identity.get(), FulcioExtension.ISSUER_V1)
        .ifPresent(issuer -> {
          optional.put("Issuer", new JsonString(issuer));
          optional.put(FulcioExtension.ISSUER_V1.oid(), new JsonString(issuer));
        });
    GITHUB.forEach((extension, name) ->
        text(identity.get(), extension)
            .ifPresent(value -> {
              String spelled = name.equals("SHA") ? "Sha" : name;
              optional.put("githubWorkflow" + spelled, new JsonString(value));
              optional.put(extension.oid(), new JsonString(value));
            }));
  }

  private static void cameAlong(Legacy signature, Map<String, JsonValue> optional) {
    signature
        .found()
        .logBundle()
        .flatMap(text -> parsed(() -> LegacyLogBundle.write(LegacyLogBundle.parse(text))))
        .ifPresent(bundle -> optional.put("Bundle", bundle));
    signature
        .found()
        .timestamp()
        .flatMap(text -> parsed(() -> LegacyTimestamp.write(LegacyTimestamp.parse(text))))
        .ifPresent(timestamp -> optional.put("RFC3161Timestamp", timestamp));
  }

  /** What text output says of the certificate, in lines for stderr. */
  static List<String> certificateLines(Legacy signature) {
    List<String> lines = new ArrayList<>();
    Optional<CertificateIdentity> identity = identity(signature);
    if (identity.isPresent()) {
      lines.add("Certificate subject: " + Quoted.plain(firstName(identity.get())));
      text(identity.get(), FulcioExtension.ISSUER_V1)
          .ifPresent(issuer -> lines.add("Certificate issuer URL: " + Quoted.plain(issuer)));
      GITHUB.forEach((extension, name) ->
          text(identity.get(), extension)
              .ifPresent(
                  value -> lines.add("GitHub Workflow " + name + ": " + Quoted.plain(value))));
    }
    return lines;
  }

  private static Optional<CertificateIdentity> identity(Legacy signature) {
    if (signature.identity().isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          CertificateIdentity.of(Certificate.parse(signature.identity().get().certificate())));
    } catch (MalformedInputException e) {
      return Optional.empty(); // it was read before, when it was verified
    }
  }

  /** The first name in the order of Go's library, whatever the certificate's; maybe none. */
  private static String firstName(CertificateIdentity identity) {
    for (Kind kind : List.of(Kind.DNS, Kind.EMAIL, Kind.URI, Kind.OTHER)) {
      for (AlternativeName name : identity.names()) {
        if (name.kind() == kind) {
          return name.value();
        }
      }
    }
    return "";
  }

  private static Optional<String> text(CertificateIdentity identity, FulcioExtension extension) {
    return identity.value(extension).filter(value -> !value.isEmpty());
  }

  private interface Rewritten {
    String text() throws MalformedInputException;
  }

  /** What cannot be read was not asked for, or the signature would not be here. */
  private static Optional<JsonObject> parsed(Rewritten source) {
    try {
      return Optional.of(JsonParser.parseObject(Bytes.utf8(source.text()), WHAT));
    } catch (MalformedInputException e) {
      return Optional.empty();
    }
  }
}
