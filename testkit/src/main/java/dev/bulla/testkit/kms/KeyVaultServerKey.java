package dev.bulla.testkit.kms;

import dev.bulla.bytes.Base64Text;
import dev.bulla.bytes.Bytes;
import dev.bulla.digest.HashAlgorithm;
import dev.bulla.error.MalformedInputException;
import dev.bulla.json.JsonArray;
import dev.bulla.json.JsonBoolean;
import dev.bulla.json.JsonNumber;
import dev.bulla.json.JsonObject;
import dev.bulla.json.JsonString;
import dev.bulla.json.JsonValue;
import dev.bulla.key.KeyType;
import dev.bulla.testkit.kms.KeyVaultServer.Refusal;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.X509EncodedKeySpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/** A key of the Key Vault double, with its versions. */
final class KeyVaultServerKey {

  private static final Map<String, KeyType> CURVES =
      Map.of("P-256", KeyType.EC_P256, "P-384", KeyType.EC_P384, "P-521", KeyType.EC_P521);

  /** The first version's; the others follow a second apart. */
  private static final long CREATED = 1_700_000_000L;

  /** One version. */
  private static final class Version {
    private final String name = UUID.randomUUID().toString().replace("-", "");
    private final ServiceKey key;
    private final String kind;
    private final String curve;
    private final List<String> operations;
    private boolean enabled = true;
    private boolean expired;

    private Version(KeyType type, String kind, String curve, List<String> operations) {
      this.key = ServiceKey.make(type);
      this.kind = kind.isEmpty() ? type.family().name() : kind;
      this.curve = type == KeyType.EC_P256 ? curve : type.name().replace("EC_P", "P-");
      this.operations = List.copyOf(operations);
    }
  }

  private final String identifier;
  private final List<Version> versions = new ArrayList<>();

  KeyVaultServerKey(String identifier) {
    this.identifier = identifier;
  }

  String identifier() {
    return identifier;
  }

  void add(KeyType type, String kind, String curve, List<String> operations) {
    versions.add(new Version(type, kind, curve, operations));
  }

  void rotate() {
    Version newest = newest();
    add(newest.key.type(), newest.kind, newest.curve, newest.operations);
  }

  private Version newest() {
    return versions.get(versions.size() - 1);
  }

  void disable(boolean newestToo) {
    versions.forEach(version -> version.enabled = false);
    newest().enabled = !newestToo;
  }

  void expire() {
    newest().expired = true;
  }

  List<String> names() {
    return versions.stream().map(version -> version.name).toList();
  }

  /** Makes a version as a request describes it. */
  void create(JsonObject body) throws Refusal {
    allow(
        body, Set.of("kty", "crv", "key_size", "public_exponent", "key_ops", "attributes", "tags"));
    String kind = text(body, "kty");
    List<String> operations = new ArrayList<>();
    if (body.get("key_ops").orElse(JsonArray.EMPTY) instanceof JsonArray array) {
      for (JsonValue value : array.values()) {
        operations.add(value instanceof JsonString text ? text.value() : "");
      }
    }
    if (!Set.of("sign", "verify", "encrypt", "decrypt", "wrapKey", "unwrapKey", "import", "export")
        .containsAll(operations)) {
      throw Refusal.bad("key_ops");
    }
    if (kind.equals("EC") || kind.equals("EC-HSM")) {
      String curve = body.get("crv").isPresent() ? text(body, "crv") : "P-256";
      KeyType type = CURVES.get(curve);
      if (type == null) {
        throw Refusal.bad("The specified curve name is not valid");
      }
      add(type, kind, curve, operations);
    } else if (kind.equals("RSA") || kind.equals("RSA-HSM")) {
      String size =
          body.get("key_size").orElse(JsonNumber.of(2048)) instanceof JsonNumber number
              ? number.text()
              : "";
      switch (size) {
        case "2048", "3072", "4096" -> add(KeyType.valueOf("RSA_" + size), kind, "", operations);
        default -> throw Refusal.bad("The specified RSA key size is not supported: " + size);
      }
    } else {
      throw Refusal.bad("Invalid kty value");
    }
  }

  private Version find(String name) throws Refusal {
    for (Version version : versions) {
      if (version.name.equals(name)) {
        return version;
      }
    }
    if (name.isEmpty()) {
      return newest();
    }
    if (!name.matches("[0-9a-f]{32}")) {
      throw Refusal.bad("The request URI contains an invalid name: " + name);
    }
    throw new Refusal(
        404,
        "KeyNotFound",
        "",
        "A key with (name/id) " + identifier + "/" + name + " was not found");
  }

  private JsonObject attributes(Version version) {
    long created = CREATED + versions.indexOf(version);
    JsonObject.Builder attributes = JsonObject.builder().put("enabled", version.enabled);
    if (version.expired) {
      attributes.put("exp", created);
    }
    return attributes
        .put("created", created)
        .put("updated", created)
        .put("recoveryLevel", "Recoverable+Purgeable")
        .put("recoverableDays", 90)
        .build();
  }

  private String identifier(Version version) {
    return identifier + "/" + version.name;
  }

  JsonObject document(String name) throws Refusal {
    Version version = find(name);
    return JsonObject.builder()
        .put("key", material(version))
        .put("attributes", attributes(version))
        .put("tags", JsonObject.EMPTY)
        .build();
  }

  private JsonObject material(Version version) {
    JsonObject.Builder key =
        JsonObject.builder()
            .put("kid", identifier(version))
            .put("kty", version.kind)
            .put(
                "key_ops", JsonArray.of(version.operations.stream().map(JsonString::new).toList()));
    byte[] spki = version.key.spki().toByteArray();
    try {
      if (version.kind.startsWith("RSA")) {
        RSAPublicKey rsa =
            (RSAPublicKey)
                KeyFactory.getInstance("RSA").generatePublic(new X509EncodedKeySpec(spki));
        key.put("n", encoded(rsa.getModulus(), version.key.type()))
            .put("e", unpadded(Bytes.of(rsa.getPublicExponent().toByteArray())));
      } else if (version.kind.startsWith("EC")) {
        ECPublicKey ec =
            (ECPublicKey) KeyFactory.getInstance("EC").generatePublic(new X509EncodedKeySpec(spki));
        key.put("crv", version.curve)
            .put("x", encoded(ec.getW().getAffineX(), version.key.type()))
            .put("y", encoded(ec.getW().getAffineY(), version.key.type()));
      }
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the double's own key", e);
    }
    return key.build();
  }

  private static int length(KeyType type) {
    return switch (type) {
      case EC_P256, ED25519 -> 32;
      case EC_P384 -> 48;
      case EC_P521 -> 66;
      case RSA_2048 -> 256;
      case RSA_3072 -> 384;
      case RSA_4096 -> 512;
    };
  }

  private static String unpadded(Bytes bytes) {
    return Base64Text.encodeUrlSafe(bytes).replace("=", "");
  }

  private static String encoded(BigInteger number, KeyType type) {
    return unpadded(fixed(number, length(type)));
  }

  private static Bytes fixed(BigInteger number, int length) {
    byte[] bytes = number.toByteArray();
    byte[] out = new byte[length];
    int count = Math.min(bytes.length, length);
    System.arraycopy(bytes, bytes.length - count, out, length - count, count);
    return Bytes.owning(out);
  }

  /** What a list shows of each version: no material, and oldest first as it happens. */
  List<JsonObject> items() {
    return versions.stream()
        .map(version ->
            JsonObject.builder()
                .put("kid", identifier(version))
                .put("attributes", attributes(version))
                .put("tags", JsonObject.EMPTY)
                .build())
        .toList();
  }

  /** How a name of JOSE's signs. */
  private record Way(ServiceKey.Scheme scheme, HashAlgorithm hash) {}

  private static Way way(Version version, String algorithm) throws Refusal {
    HashAlgorithm hash =
        switch (algorithm.replaceFirst("^[A-Z]+", "")) {
          case "256" -> HashAlgorithm.SHA256;
          case "384" -> HashAlgorithm.SHA384;
          case "512" -> HashAlgorithm.SHA512;
          default -> throw Refusal.bad("Key and signing algorithm are incompatible");
        };
    boolean rsa = version.kind.startsWith("RSA");
    String onCurve =
        version.key.type() == KeyType.EC_P521 ? "ES512" : version.curve.replace("P-", "ES");
    if (algorithm.startsWith("RS") && rsa) {
      return new Way(ServiceKey.Scheme.PKCS1, hash);
    }
    if (algorithm.startsWith("PS") && rsa) {
      return new Way(ServiceKey.Scheme.PSS, hash);
    }
    if (!rsa && algorithm.equals(onCurve)) {
      return new Way(ServiceKey.Scheme.ECDSA, hash);
    }
    throw Refusal.bad(
        "Key and signing algorithm are incompatible. Key https://... is of type "
            + version.kind
            + ", and algorithm is "
            + algorithm);
  }

  private Version usable(String name, String operation, boolean alsoExpired) throws Refusal {
    Version version = find(name);
    if (!version.enabled) {
      throw Refusal.forbidden(
          "KeyDisabled", "Operation " + operation + " is not allowed on a disabled key.");
    }
    if (version.expired && !alsoExpired) {
      throw Refusal.forbidden(
          "KeyExpired", "Operation " + operation + " is not allowed on an expired key.");
    }
    if (!version.operations.contains(operation)) {
      throw Refusal.forbidden(
          "KeyOperationForbidden", "Operation " + operation + " is not permitted on this key.");
    }
    return version;
  }

  JsonObject sign(String name, JsonObject body) throws Refusal {
    allow(body, Set.of("alg", "value"));
    Version version = usable(name, "sign", false);
    Way way = way(version, text(body, "alg"));
    Bytes made = version.key.sign(way.scheme(), way.hash(), digest(body, "value", way));
    if (way.scheme() == ServiceKey.Scheme.ECDSA) {
      made = sideBySide(made, length(version.key.type()));
    }
    return JsonObject.builder()
        .put("kid", identifier(version))
        .put("value", unpadded(made))
        .build();
  }

  JsonObject verify(String name, JsonObject body) throws Refusal {
    allow(body, Set.of("alg", "digest", "value"));
    Version version = usable(name, "verify", true);
    Way way = way(version, text(body, "alg"));
    Bytes signature = base64(text(body, "value"));
    int length = length(version.key.type());
    boolean onCurve = way.scheme() == ServiceKey.Scheme.ECDSA;
    if (signature.size() != (onCurve ? 2 * length : length)) {
      throw Refusal.bad("The signature has the wrong length");
    }
    return JsonObject.builder()
        .put(
            "value",
            version.key.verifies(
                way.scheme(),
                way.hash(),
                digest(body, "digest", way),
                onCurve ? sequence(signature, length) : signature))
        .build();
  }

  private static Bytes digest(JsonObject body, String name, Way way) throws Refusal {
    Bytes digest = base64(text(body, name));
    if (digest.size() != way.hash().lengthBytes()) {
      throw Refusal.bad("Invalid length of 'value': " + digest.size() + " bytes");
    }
    return digest;
  }

  /** SEQUENCE of two INTEGERs to both numbers side by side; it comes from the JDK. */
  private static Bytes sideBySide(Bytes der, int length) {
    byte[] all = der.toByteArray();
    int at = (all[1] & 0x80) == 0 ? 2 : 3;
    int first = all[at + 1];
    BigInteger r = new BigInteger(1, all, at + 2, first);
    at += 2 + first;
    BigInteger s = new BigInteger(1, all, at + 2, all[at + 1]);
    return Bytes.concat(fixed(r, length), fixed(s, length));
  }

  private static Bytes sequence(Bytes raw, int length) {
    Bytes both =
        Bytes.concat(integer(raw.slice(0, length)), integer(raw.slice(length, 2 * length)));
    byte size = (byte) both.size();
    Bytes head =
        both.size() < 128 ? Bytes.of((byte) 0x30, size) : Bytes.of((byte) 0x30, (byte) 0x81, size);
    return Bytes.concat(head, both);
  }

  private static Bytes integer(Bytes unsigned) {
    byte[] number = new BigInteger(1, unsigned.toByteArray()).toByteArray();
    return Bytes.concat(Bytes.of((byte) 0x02, (byte) number.length), Bytes.of(number));
  }

  private static void allow(JsonObject body, Set<String> names) throws Refusal {
    for (JsonObject.Member member : body.members()) {
      if (!names.contains(member.name())) {
        throw Refusal.bad("unknown member " + member.name());
      }
    }
  }

  private static String text(JsonObject body, String name) throws Refusal {
    if (body.get(name).orElse(JsonBoolean.FALSE) instanceof JsonString text) {
      return text.value();
    }
    throw Refusal.bad("missing or mistyped " + name);
  }

  private static Bytes base64(String text) throws Refusal {
    try {
      if (text.matches("[A-Za-z0-9_-]*")) {
        return Base64Text.decodeAnyVariant(text, "base64url");
      }
    } catch (MalformedInputException e) {
      // as below
    }
    throw Refusal.bad("not base64url without padding");
  }
}
