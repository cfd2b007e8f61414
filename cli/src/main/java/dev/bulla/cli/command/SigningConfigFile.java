package dev.bulla.cli.command;

import dev.bulla.bytes.Bytes;
import dev.bulla.error.ConfigurationException;
import dev.bulla.error.MalformedInputException;
import dev.bulla.error.Quoted;
import dev.bulla.json.JsonParser;
import dev.bulla.json.ProtoFields;

/**
 * Which services a signing configuration names, as far as signing with a key uses any. Source:
 * sigstore_trustroot.proto, "SigningConfig", version 0.2.
 *
 * @param namesLog whether it names a transparency log
 * @param namesTimestamps whether it names a timestamp authority
 */
record SigningConfigFile(boolean namesLog, boolean namesTimestamps) {

  private static final String MEDIA_TYPE = "application/vnd.dev.sigstore.signingconfig.v0.2+json";
  private static final String WHAT = "error reading signing config from file";

  static SigningConfigFile parse(Bytes json)
      throws MalformedInputException, ConfigurationException {
    ProtoFields fields = ProtoFields.of(JsonParser.parseObject(json, WHAT), WHAT);
    String mediaType = fields.string("mediaType").orElse("");
    if (!mediaType.equals(MEDIA_TYPE)) {
      throw new ConfigurationException(
          WHAT + ": unsupported signing config media type: " + Quoted.plain(mediaType));
    }
    boolean log = !fields.array("rekorTlogUrls").isEmpty();
    boolean timestamps = !fields.array("tsaUrls").isEmpty();
    // certificates are for signing without a key
    fields.array("caUrls");
    fields.array("oidcUrls");
    fields.object("rekorTlogConfig");
    fields.object("tsaConfig");
    fields.finish();
    return new SigningConfigFile(log, timestamps);
  }
}
