package dev.bulla.cli.command;

import dev.bulla.Bulla;
import dev.bulla.bytes.Bytes;
import dev.bulla.cli.flags.ParsedFlags;
import dev.bulla.dsse.Envelope;
import dev.bulla.dsse.EnvelopeText;
import dev.bulla.error.BullaException;
import dev.bulla.error.ConfigurationException;
import dev.bulla.error.MalformedInputException;
import dev.bulla.error.Quoted;
import dev.bulla.json.JsonDocuments;
import dev.bulla.json.JsonObject;
import dev.bulla.limits.Limits;
import dev.bulla.oci.DigestReference;
import dev.bulla.oci.Reference;
import dev.bulla.oci.TagReference;
import java.util.ArrayList;
import java.util.List;

/** Carries out {@code attach attestation}. */
final class AttachingAttestation {

  private final ParsedFlags flags;
  private final CommandContext context;

  AttachingAttestation(ParsedFlags flags, CommandContext context) {
    this.flags = flags;
    this.context = context;
  }

  void run() throws BullaException {
    List<Reference> images = new ArrayList<>();
    for (String typed : flags.arguments()) {
      images.add(Reference.parse(typed));
    }
    List<String> files = flags.get(AttachAttestationCommand.ATTESTATION);
    if (files.isEmpty()) {
      context.note("nothing was attached: --attestation names no file");
      return;
    }
    try (ImageSession session = ImageSession.openForWriting(flags, context)) {
      for (Reference image : images) {
        for (String file : files) {
          attach(session.bulla(), image, file);
        }
      }
    }
  }

  private void attach(Bulla bulla, Reference image, String file) throws BullaException {
    String shown = Quoted.plain(file);
    // no newline: as cosign prints it
    context.err().print("Using payload from: " + shown);
    if (image instanceof TagReference) {
      context.err().print(Signing.TAG_WARNING.replace("%s", Quoted.plain(image.typed())));
    }
    try {
      Bytes content = context.files().read(file, Limits.MAX_BUNDLE);
      if (Attaching.isBundle(content)) {
        bulla.attach().bundle(image, content);
        return;
      }
      List<EnvelopeText> envelopes = envelopes(content, shown);
      DigestReference digest = bulla.resolve(image);
      for (EnvelopeText envelope : envelopes) {
        bulla.attach().attestation(digest, envelope.toJson());
      }
    } catch (dev.bulla.error.RegistryException e) {
      throw ImageSession.absentIsPlain(e);
    } catch (BullaException e) {
      throw e.in("attaching payload from " + shown);
    }
  }

  /** All of a file's envelopes; one that cannot be attached keeps the others out, too. */
  private static List<EnvelopeText> envelopes(Bytes content, String shown) throws BullaException {
    List<EnvelopeText> envelopes = new ArrayList<>();
    for (JsonObject document : JsonDocuments.parse(content, shown)) {
      EnvelopeText envelope = EnvelopeText.of(document);
      if (!envelope.payloadType().equals(Envelope.IN_TOTO)) {
        throw MalformedInputException.verbatim(
            "invalid payloadType "
                + Quoted.plain(envelope.payloadType())
                + " on envelope. Expected "
                + Envelope.IN_TOTO);
      }
      if (envelope.signatures().isEmpty()) {
        throw new ConfigurationException("could not attach attestation without having signatures");
      }
      envelopes.add(envelope);
    }
    if (envelopes.isEmpty()) {
      throw new MalformedInputException(shown, "holds no attestation");
    }
    return envelopes;
  }
}
