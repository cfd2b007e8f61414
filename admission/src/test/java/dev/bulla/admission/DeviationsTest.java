package dev.bulla.admission;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Method;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.FieldSource;

/**
 * Where the webhook does otherwise than Connaisseur, and the tests that hold it: one that denies or
 * refuses what Connaisseur lets by, and one that what is right still passes. A row whose tests are
 * renamed or taken away fails here.
 */
class DeviationsTest {

  private static final String EXAMPLES =
      "rule.WorkedExamplesTest.eachImageFallsUnderTheRuleThatIsExpected";

  @SuppressWarnings("unused") // by its name, from below
  private static final Arguments[] ROWS = {
    row(1, EXAMPLES, "rule.RegistrySpellingsTest.noSpellingGetsAroundTheRuleOfARegistry"),
    row(
        2,
        "verify.SignatureVerifierTest.aSignatureThatWasCopiedFromAnotherImageIsNone",
        "verify.SignatureVerifierTest.aDigestIsNotAskedForAndStaysWhatItIs"),
    row(
        3,
        "config.ConfigLoaderTest.whatConnaisseurFoundOnlyAtTheFirstRequestIsAnErrorNow",
        "config.ConfigLoaderTest.aSoundConfigurationIsRead"),
    row(
        4,
        "verify.SignatureVerifierTest.signaturesOfEitherFormatCount",
        "verify.SignatureVerifierTest.aTagThatNamesNothingIsNotCalledUnsigned"),
    row(
        5,
        "verify.QuorumOfSignaturesTest.isDenied",
        "verify.QuorumOfSignaturesTest.isAdmitted",
        "verify.QuorumOfSignaturesTest.isNoRule",
        "quorum.QuorumTest.theTable"),
    row(6, "image.ImageNameTest.namesHaveOneForm", EXAMPLES),
    row(7, EXAMPLES, "rule.RegistrySpellingsTest.dockerHubIsOneRegistryUnderAllItsNames"),
    row(8, EXAMPLES, "rule.RegistrySpellingsTest.anotherRegistryDoesNotBecomeTheSame"),
    row(
        9,
        "review.WorkloadTest.everyKindHasItsImagesFound",
        "decide.FixedPlacesTest.aPodKeepsItsDebugContainersAndVolumesThroughOtherUpdates"),
    row(
        10,
        "server.AlertingTest.nothingIsToldOfADryRunAndNothingTwice",
        "server.AlertingTest.whatIsDeniedIsToldToTheOthersWithTheReason",
        "cache.CachingVerifierTest.aDryRunLeavesNoDenialBehind",
        "cache.CachingVerifierTest.aConclusiveNoIsRememberedForAShorterTime"),
    row(
        11,
        "cache.CachingVerifierTest.whatIsKnownUnderOneRuleIsNothingUnderAnother",
        "cache.CachingVerifierTest.aVerifiedDigestIsRememberedForAWhile",
        "cache.CachingVerifierTest.anEntryThatSomebodyElseWroteAdmitsNothing",
        "cache.CachingVerifierTest.replicasShareWhatTheyFoundOut",
        "cache.CachingVerifierTest.aThousandWhoAskForTheSameNewImageCauseOneLook"),
    row(
        12,
        "cluster.ClusterOwnersTest.whatWasLetThroughWithoutALookOwnsNothing",
        "cluster.ClusterOwnersTest.aChildHasTheImagesThatItsOwnerWasAdmittedWith",
        "cluster.ClusterOwnersTest.strictLooksAtPodsAndTrustsTheOwnersOfOthers"),
    row(
        13,
        "verify.SecretsTest.severalRegistriesAsDockerHasThem",
        "verify.SecretsTest.theLoginOfAValidatorReachesTheRegistry"),
    row(
        14,
        "command.AdmissionWiringTest.signedIsPinnedAndUnsignedIsDeniedWithWhyAndValidateSeesWhatIsFinal",
        "server.HandlerRowsTest.h5To7StaticRulesAndDetectionMode"),
    row(
        15,
        "verify.KeylessTest.trustMaterialIsFetchedOnceAndOutlivesItsSource",
        "verify.RenewedTest.nobodyWaitsForANewerOne",
        "verify.KeylessTest.withoutTrustMaterialTheQuestionStaysOpen"),
    row(
        16,
        "decide.DeciderTest.theFirstDenialInTheWorkloadIsToldWhoeverAnsweredFirst",
        "decide.DeciderTest.staticValidatorsDecideWithoutLooking"),
    row(
        17,
        "config.FeatureSettingsTest.theEnvironmentIsReadAsConnaisseurReadsIt",
        "cache.CachingVerifierTest.denialsAreNotRememberedWhereNobodyWantsThat"),
    row(
        18,
        "verify.SecretsTest.theAuthorityOfAValidatorIsTrustedForItsRegistry",
        "config.ConfigLoaderTest.addressesAndCertificatesAreChecked")
  };

  private static Arguments row(int number, String... tests) {
    return Arguments.of(number, tests);
  }

  @ParameterizedTest(name = "D{0}")
  @FieldSource("ROWS")
  void eachDeviationHasATestInBothDirections(int number, String[] tests) throws Exception {
    assertThat(tests).doesNotHaveDuplicates().hasSizeGreaterThanOrEqualTo(2);
    for (String test : tests) {
      int dot = test.lastIndexOf('.');
      Class<?> type = Class.forName("dev.bulla.admission." + test.substring(0, dot));
      assertThat(Arrays.stream(type.getDeclaredMethods()).filter(DeviationsTest::isTest))
          .as("D" + number)
          .extracting(Method::getName)
          .contains(test.substring(dot + 1));
    }
  }

  static boolean isTest(Method method) {
    return method.isAnnotationPresent(Test.class)
        || method.isAnnotationPresent(ParameterizedTest.class);
  }

  @Test
  void allEighteenAreHere() {
    assertThat(ROWS).extracting(row -> row.get()[0]).doesNotHaveDuplicates().hasSize(18);
  }
}
