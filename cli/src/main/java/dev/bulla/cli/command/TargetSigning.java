package dev.bulla.cli.command;

import dev.bulla.Bulla;
import dev.bulla.SignRequest;
import dev.bulla.SignRequest.Format;
import dev.bulla.SignedManifest;
import dev.bulla.SigningTarget;
import dev.bulla.StoredSignature;
import dev.bulla.bytes.Base64Text;
import dev.bulla.bytes.Bytes;
import dev.bulla.certificate.Certificate;
import dev.bulla.cli.flags.ParsedFlags;
import dev.bulla.error.BullaException;
import dev.bulla.error.Quoted;
import dev.bulla.error.RegistryException;
import dev.bulla.oci.DigestReference;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Signs manifests one by one: looks whether that is needed, signs, stores, and reads back. */
final class TargetSigning {

  private final ParsedFlags flags;
  private final CommandContext context;
  private final SigningPlan plan;
  private final SigningSetup setup;
  private final Map<String, String> annotations;
  private final Optional<Bytes> payload;
  private final boolean talks;

  /**
   * Nothing is done yet.
   *
   * @param talks whether a person reads along
   */
  TargetSigning(
      ParsedFlags flags,
      CommandContext context,
      SigningPlan plan,
      SigningSetup setup,
      Map<String, String> annotations,
      Optional<Bytes> payload,
      boolean talks) {
    this.flags = flags;
    this.context = context;
    this.plan = plan;
    this.setup = setup;
    this.annotations = annotations;
    this.payload = payload;
    this.talks = talks;
  }

  /** Signs the manifests of one image. */
  List<SigningResult> each(Bulla bulla, List<SigningTarget> targets) throws BullaException {
    try {
      List<SigningResult> results = new ArrayList<>();
      for (SigningTarget target : targets) {
        results.add(one(bulla, target));
      }
      return results;
    } catch (RegistryException e) {
      throw ImageSession.absentIsPlain(e).in("signing digest");
    } catch (BullaException e) {
      throw e.in("signing digest");
    }
  }

  private SigningResult one(Bulla bulla, SigningTarget target) throws BullaException {
    Signatory signatory = setup.signatories().get();
    SignRequest request =
        new SignRequest(
            signatory.signer(),
            plan.formats(),
            annotations,
            payload,
            flags.get(SignCommand.SIGN_CONTAINER_IDENTITY),
            flags.get(SignCommand.RECORD_CREATION_TIMESTAMP),
            setup.services().withCertificates(signatory.certificates()));
    List<StoredSignature> receipts = new ArrayList<>();
    if (flags.get(SignCommand.IF_ABSENT)) {
      receipts.addAll(bulla.alreadyStored(target.image(), request));
      Set<Format> missing = EnumSet.copyOf(request.formats());
      receipts.forEach(stored -> missing.remove(stored.format()));
      tellPresent(receipts, missing.isEmpty());
      if (missing.isEmpty()) {
        return new SigningResult(target, signatory.name(), false, receipts);
      }
      request = request.withFormats(missing);
    }
    Recording progress = new Recording(context, talks);
    try {
      SignedManifest signed = bulla.sign(target, request, progress);
      writeFiles(signed, signatory);
      if (flags.get(SignCommand.UPLOAD)) {
        bulla.store(signed, request, progress);
      }
      if (flags.get(SignCommand.CONFIRM)) {
        receipts.addAll(bulla.confirm(signed, request, flags.get(SignCommand.CONFIRM_TIMEOUT)));
      }
    } catch (BullaException e) {
      progress.tellWhatStays(target.image());
      throw e;
    }
    return new SigningResult(target, signatory.name(), true, receipts);
  }

  private void tellPresent(List<StoredSignature> present, boolean all) {
    if (!talks || present.isEmpty()) {
      return;
    }
    StringBuilder places = new StringBuilder();
    for (StoredSignature stored : present) {
      places.append(places.isEmpty() ? "" : ", ").append(Quoted.plain(stored.place()));
    }
    context.note(
        present.get(0).image()
            + (all
                ? " has this signature already, nothing was written: "
                : " has this signature already in one format: ")
            + places);
  }

  private void writeFiles(SignedManifest signed, Signatory signatory) throws BullaException {
    String suffix = flags.get(SignCommand.RECURSIVE) ? suffix(signed.image()) : "";
    String bundleFile = flags.get(SignCommand.BUNDLE);
    if (signed.bundle().isPresent() && !bundleFile.isEmpty()) {
      context.files().writePrivate(bundleFile, signed.bundle().get());
      context.err().println("Wrote bundle to file " + Quoted.plain(bundleFile));
    }
    if (!signed.legacy().isEmpty()) {
      writeLegacy(signed, suffix, signatory);
    }
  }

  private static String suffix(DigestReference image) {
    return "-" + image.digest().algorithm().ociName() + "-" + image.digest().hex();
  }

  private void writeLegacy(SignedManifest manifest, String suffix, Signatory signatory)
      throws BullaException {
    StringBuilder signatures = new StringBuilder();
    List<Bytes> payloads = new ArrayList<>();
    for (SignedManifest.LegacySigned output : manifest.legacy()) {
      signatures
          .append(signatures.isEmpty() ? "" : "\n")
          .append(Base64Text.encode(output.signature()));
      if (!payloads.isEmpty()) {
        payloads.add(Bytes.utf8("\n"));
      }
      payloads.add(output.payload());
    }
    String signatureFile = flags.get(SignCommand.OUTPUT_SIGNATURE);
    if (!signatureFile.isEmpty()) {
      context.files().writePrivate(signatureFile + suffix, Bytes.utf8(signatures.toString()));
    }
    String payloadFile = flags.get(SignCommand.OUTPUT_PAYLOAD);
    if (!payloadFile.isEmpty()) {
      context
          .files()
          .writePrivate(payloadFile + suffix, Bytes.concat(payloads.toArray(Bytes[]::new)));
    }
    String certificateFile = flags.get(SignCommand.OUTPUT_CERTIFICATE);
    if (!certificateFile.isEmpty()) {
      // without a certificate the public key takes its place
      String pem =
          signatory.certificates().isEmpty()
              ? signatory.signer().publicKey().toPem()
              : Certificate.parse(signatory.certificates().get(0)).toPem();
      context.files().writePrivate(certificateFile, Bytes.utf8(pem));
      context.err().println("Certificate wrote in the file " + Quoted.plain(certificateFile));
    }
  }
}
