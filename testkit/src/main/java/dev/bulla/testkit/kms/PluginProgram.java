package dev.bulla.testkit.kms;

import dev.bulla.bytes.Base64Text;
import dev.bulla.bytes.Bytes;
import dev.bulla.error.MalformedInputException;
import dev.bulla.json.GoJson;
import dev.bulla.json.JsonArray;
import dev.bulla.json.JsonNull;
import dev.bulla.json.JsonNumber;
import dev.bulla.json.JsonObject;
import dev.bulla.json.JsonParser;
import dev.bulla.json.JsonString;
import dev.bulla.json.JsonValue;
import dev.bulla.limits.LimitedInput;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A key plugin as cosign and bulla run them: a program {@code sigstore-kms-NAME} that keeps its
 * keys in a folder. Strict: members that are missing, unknown or out of order are refused, so that
 * it finds a client's mistakes.
 *
 * <p>Source: the plugin protocol v1 of sigstore's signature library.
 */
public final class PluginProgram {

  private static final Map<String, String> CURVES =
      Map.of("ecdsa-p256-sha256", "secp256r1", "ecdsa-p384-sha384", "secp384r1");
  private static final Map<Long, String> HASHES = Map.of(5L, "SHA256", 6L, "SHA384", 7L, "SHA512");

  private final Path folder;

  private PluginProgram(Path folder) {
    this.folder = folder;
  }

  /**
   * Puts the program into a folder, as a script that runs this class.
   *
   * @param classPath where this class and the modules it needs are
   * @param name of the scheme
   */
  public static void install(Path folder, String name, String classPath) throws IOException {
    Path java = Path.of(System.getProperty("java.home"), "bin", "java");
    Path program = folder.resolve("sigstore-kms-" + name);
    Files.writeString(
        program,
        "#!/bin/sh\nexec '"
            + java
            + "' -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -cp '"
            + classPath
            + "' "
            + PluginProgram.class.getName()
            + " '"
            + folder
            + "' \"$@\"\n");
    Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  /** A refusal in the words of the answer. */
  private static final class Refusal extends Exception {

    private static final long serialVersionUID = 1L;

    Refusal(String message) {
      super(message);
    }
  }

  /**
   * One question.
   *
   * @param arguments the folder of the keys, the protocol's version, the request
   */
  public static void main(String[] arguments) throws IOException {
    // Allowed: a program of its own, whose result is on standard output
    PrintStream out = System.out;
    JsonObject answer;
    try {
      // Allowed: a program of its own, whose message is on standard input
      InputStream in = System.in;
      Bytes message = LimitedInput.readAll(in, 1 << 20, "message");
      if (arguments.length != 3 || !arguments[1].equals("v1")) {
        throw new Refusal("unsupported protocol");
      }
      answer =
          new PluginProgram(Path.of(arguments[0]))
              .serve(JsonParser.parseObject(Bytes.utf8(arguments[2]), "request"), message);
    } catch (Refusal | MalformedInputException | GeneralSecurityException e) {
      answer = JsonObject.builder().put("errorMessage", String.valueOf(e.getMessage())).build();
    }
    GoJson.write(answer).writeTo(out);
    out.flush();
  }

  private JsonObject serve(JsonObject request, Bytes message)
      throws Refusal, MalformedInputException, GeneralSecurityException, IOException {
    String method = text(request, "methodName");
    order(request, "initOptions", "methodName", method);
    JsonObject init = object(request, "initOptions");
    order(init, "ctxDeadline?", "protocolVersion", "keyResourceID", "hashFunc", "rpcOptions");
    rpcOptions(init);
    String hash = HASHES.getOrDefault(number(init, "hashFunc"), "");
    if (!text(init, "protocolVersion").equals("v1") || hash.isEmpty()) {
      throw new Refusal("wrong version or hash");
    }
    String name = text(init, "keyResourceID");
    if (!name.matches("[A-Za-z0-9]{1,40}")) {
      throw new Refusal("no name of a key");
    }
    JsonObject parameters = object(request, method);
    JsonObject result =
        switch (method) {
          case "defaultAlgorithm" -> {
            order(parameters);
            yield JsonObject.builder().put(method, "ecdsa-p256-sha256").build();
          }
          case "supportedAlgorithms" -> {
            order(parameters);
            yield JsonObject.builder()
                .put(
                    method,
                    JsonArray.of(
                        new JsonString("ecdsa-p256-sha256"),
                        new JsonString("ecdsa-p384-sha384"),
                        new JsonString("ed25519")))
                .build();
          }
          case "createKey" -> {
            order(parameters, "ctxDeadline?", "algorithm");
            yield pem(create(name, text(parameters, "algorithm")));
          }
          case "publicKey" -> {
            order(parameters, "publicKeyOptions");
            JsonObject options = object(parameters, "publicKeyOptions");
            order(options, "rpcOptions");
            rpcOptions(options);
            yield pem(load(name));
          }
          case "signMessage" -> {
            order(parameters, "signOptions");
            KeyPair key = load(name);
            Signature signer =
                signature(
                    key, hash, digest(object(parameters, "signOptions"), hash), message, true);
            yield JsonObject.builder()
                .put("signature", Base64Text.encode(Bytes.owning(signer.sign())))
                .build();
          }
          case "verifySignature" -> {
            order(parameters, "signature", "verifyOptions");
            Bytes made = Base64Text.decode(text(parameters, "signature"), "signature");
            Signature verifier =
                signature(
                    load(name),
                    hash,
                    digest(object(parameters, "verifyOptions"), hash),
                    message,
                    false);
            if (!verifier.verify(made.toByteArray())) {
              throw new Refusal("invalid signature");
            }
            yield JsonObject.EMPTY;
          }
          default -> throw new Refusal("unknown method " + method);
        };
    return JsonObject.builder().put(method, result).build();
  }

  private KeyPair create(String name, String algorithm)
      throws GeneralSecurityException, IOException, Refusal {
    Path file = folder.resolve(name + ".p8");
    if (!Files.exists(file)) {
      KeyPairGenerator generator;
      if (algorithm.equals("ed25519")) {
        generator = KeyPairGenerator.getInstance("Ed25519");
      } else if (CURVES.containsKey(algorithm)) {
        generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec(CURVES.get(algorithm)));
      } else {
        throw new Refusal("unsupported algorithm " + algorithm);
      }
      KeyPair made = generator.generateKeyPair();
      Files.writeString(folder.resolve(name + ".type"), made.getPrivate().getAlgorithm());
      Files.write(folder.resolve(name + ".spki"), made.getPublic().getEncoded());
      Files.write(file, made.getPrivate().getEncoded());
    }
    return load(name);
  }

  private KeyPair load(String name) throws GeneralSecurityException, IOException, Refusal {
    if (!Files.exists(folder.resolve(name + ".p8"))) {
      throw new Refusal("no key " + name);
    }
    String type = new String(bytes(name + ".type"), StandardCharsets.UTF_8);
    KeyFactory factory = KeyFactory.getInstance(type.equals("EC") ? "EC" : "Ed25519");
    return new KeyPair(
        factory.generatePublic(new X509EncodedKeySpec(bytes(name + ".spki"))),
        factory.generatePrivate(new PKCS8EncodedKeySpec(bytes(name + ".p8"))));
  }

  private byte[] bytes(String file) throws IOException, Refusal {
    try (var in = Files.newInputStream(folder.resolve(file))) {
      return LimitedInput.readAll(in, 1 << 16, file).toByteArray();
    } catch (MalformedInputException e) {
      throw new Refusal(e.message());
    }
  }

  /** The digest with its hash; empty bytes where the message itself is meant. */
  private record Digest(Bytes bytes, String hash) {}

  /** cosign 3 sends the digest beside the message, and the name of its hash only at the start. */
  private static Digest digest(JsonObject options, String named)
      throws Refusal, MalformedInputException {
    order(options, "rpcOptions", "messageOptions");
    rpcOptions(options);
    JsonObject message = object(options, "messageOptions");
    order(message, "digest", "hashFunc?");
    if (message.get("digest").orElse(JsonArray.EMPTY) instanceof JsonNull) {
      return new Digest(Bytes.EMPTY, "");
    }
    String hash =
        message.get("hashFunc").isPresent()
            ? HASHES.getOrDefault(number(message, "hashFunc"), "")
            : named;
    if (hash.isEmpty()) {
      throw new Refusal("a digest of an unknown hash");
    }
    return new Digest(Base64Text.decode(text(message, "digest"), "digest"), hash);
  }

  private static Signature signature(
      KeyPair key, String hash, Digest digest, Bytes message, boolean sign)
      throws GeneralSecurityException, Refusal {
    boolean ec = key.getPublic().getAlgorithm().equals("EC");
    boolean whole = digest.bytes().isEmpty();
    if ((!ec && !whole) || (whole && message.isEmpty())) {
      throw new Refusal("EC keys sign a digest or a message, Ed25519 keys a message");
    }
    if (!whole && digest.bytes().size() * 8 != Integer.parseInt(digest.hash().substring(3))) {
      throw new Refusal("unexpected length of digest for hash function specified");
    }
    Signature signature =
        Signature.getInstance(ec ? (whole ? hash : "NONE") + "withECDSA" : "Ed25519");
    if (sign) {
      signature.initSign(key.getPrivate());
    } else {
      signature.initVerify(key.getPublic());
    }
    signature.update((whole ? message : digest.bytes()).toByteArray());
    return signature;
  }

  private static JsonObject pem(KeyPair key) {
    String text =
        "-----BEGIN PUBLIC KEY-----\n"
            + Base64Text.encodeLines(Bytes.owning(key.getPublic().getEncoded()))
            + "-----END PUBLIC KEY-----\n";
    return JsonObject.builder().put("publicKeyPEM", Base64Text.encode(Bytes.utf8(text))).build();
  }

  private static void rpcOptions(JsonObject parent) throws Refusal {
    order(object(parent, "rpcOptions"), "ctxDeadline?", "keyVersion", "remoteVerification");
  }

  /** These members in this order; those with a question mark may be missing. */
  private static void order(JsonObject object, String... names) throws Refusal {
    List<String> given = new ArrayList<>();
    object.members().forEach(member -> given.add(member.name()));
    List<String> expected = new ArrayList<>();
    for (String name : names) {
      String plain = name.replace("?", "");
      if (plain.equals(name) || given.contains(plain)) {
        expected.add(plain);
      }
    }
    if (!given.equals(expected)) {
      throw new Refusal("members " + given + " instead of " + expected);
    }
  }

  private static JsonObject object(JsonObject parent, String name) throws Refusal {
    if (parent.get(name).orElse(JsonNull.INSTANCE) instanceof JsonObject object) {
      return object;
    }
    throw new Refusal("missing or mistyped " + name);
  }

  private static String text(JsonObject parent, String name) throws Refusal {
    JsonValue value = parent.get(name).orElse(JsonNull.INSTANCE);
    if (value instanceof JsonString text) {
      return text.value();
    }
    throw new Refusal("missing or mistyped " + name);
  }

  private static long number(JsonObject parent, String name)
      throws Refusal, MalformedInputException {
    JsonValue value = parent.get(name).orElse(JsonNull.INSTANCE);
    if (value instanceof JsonNumber number) {
      return number.longValue();
    }
    throw new Refusal("missing or mistyped " + name);
  }
}
