package dev.bulla.verify;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.error.MalformedInputException;
import dev.bulla.key.KeyType;
import dev.bulla.vectors.Vectors;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class SshFingerprintTest {

  static List<Vectors.Row> printedByOpenSsh() throws MalformedInputException {
    return Vectors.table("ssh-fingerprints/fingerprints.tsv");
  }

  @ParameterizedTest
  @MethodSource("printedByOpenSsh")
  void isWhatOpenSshPrints(Vectors.Row row) throws Exception {
    assertThat(SshFingerprint.of(Vectors.publicKey("ssh-fingerprints/" + row.name())))
        .isEqualTo(row.value());
  }

  @Test
  void isTestedForEveryTypeOfKey() throws Exception {
    Set<KeyType> types = EnumSet.noneOf(KeyType.class);
    for (Vectors.Row row : printedByOpenSsh()) {
      types.add(Vectors.publicKey("ssh-fingerprints/" + row.name()).type());
    }

    assertThat(types).containsExactly(KeyType.values());
  }
}
