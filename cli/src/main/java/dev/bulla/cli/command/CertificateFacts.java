package dev.bulla.cli.command;

import dev.bulla.bytes.Bytes;
import dev.bulla.bytes.HexText;
import dev.bulla.certificate.AlternativeName;
import dev.bulla.certificate.Certificate;
import dev.bulla.certificate.CertificateIdentity;
import dev.bulla.certificate.FulcioExtension;
import dev.bulla.certificate.SignedCertificateTimestamp;
import dev.bulla.der.DerReader;
import dev.bulla.digest.Digest;
import dev.bulla.error.MalformedInputException;
import dev.bulla.json.JsonArray;
import dev.bulla.json.JsonObject;
import dev.bulla.json.JsonString;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What a certificate says of itself. */
final class CertificateFacts {

  private static final String SCT_LIST = "1.3.6.1.4.1.11129.2.4.2";

  private CertificateFacts() {}

  static JsonObject of(Bytes der) {
    JsonObject.Builder json = JsonObject.builder();
    json.put("sha256", Digest.sha256(der).hex());
    try {
      Certificate certificate = Certificate.parse(der);
      json.put("names", names(certificate))
          .put("notBefore", certificate.notBefore().toString())
          .put("notAfter", certificate.notAfter().toString())
          .put("serial", HexText.encode(certificate.serial()))
          .put("publicKey", certificate.publicKey().type().description())
          .put("authority", certificate.isAuthority())
          .put(
              "extendedUsages",
              JsonArray.of(
                  certificate.extendedUsages().orElse(List.of()).stream()
                      .map(JsonString::new)
                      .toList()))
          .put("identity", identity(certificate))
          .put("signedCertificateTimestamps", timestamps(certificate));
    } catch (MalformedInputException e) {
      json.put(BundleFacts.PROBLEM, e.message());
    }
    return json.build();
  }

  private static JsonArray names(Certificate certificate) {
    List<JsonObject> names = new ArrayList<>();
    for (AlternativeName name : certificate.names()) {
      names.add(
          JsonObject.builder()
              .put("kind", name.kind().name().toLowerCase(Locale.ROOT))
              .put("value", name.value())
              .build());
    }
    return JsonArray.of(names);
  }

  private static JsonObject identity(Certificate certificate) {
    try {
      CertificateIdentity identity = CertificateIdentity.of(certificate);
      JsonObject.Builder json = JsonObject.builder();
      if (identity.issuer().isPresent()) {
        json.put("oidcIssuer", identity.issuer().get());
      }
      for (FulcioExtension extension : FulcioExtension.values()) {
        if (extension != FulcioExtension.ISSUER && identity.value(extension).isPresent()) {
          json.put(member(extension), identity.value(extension).get());
        }
      }
      return json.build();
    } catch (MalformedInputException e) {
      return BundleFacts.problem(e);
    }
  }

  /** {@code SOURCE_REPOSITORY_URI} is {@code sourceRepositoryUri}. */
  private static String member(FulcioExtension extension) {
    StringBuilder name = new StringBuilder();
    for (String word : extension.name().split("_", -1)) {
      String rest = word.substring(1).toLowerCase(Locale.ROOT);
      name.append(name.isEmpty() ? word.toLowerCase(Locale.ROOT) : word.charAt(0) + rest);
    }
    return name.toString();
  }

  private static JsonArray timestamps(Certificate certificate) throws MalformedInputException {
    if (certificate.extension(SCT_LIST).isEmpty()) {
      return JsonArray.EMPTY;
    }
    DerReader in =
        DerReader.of(
            certificate.extension(SCT_LIST).get().toByteArray(), "signed certificate timestamp");
    Bytes list = Bytes.owning(in.bytes(DerReader.OCTET_STRING));
    in.finish();
    List<JsonObject> all = new ArrayList<>();
    for (SignedCertificateTimestamp one : SignedCertificateTimestamp.parseList(list)) {
      all.add(
          JsonObject.builder()
              .put("logId", HexText.encode(one.logId()))
              .put("time", one.time().toString())
              .build());
    }
    return JsonArray.of(all);
  }
}
