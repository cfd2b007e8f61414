package dev.bulla.keys.plugin;

import dev.bulla.bytes.Base64Text;
import dev.bulla.bytes.Bytes;
import dev.bulla.digest.HashAlgorithm;
import dev.bulla.json.GoJson;
import dev.bulla.json.JsonNull;
import dev.bulla.json.JsonObject;
import dev.bulla.json.JsonString;
import dev.bulla.keys.kms.SigningInput;
import java.time.Instant;

/**
 * The JSON documents that plugin programs are asked with, member for member in the order in which
 * cosign writes them.
 *
 * @param resource what stands behind {@code ://}
 */
record PluginRequests(String resource) {

  static final String PROTOCOL = "v1";

  /** The hash that a key is opened with before its type is known, as cosign does. */
  static final HashAlgorithm USUAL_HASH = HashAlgorithm.SHA256;

  /** A question whose method has no parameters. */
  Bytes plain(String method, Instant deadline) {
    return request(method, JsonObject.EMPTY, USUAL_HASH, deadline);
  }

  Bytes createKey(String algorithm, Instant deadline) {
    JsonObject parameters =
        JsonObject.builder()
            .put("ctxDeadline", deadline.toString())
            .put("algorithm", algorithm)
            .build();
    return request("createKey", parameters, USUAL_HASH, deadline);
  }

  Bytes publicKey(Instant deadline) {
    JsonObject options =
        JsonObject.builder().put("rpcOptions", rpcOptions(false, deadline)).build();
    JsonObject parameters = JsonObject.builder().put("publicKeyOptions", options).build();
    return request("publicKey", parameters, USUAL_HASH, deadline);
  }

  Bytes sign(SigningInput input, Instant deadline) {
    JsonObject parameters =
        JsonObject.builder().put("signOptions", options(input, false, deadline)).build();
    return request("signMessage", parameters, input.hash(), deadline);
  }

  Bytes verify(SigningInput input, Bytes signature, Instant deadline) {
    JsonObject parameters =
        JsonObject.builder()
            .put("signature", Base64Text.encode(signature))
            .put("verifyOptions", options(input, true, deadline))
            .build();
    return request("verifySignature", parameters, input.hash(), deadline);
  }

  private static JsonObject options(SigningInput input, boolean remote, Instant deadline) {
    JsonObject.Builder message = JsonObject.builder();
    if (input.isDigest()) {
      message
          .put("digest", new JsonString(Base64Text.encode(input.bytes())))
          .put("hashFunc", hashNumber(input.hash()));
    } else {
      message.put("digest", JsonNull.INSTANCE);
    }
    return JsonObject.builder()
        .put("rpcOptions", rpcOptions(remote, deadline))
        .put("messageOptions", message.build())
        .build();
  }

  private Bytes request(
      String method, JsonObject parameters, HashAlgorithm hash, Instant deadline) {
    JsonObject init =
        JsonObject.builder()
            .put("ctxDeadline", deadline.toString())
            .put("protocolVersion", PROTOCOL)
            .put("keyResourceID", resource)
            .put("hashFunc", hashNumber(hash))
            .put("rpcOptions", rpcOptions(false, deadline))
            .build();
    return GoJson.write(
        JsonObject.builder()
            .put("initOptions", init)
            .put("methodName", method)
            .put(method, parameters)
            .build());
  }

  private static JsonObject rpcOptions(boolean remote, Instant deadline) {
    return JsonObject.builder()
        .put("ctxDeadline", deadline.toString())
        .put("keyVersion", "")
        .put("remoteVerification", remote)
        .build();
  }

  /** Go's numbers of its hash functions. */
  private static long hashNumber(HashAlgorithm hash) {
    return switch (hash) {
      case SHA256 -> 5;
      case SHA384 -> 6;
      case SHA512 -> 7;
    };
  }

  /** What a document says of itself may be a secret of the program's. */
  @Override
  public String toString() {
    return "PluginRequests";
  }
}
