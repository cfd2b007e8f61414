package dev.bulla.cli.command;

import dev.bulla.Bulla;
import dev.bulla.bytes.Base64Text;
import dev.bulla.bytes.Bytes;
import dev.bulla.cli.flags.ParsedFlags;
import dev.bulla.error.BullaException;
import dev.bulla.error.MalformedInputException;
import dev.bulla.evidence.LegacySignature;
import dev.bulla.evidence.Origin;
import dev.bulla.limits.Limits;
import dev.bulla.oci.DigestReference;
import dev.bulla.oci.Reference;
import dev.bulla.verify.Policy;
import dev.bulla.verify.SignedImage;
import dev.bulla.verify.Verified;
import dev.bulla.verify.VerifiedImage;
import dev.bulla.verify.Verifier;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A signature that the line brings along instead of the registry.
 *
 * @param signature base64, absent when the registry is to be asked
 * @param payload what was signed; the payload that {@code generate} prints when absent
 */
record DetachedSignature(Optional<String> signature, Optional<Bytes> payload) {

  /** What cosign says when it makes up the payload itself. */
  static final String IMPLIED_PAYLOAD =
      "using obsolete implied signature payload data (with digested reference %s); specify it"
          + " explicitly with --payload instead";

  static DetachedSignature of(ParsedFlags flags, CommandContext context) throws BullaException {
    String typed = flags.get(VerifyCommand.SIGNATURE);
    String payloadFile = flags.get(VerifyCommand.PAYLOAD);
    if (typed.isEmpty()) {
      return new DetachedSignature(Optional.empty(), Optional.empty());
    }
    Optional<Bytes> payload =
        payloadFile.isEmpty()
            ? Optional.empty()
            : Optional.of(context.files().read(payloadFile, Limits.MAX_PAYLOAD));
    String base64 =
        context.files().exists(typed)
            ? asBase64(context.files().read(typed, Limits.MAX_KEY_FILE))
            : typed;
    return new DetachedSignature(Optional.of(base64), payload);
  }

  /** Base64 text stays as it is; anything else is a raw signature. */
  private static String asBase64(Bytes content) {
    try {
      String text = content.toUtf8String("signature").strip();
      Base64Text.decodeIgnoringNewlines(text, "signature");
      return text;
    } catch (MalformedInputException e) {
      return Base64Text.encode(content);
    }
  }

  boolean isGiven() {
    return signature.isPresent();
  }

  Verified<VerifiedImage> verify(
      Bulla bulla, CommandContext context, Reference reference, Policy policy)
      throws BullaException {
    DigestReference image = bulla.resolve(reference);
    Bytes signed;
    if (payload.isPresent()) {
      signed = payload.get();
    } else {
      context.warn(IMPLIED_PAYLOAD.replace("%s", image.toString()));
      signed = bulla.payload(image, Map.of());
    }
    return Verifier.verify(
        new SignedImage(
            image,
            List.of(
                new LegacySignature(
                    new Origin("--signature", 0), signed, signature.orElseThrow(), Map.of()))),
        policy);
  }
}
