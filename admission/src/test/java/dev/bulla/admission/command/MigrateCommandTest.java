package dev.bulla.admission.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MigrateCommandTest {

  private static final String TWO =
      """
      # kept above
      deployment:
        replicasCount: 3
        image: securesystemsengineering/connaisseur:v2.8.0
        imagePullPolicy: IfNotPresent
        failurePolicy: Fail
        podSecurityPolicy:
          enabled: false
      service:
        type: ClusterIP
      # who decides
      validators:
      - name: default
        type: cosign
        trust_roots: # one for now
        - name: default
          key: k8s://connaisseur/cosign
        auth:
          secret_name: my-secret
          is_acr: false
      - name: logged
        type: cosign
        host: rekor.sigstore.dev
        trust_roots:
        - name: default
          key: k8s://connaisseur/cosign
        auth:
          k8s_keychain: true
          usePodPullSecrets: true # new
      policy:
      - pattern: "*:*" # everything
      - pattern: "docker.io/team/*:*"
        validator: logged
        with:
          trust_root: default
      logLevel: WARNING
      debug: false
      detectionMode: false
      namespacedValidation:
        enabled: true
        mode: validate
      automaticChildApproval:
        enabled: false
      automaticUnchangedApproval: true
      alerting:
        cluster_identifier: here
        reject_request:
          templates:
          - template: slack
            receiver_url: https://hooks.example/x
            custom_headers: ["a: b"]
            payload_fields:
              custom_headers: mine
            fail_if_alert_sending_fails: false
      """;

  private static final String THREE =
      """
      kubernetes:
        # kept above
        deployment:
          replicasCount: 3
          image:
            repository: securesystemsengineering/connaisseur
          pullPolicy: IfNotPresent
        service:
          type: ClusterIP
        webhook:
          failurePolicy: Fail
      application:
        # who decides
        validators:
        - name: default
          type: cosign
          trustRoots: # one for now
            - name: default
              key: k8s://connaisseur/cosign
          auth:
            secretName: my-secret
        - name: logged
          type: cosign
          host:
            rekor: rekor.sigstore.dev
          trustRoots:
          - name: default
            key: k8s://connaisseur/cosign
          auth:
            useKeychain: true
            usePodPullSecrets: true # new
        policy:
        - pattern: "*:*" # everything
          with:
            verifyInTransparencyLog: false
        - pattern: "docker.io/team/*:*"
          validator: logged
          with:
            trustRoot: default
        logLevel: warn
        features:
          detectionMode: false
          namespacedValidation:
            mode: validate
          automaticChildApproval: false
          automaticUnchangedApproval: true
          resourceValidationMode: podsOnly
      alerting:
        clusterIdentifier: here
        rejectRequest:
          receivers:
          - template: slack
            receiverUrl: https://hooks.example/x
            customHeaders: ["a: b"]
            payloadFields:
              custom_headers: mine
            failIfAlertSendingFails: false
      """;

  @TempDir Path folder;

  @Test
  void valuesOfConnaisseur2BecomeTodays() throws Exception {
    Lines.Result result =
        new Lines(folder).file("values.yaml", TWO).run("admission", "migrate", "values.yaml");

    assertThat(result.exit()).isZero();
    assertThat(result.stdout()).isEqualTo(THREE);
    assertThat(result.stderr())
        .contains(
            "note: values.yaml:5: imagePullPolicy is called pullPolicy today\n",
            "note: values.yaml:15: trust_roots is called trustRoots today\n",
            "note: values.yaml:23: host: ADDRESS is written host: { rekor: ADDRESS }\n",
            "note: values.yaml:31: verifyInTransparencyLog: false, because Connaisseur 2 did not"
                + " look into a log",
            "note: values.yaml:36: logLevel is written warn\n",
            "resourceValidationMode: podsOnly keeps what")
        .doesNotContain("WARNING");
  }

  @Test
  void whatIsTodaysAlreadyComesBackByteForByte() throws Exception {
    String odd =
        "\n" + THREE.replace("\"*:*\" # everything", "'*:*'   #  everything") + "\n\n# the end";

    Lines.Result result =
        new Lines(folder).file("values.yaml", odd).run("admission", "migrate", "values.yaml");

    assertThat(result.stdout()).isEqualTo(odd);
    assertThat(result.stderr()).isEqualTo("note: values.yaml: nothing had to be changed\n");
    assertThat(
            new Lines(folder).file("v.yaml", THREE).run("admission", "migrate", "v.yaml").stdout())
        .isEqualTo(THREE);
  }

  @Test
  void whatIsNewStaysBesideWhatIsRewritten() throws Exception {
    String two = "  host: rekor.sigstore.dev\n";
    assertThat(TWO).contains(two);
    Lines.Result result =
        new Lines(folder)
            .file("values.yaml", TWO.replace(two, two + "  signatureFormat: legacy\n"))
            .run("admission", "migrate", "values.yaml");

    assertThat(result.exit()).isZero();
    assertThat(result.stdout().lines().filter(line -> !line.contains("signatureFormat: legacy")))
        .isEqualTo(THREE.lines().toList());
    assertThat(result.stdout()).contains("    signatureFormat: legacy\n");
  }

  @Test
  void valuesOfConnaisseur3NeedFewChanges() throws Exception {
    Lines.Result result =
        new Lines(folder)
            .file(
                "values.yaml",
                """
                kubernetes:
                  deployment:
                    imagePullPolicy: Always
                application:
                  logLevel: DEBUG
                  validators:
                  - name: myvalidator
                    type: cosign
                    trustRoots:
                    - name: mykey
                      key: k8s://a/b
                    auth:
                      k8sKeychain: true
                  policy:
                  - pattern: "docker.io/securesystemsengineering/testimage:co-*"
                    validator: myvalidator
                    with:
                      key: mykey
                """)
            .run("admission", "migrate", "values.yaml");

    assertThat(result.stdout())
        .isEqualTo(
            """
            kubernetes:
              deployment:
                pullPolicy: Always
            application:
              logLevel: debug
              validators:
              - name: myvalidator
                type: cosign
                trustRoots:
                - name: mykey
                  key: k8s://a/b
                auth:
                  useKeychain: true
              policy:
              - pattern: "docker.io/securesystemsengineering/testimage:co-*"
                validator: myvalidator
                with:
                  trustRoot: mykey
            """);
    assertThat(result.stderr().lines().filter(line -> line.startsWith("note: "))).hasSize(4);
  }

  @Test
  void whatStillHasToBeMendedIsSaid() throws Exception {
    Lines.Result result =
        new Lines(folder)
            .file(
                "config.yaml",
                """
                validators:
                - name: default
                  type: notaryv1
                  trust_roots: []
                policy:
                - pattern: "*:*"
                """)
            .run("admission", "migrate", "config.yaml", "--output", "new.yaml");

    assertThat(result.exit()).isZero();
    assertThat(result.stdout()).isEmpty();
    assertThat(Files.readString(folder.resolve("new.yaml"))).contains("trustRoots: []");
    assertThat(result.stderr())
        .contains("note: config.yaml:3: validators of type notaryv1 are not supported")
        .contains("WARNING: Config has 1 error:\n")
        .contains("WARNING: Config error 1: the new file:3: validators of type notaryv1");
  }

  @Test
  void whatIsNoYamlAndWhatUnfoldsTooFarIsRefused() throws Exception {
    Lines lines = new Lines(folder);

    assertThat(lines.file("a.yaml", "a: [").run("admission", "migrate", "a.yaml").stderr())
        .startsWith("Error: error parsing file: a.yaml:1: yaml: ");
    assertThat(lines.file("b.yaml", "- 1").run("admission", "migrate", "b.yaml").stderr())
        .startsWith("Error: error parsing file: b.yaml: not a mapping\n");
    Lines.Result loop =
        lines
            .file("c.yaml", "debug: true\nalerting: &a\n  admit_request: *a\n")
            .run("admission", "migrate", "c.yaml");
    assertThat(loop.exit()).isEqualTo(1);
    assertThat(loop.stderr()).contains("nested too deeply");
  }
}
