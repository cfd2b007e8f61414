package dev.bulla.verify;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.key.KeyType;
import java.io.Serializable;
import java.lang.reflect.Constructor;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A proof is worth what it takes to make one. */
final class VerifiedTest {

  @Test
  void cannotBeMadeByAnybodyElse() {
    assertThat(Verified.class)
        .isFinal()
        .matches(type -> !type.isRecord())
        .matches(type -> !Serializable.class.isAssignableFrom(type))
        .matches(type -> !Cloneable.class.isAssignableFrom(type));
    assertOnlyThePackageCanMake(Verified.class);
    for (Class<?> type : VerifiedSignature.class.getPermittedSubclasses()) {
      assertThat(type).isFinal().matches(t -> !Serializable.class.isAssignableFrom(t));
      assertOnlyThePackageCanMake(type);
    }
  }

  private static void assertOnlyThePackageCanMake(Class<?> type) {
    assertThat(type.getDeclaredConstructors()).isNotEmpty().allMatch(VerifiedTest::isOfThePackage);
  }

  private static boolean isOfThePackage(Constructor<?> constructor) {
    return !Modifier.isPublic(constructor.getModifiers())
        && !Modifier.isProtected(constructor.getModifiers());
  }

  @Test
  void copiesWhatItIsGiven() {
    List<String> relaxations = new ArrayList<>(List.of("a"));
    Verified<String> verified = new Verified<>("x", relaxations);
    relaxations.clear();

    assertThat(verified.relaxations()).containsExactly("a");
    assertThat(verified).hasToString("Verified[x]");
  }

  @Test
  void namesWhatWasNotChecked() throws Exception {
    Party alice = Party.withKey(KeyType.ED25519);
    Image image = Image.of("the image");
    Policy policy = Policy.requiringKey(alice.key()).insecurelyIgnoringLog();
    SignedImage signed = image.with(Evidence.dsse(alice, image));

    assertThat(Verifier.verify(signed, policy).relaxations())
        .containsExactly("transparency log not checked");
    assertThat(Verifier.verify(signed, policy.insecurelyIgnoringClaims()).relaxations())
        .containsExactly("transparency log not checked", "claims not checked");
  }
}
