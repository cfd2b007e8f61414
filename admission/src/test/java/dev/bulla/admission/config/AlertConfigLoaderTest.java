package dev.bulla.admission.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bulla.admission.ConnaisseurRow;
import dev.bulla.admission.config.AlertConfig.Header;
import dev.bulla.admission.config.AlertConfig.Receiver;
import dev.bulla.bytes.Bytes;
import dev.bulla.error.ConfigurationException;
import dev.bulla.json.JsonParser;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AlertConfigLoaderTest {

  private static AlertConfig load(String text) throws Exception {
    return AlertConfigLoader.load(text, "alerts.yaml");
  }

  @Test
  @ConnaisseurRow("E14")
  void anEmptyFileTellsNobody() throws Exception {
    for (String text : new String[] {"", "{}", "null"}) {
      assertThat(load(text)).isEqualTo(AlertConfig.NONE);
    }
    assertThat(load("{}").cluster()).isEqualTo("not specified");
  }

  @Test
  void everyKeyIsRead() throws Exception {
    AlertConfig config =
        load(
            """
            clusterIdentifier: west
            admitRequest:
              receivers:
              - template: opsgenie
                receiverUrl: https://api.example/v2/alerts
                priority: 4
                failIfAlertSendingFails: true
                customHeaders:
                - "Authorization: GenieKey a:b"
                - {name: X-Token, secretRef: {name: hook, key: token}}
                payloadFields:
                  responders: [{username: who, type: user}]
                  count: 3
                  note: "3"
                  quiet: false
            rejectRequest:
              receivers:
              - {template: keybase, receiverUrl: "https://bots.example/x"}
            """);

    assertThat(config.cluster()).isEqualTo("west");
    Receiver first = config.admit().get(0);
    assertThat(first.name()).isEqualTo("opsgenie-0");
    assertThat(first.priority()).isEqualTo(4);
    assertThat(first.mandatory()).isTrue();
    assertThat(first.headers())
        .containsExactly(
            new Header.Plain("Authorization", "GenieKey a:b"),
            new Header.FromSecret("X-Token", "hook", "token"));
    assertThat(first.payloadFields())
        .isEqualTo(
            JsonParser.parse(
                Bytes.utf8(
                    "{\"responders\":[{\"username\":\"who\",\"type\":\"user\"}],\"count\":3,"
                        + "\"note\":\"3\",\"quiet\":false}"),
                "expected"));
    Receiver second = config.reject().get(0);
    assertThat(second.name()).isEqualTo("keybase-0");
    assertThat(second.priority()).isEqualTo(3);
    assertThat(second.mandatory()).isFalse();
    assertThat(config.warnings()).isEmpty();
  }

  @Test
  void olderNamesAndAWholeValuesFileAreRead() throws Exception {
    AlertConfig config =
        load(
            """
            kubernetes: {}
            application: {}
            alerting:
              cluster_identifier: old
              reject_request:
                templates:
                - template: slack
                  receiver_url: https://hooks.example/x
                  custom_headers: ["A: b"]
                  payload_fields: {c: d}
                  fail_if_alert_sending_fails: True
            """);
    assertThat(config.cluster()).isEqualTo("old");
    assertThat(config.reject().get(0).mandatory()).isTrue();
    assertThat(config.reject().get(0).headers()).containsExactly(new Header.Plain("A", "b"));
    assertThat(config.warnings())
        .contains("alerts.yaml:4: cluster_identifier is called clusterIdentifier today");
    assertThat(load("application: {}")).isEqualTo(AlertConfig.NONE);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{receiverUrl: 'https://x.example'} | TemplateFile is a required field",
        "{template: slack} | URL is a required field",
        "{template: slack, receiverUrl: 'ftp://x.example'} | URL must be a valid URL",
        "{template: slack, receiverUrl: 'not a url'} | URL must be a valid URL",
        "{template: slack, receiverUrl: 'https://x.example', priority: -1} | Priority must be 0 or"
            + " greater",
        "{template: slack, receiverUrl: 'https://x.example', customHeaders: []} | Headers must"
            + " contain at least 1 item",
        "{template: slack, receiverUrl: 'https://x.example', customHeaders: ['a: b', 'c']} |"
            + " Headers[1] must contain the text ':'",
        "{template: slack, receiverUrl: 'https://x.example', payloadFields: {}} | PayloadFields"
            + " must contain at least 1 item",
        "{template: slack, receiverUrl: 'https://x.example', payloadFields: [a]} | PayloadFields"
            + " must be a mapping",
        "{template: ../slack, receiverUrl: 'https://x.example'} | is no file name",
        "{template: slack, receiverUrl: 'https://x.example', extra: 1} | field extra not found",
        "{template: slack, receiverUrl: 'https://x.example', customHeaders: [{name: A}]} | a header"
            + " needs secretRef with name and key",
      })
  @ConnaisseurRow({"E9", "E11", "E16"})
  void everyMistakeIsAnErrorWithItsLine(String receiver, String error) {
    assertThatThrownBy(() -> load("admitRequest:\n  receivers:\n  - " + receiver + "\n"))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageStartingWith("Config has 1 error:\nConfig error 1: alerts.yaml:3: ")
        .hasMessageContaining(error);
  }

  @Test
  void addressesAndHeadersAreNotShown() throws Exception {
    AlertConfig config =
        load(
            """
            admitRequest:
              receivers:
              - template: slack
                receiverUrl: https://hooks.example/T00/secret
                customHeaders: ["Authorization: hidden"]
            """);
    assertThat(config.toString()).doesNotContain("secret").doesNotContain("hidden");
  }

  /** What Connaisseur could not write as JSON is a text here, like everything that is no number. */
  @Test
  @ConnaisseurRow("E4")
  void everyPayloadFieldCanBeWrittenAsJson() throws Exception {
    AlertConfig config =
        load(
            """
            admitRequest:
              receivers:
              - template: slack
                receiverUrl: https://hooks.example/x
                payloadFields: {a: .nan, b: .inf, c: 2026-11-22, d: 0x10, e: ~, f: 1e3, g: {1: [-.Inf]}}
            """);
    assertThat(config.admit().get(0).payloadFields())
        .isEqualTo(
            JsonParser.parse(
                Bytes.utf8(
                    "{\"a\":\".nan\",\"b\":\".inf\",\"c\":\"2026-11-22\",\"d\":\"0x10\",\"e\":null,"
                        + "\"f\":1e3,\"g\":{\"1\":[\"-.Inf\"]}}"),
                "expected"));
  }
}
