package dev.bulla;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.bytes.Bytes;
import dev.bulla.error.BullaException;
import dev.bulla.evidence.LegacySignature;
import dev.bulla.evidence.Unreadable;
import dev.bulla.layout.OciLayout;
import dev.bulla.oci.DigestReference;
import dev.bulla.oci.MediaType;
import dev.bulla.oci.Repository;
import dev.bulla.testkit.registry.SampleImage;
import java.nio.file.Files;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What each command asks of the library, and how to see that it was done. */
enum FaultyWork {
  COPY {
    @Override
    void run(FaultyWorld world) throws BullaException {
      world
          .bulla
          .copy()
          .copy(world.source, world.target(), CopyRequest.everything(), Progress.SILENT);
    }

    @Override
    boolean isDone(FaultyWorld world) throws BullaException {
      return world.carriesBoth(world.target());
    }
  },
  SAVE {
    @Override
    void run(FaultyWorld world) throws BullaException {
      OciLayout layout = OciLayout.create(world.folder, "saved");
      world.bulla.saving().save(world.source, layout, world.layouts.add(layout), Progress.SILENT);
    }

    @Override
    boolean isDone(FaultyWorld world) throws BullaException {
      if (!Files.exists(world.folder.resolve("index.json"))) {
        return false;
      }
      OciLayout layout = OciLayout.open(world.folder, "saved");
      Repository place = world.layouts.add(layout);
      // what has an index is complete, always
      assertThat(world.carriesBoth(place.at(layout.image().digest()))).isTrue();
      return true;
    }
  },
  LOAD {
    @Override
    void prepare(FaultyWorld world) throws BullaException {
      SAVE.run(world);
    }

    @Override
    void run(FaultyWorld world) throws BullaException {
      OciLayout layout = OciLayout.open(world.folder, "saved");
      Repository place = world.layouts.add(layout);
      DigestReference image = place.at(layout.image().digest());
      world.bulla.saving().load(image, world.target(), Progress.SILENT);
    }

    @Override
    boolean isDone(FaultyWorld world) throws BullaException {
      return world.carriesBoth(world.target());
    }
  },
  CLEAN {
    @Override
    void run(FaultyWorld world) throws BullaException {
      var failure =
          world
              .bulla
              .cleaning()
              .clean(
                  world.bulla.resolve(world.source),
                  EnumSet.allOf(EvidenceCleaning.Removal.class),
                  new EvidenceCleaning.Listener() {});
      if (failure.isPresent()) {
        throw failure.get();
      }
    }

    @Override
    boolean isDone(FaultyWorld world) throws BullaException {
      return world.fresh().download().signatures(world.source).isEmpty();
    }
  },
  SIGN {
    @Override
    void run(FaultyWorld world) throws BullaException {
      Bench.sign(
          world.bulla, world.source, SignRequest.of(Bench.BOB).withFormats(Bench.BOTH), false);
    }

    @Override
    boolean isDone(FaultyWorld world) throws BullaException {
      SignatureDownload.Found found = world.fresh().download().signatures(world.source);
      // again after a refusal, it may be there twice: under the tag, and beside it
      return found.legacy().size() >= 2 && found.bundles().size() >= 2 && world.verifies(Bench.BOB);
    }
  },
  SIGN_ONCE {
    @Override
    void run(FaultyWorld world) throws BullaException {
      SignRequest request = SignRequest.of(Bench.BOB).withFormats(Bench.BOTH);
      for (SigningTarget target : world.bulla.targets(world.source, false)) {
        EnumSet<SignRequest.Format> missing = EnumSet.copyOf(request.formats());
        world
            .bulla
            .alreadyStored(target.image(), request)
            .forEach(stored -> missing.remove(stored.format()));
        if (!missing.isEmpty()) {
          SignRequest rest = request.withFormats(missing);
          SignedManifest signed = world.bulla.sign(target, rest, Progress.SILENT);
          world.bulla.store(signed, rest, Progress.SILENT);
          world.bulla.confirm(signed, rest, Duration.ofSeconds(2));
        }
      }
    }

    @Override
    boolean isDone(FaultyWorld world) throws BullaException {
      // one of the other signer, and never two of this one
      SignatureDownload.Found found = world.fresh().download().signatures(world.source);
      return found.legacy().size() == 2
          && found.bundles().size() >= 2
          && found.bundles().size() <= 3
          && world.verifies(Bench.BOB);
    }
  },
  ATTACH_SIGNATURE {
    private final Map<String, String> annotations =
        Map.of(LegacySignature.SIGNATURE_ANNOTATION, "not even base64");

    @Override
    void run(FaultyWorld world) throws BullaException {
      world
          .bulla
          .attach()
          .legacy(world.bench.image, Optional.of(Bytes.utf8("payload")), annotations);
    }

    @Override
    boolean isDone(FaultyWorld world) throws BullaException {
      return world.fresh().download().signatures(world.source).legacy().size() >= 2;
    }
  },
  ATTACH_ATTESTATION {
    @Override
    void run(FaultyWorld world) throws BullaException {
      world.bulla.attach().attestation(world.bench.image, Bytes.utf8("{\"payload\":\"e30=\"}"));
    }

    @Override
    boolean isDone(FaultyWorld world) throws BullaException {
      return world.fresh().tree().of(world.source, false).size() == 2;
    }
  },
  ATTACH_BUNDLE {
    @Override
    void prepare(FaultyWorld world) throws BullaException {
      world.attestation = Attestations.of(Bench.ALICE, Bench.IMAGE.digest());
    }

    @Override
    void run(FaultyWorld world) throws BullaException {
      world.bulla.attach().bundle(world.source, world.attestation);
    }

    @Override
    boolean isDone(FaultyWorld world) throws BullaException {
      return !world
          .fresh()
          .attestations()
          .of(world.source, Optional.of(Attestations.PREDICATE), "")
          .bundles()
          .isEmpty();
    }
  },
  ATTACH_SBOM {
    @Override
    void run(FaultyWorld world) throws BullaException {
      world.bulla.sboms().attach(world.bench.image, SBOM, SPDX);
    }

    @Override
    boolean isDone(FaultyWorld world) throws BullaException {
      return world.fresh().sboms().of(world.source, "").equals(new Sboms.Sbom(SPDX, SBOM));
    }
  },
  ATTACH_SBOM_AS_REFERRER {
    @Override
    void run(FaultyWorld world) throws BullaException {
      world.bulla.sboms().attachAsReferrer(world.bench.image, SBOM, SPDX);
    }

    @Override
    boolean isDone(FaultyWorld world) throws BullaException {
      return world.fresh().sboms().of(world.source, "").equals(new Sboms.Sbom(SPDX, SBOM));
    }
  },
  UPLOAD {
    @Override
    void run(FaultyWorld world) throws BullaException {
      world
          .bulla
          .upload()
          .file(
              world.target(),
              new FileUpload.PlatformFile(SBOM, SPDX, Optional.empty()),
              Map.of("a", "b"));
    }

    @Override
    boolean isDone(FaultyWorld world) throws BullaException {
      return world.client.headManifest(world.target()).isPresent();
    }
  },
  DOWNLOAD_SIGNATURE {
    @Override
    void run(FaultyWorld world) throws BullaException {
      SignatureDownload.Found found = world.bulla.download().signatures(world.source);
      require(found.unreadable());
      world.read = found.bundles().size() + " and " + found.legacy().size();
    }

    @Override
    boolean isDone(FaultyWorld world) {
      return world.read.equals("1 and 1");
    }
  },
  DOWNLOAD_ATTESTATION {
    @Override
    void prepare(FaultyWorld world) throws BullaException {
      ATTACH_BUNDLE.prepare(world);
      ATTACH_BUNDLE.run(world);
    }

    @Override
    void run(FaultyWorld world) throws BullaException {
      AttestationDownload.Found found =
          world.bulla.attestations().of(world.source, Optional.of(Attestations.PREDICATE), "");
      require(found.unreadable());
      world.read = found.bundles().size() + " of them";
    }

    @Override
    boolean isDone(FaultyWorld world) {
      return world.read.equals("1 of them");
    }
  },
  DOWNLOAD_SBOM {
    @Override
    void prepare(FaultyWorld world) throws BullaException {
      ATTACH_SBOM.run(world);
    }

    @Override
    void run(FaultyWorld world) throws BullaException {
      world.read = world.bulla.sboms().of(world.source, "").toString();
    }

    @Override
    boolean isDone(FaultyWorld world) {
      return world.read.equals(new Sboms.Sbom(SPDX, SBOM).toString());
    }
  },
  TREE {
    @Override
    void run(FaultyWorld world) throws BullaException {
      ArtifactTree.Tree tree = world.bulla.tree().look(world.source, true);
      require(tree.missing());
      world.read = tree.branches().size() + " branches";
    }

    @Override
    boolean isDone(FaultyWorld world) {
      return world.read.equals("2 branches");
    }
  },
  TRIANGULATE {
    @Override
    void run(FaultyWorld world) throws BullaException {
      world.read = world.bulla.resolve(world.source).digest().toString();
    }

    @Override
    boolean isDone(FaultyWorld world) {
      return world.read.equals(Bench.IMAGE.digest().toString());
    }
  },
  GC {
    private final SampleImage gone = SampleImage.image("gone");

    @Override
    void prepare(FaultyWorld world) throws BullaException {
      gone.pushTo(world.bench.app, "gone");
      Bench.sign(
          world.bulla,
          world.reference("app:gone"),
          SignRequest.of(Bench.ALICE).withFormats(Bench.BOTH),
          false);
      world.bench.app.deleteManifest(gone.digest());
    }

    @Override
    void run(FaultyWorld world) throws BullaException {
      OrphanPlan plan =
          world.bulla.orphans().plan(world.source.repository(), List.of(), Optional.empty());
      OrphanRemoval removal = world.bulla.orphans().removal(List.of());
      for (OrphanPlan.Removal one : plan.removals()) {
        removal.remove(plan.repository(), one);
      }
      for (OrphanPlan.Rewrite one : plan.rewrites()) {
        removal.rewrite(plan.repository(), one);
      }
    }

    @Override
    boolean isDone(FaultyWorld world) throws BullaException {
      // what belongs to an image that is there stays in any case
      assertThat(world.carriesBoth(world.source)).isTrue();
      return world
          .fresh()
          .orphans()
          .plan(world.source.repository(), List.of(), Optional.empty())
          .isEmpty();
    }
  };

  private static final Bytes SBOM = Bytes.utf8("SPDXVersion: SPDX-2.3\n");
  private static final MediaType SPDX = new MediaType("text/spdx");

  void prepare(FaultyWorld world) throws BullaException {}

  abstract void run(FaultyWorld world) throws BullaException;

  /** Asked after a run that said that all went well, and after one without a fault. */
  abstract boolean isDone(FaultyWorld world) throws BullaException;

  /** What a command prints a line about, and ends with its code. */
  private static void require(List<Unreadable> unreadable) throws BullaException {
    if (!unreadable.isEmpty()) {
      throw unreadable.get(0).why();
    }
  }
}
