package dev.bulla.dist;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bulla.bytes.Base64Text;
import dev.bulla.bytes.Bytes;
import dev.bulla.key.SignatureCheck;
import dev.bulla.key.VerificationKey;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ArchiveSignatureTest {

  @TempDir private Path folder;

  @Test
  void withoutAReleaseKeySignsWithOneThatLiesBeside() throws Exception {
    Path archive = Files.writeString(folder.resolve("bulla.zip"), "an archive");

    ArchiveSignature.main(new String[] {"sign", archive.toString(), ""});

    VerificationKey key =
        VerificationKey.parsePem(
            Bytes.utf8(Files.readString(folder.resolve("bulla.zip.pub"))), "bulla.zip.pub");
    Bytes signature =
        Base64Text.decode(Files.readString(folder.resolve("bulla.zip.sig")).strip(), "signature");
    assertThat(key.check(Bytes.utf8("an archive"), signature, Optional.empty()))
        .isInstanceOf(SignatureCheck.Matched.class);
    assertThat(key.check(Bytes.utf8("another"), signature, Optional.empty()))
        .isInstanceOf(SignatureCheck.Mismatch.class);
  }

  @Test
  void checksWhatItSignedAndNothingElse() throws Exception {
    Path archive = Files.writeString(folder.resolve("bulla.zip"), "an archive");
    ArchiveSignature.main(new String[] {"sign", archive.toString(), ""});
    String[] check = {"check", archive.toString(), archive + ".pub"};

    assertThatCode(() -> ArchiveSignature.main(check)).doesNotThrowAnyException();
    Files.writeString(archive, "another");
    assertThatThrownBy(() -> ArchiveSignature.main(check)).hasMessageContaining("did not sign");
  }
}
