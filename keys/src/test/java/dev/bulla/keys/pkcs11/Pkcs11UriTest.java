package dev.bulla.keys.pkcs11;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.bulla.bytes.Bytes;
import dev.bulla.bytes.HexText;
import dev.bulla.error.MalformedInputException;
import dev.bulla.json.JsonArray;
import dev.bulla.json.JsonNumber;
import dev.bulla.json.JsonObject;
import dev.bulla.json.JsonParser;
import dev.bulla.json.JsonString;
import dev.bulla.json.JsonValue;
import dev.bulla.key.Password;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class Pkcs11UriTest {

  private static final String TEXT =
      "pkcs11:token=token%20label;slot-id=1;id=%6b%65%79%5f%69%64;object=key%20label"
          + "?module-path=/path/to/some%20folder/libmodule.so&pin-value=1234";

  private static Pkcs11Uri parse(String text) throws MalformedInputException {
    return Pkcs11Uri.parse(text, Optional.empty());
  }

  @Test
  void readsEveryVectorAsItSays() throws Exception {
    int count = 0;
    for (JsonValue value : vectors().values()) {
      JsonObject vector = (JsonObject) value;
      String uri = text(vector, "uri");
      count++;
      if (text(vector, "expect").equals("ok")) {
        Pkcs11Uri parsed = parse(uri);
        assertThat(parsed.token()).as(uri).isEqualTo(text(vector, "token"));
        assertThat(parsed.slot())
            .as(uri)
            .isEqualTo(
                OptionalLong.of(((JsonNumber) vector.get("slot_id").orElseThrow()).longValue()));
        assertThat(HexText.encode(parsed.id())).as(uri).isEqualTo(text(vector, "id_hex"));
        assertThat(parsed.object()).as(uri).isEqualTo(text(vector, "object"));
        assertThat(parsed.modulePath()).as(uri).isEqualTo(text(vector, "module_path"));
        assertThat(pin(parsed)).as(uri).isEqualTo(text(vector, "pin"));
      } else {
        assertThatExceptionOfType(MalformedInputException.class)
            .as(uri)
            .isThrownBy(() -> parse(uri))
            .withMessageStartingWith("invalid uri: ");
      }
    }
    assertThat(count).isGreaterThan(5);
  }

  @Test
  void readsWhatRfc7512EscapesAndPassesOverTheRest() throws Exception {
    Pkcs11Uri uri =
        parse(
            "pkcs11:library-manufacturer=Acme;token=a%3Bb;model=x;id=%00%FF;object=k%20%26;type=private"
                + "?module-name=m&pin-source=file:/etc/pin&module-path=/a%20b/m.so&pin-value=%31+%2b");

    assertThat(uri.token()).isEqualTo("a;b");
    assertThat(uri.slot()).isEmpty();
    assertThat(uri.id()).isEqualTo(Bytes.of((byte) 0, (byte) 0xff));
    assertThat(uri.object()).isEqualTo("k &");
    assertThat(uri.modulePath()).isEqualTo("/a b/m.so");
    assertThat(pin(uri)).isEqualTo("1 +");
  }

  @Test
  void writesWhatCosignWrites() throws Exception {
    Pkcs11Uri uri =
        Pkcs11Uri.of(
                "/path/to/some folder/libmodule.so",
                1,
                "token label",
                Bytes.utf8("key_id"),
                "key label")
            .withPin("1234");

    assertThat(uri.text()).isEqualTo(TEXT);
    assertThat(parse(TEXT).text()).isEqualTo(TEXT);
    assertThat(Pkcs11Uri.of("/m.so", 0, "", Bytes.EMPTY, "k").text())
        .isEqualTo("pkcs11:;slot-id=0;object=k?module-path=/m.so");
  }

  @Test
  void thePinIsWrittenOnlyWhereItIsAskedFor() throws Exception {
    Pkcs11Uri uri = parse(TEXT);

    assertThat(uri.hasPin()).isTrue();
    assertThat(uri.shown() + uri).doesNotContain("1234").doesNotContain("pin-value");
  }

  @Test
  void theModuleMayComeFromElsewhere() throws Exception {
    assertThat(Pkcs11Uri.parse("pkcs11:token=t;object=k", Optional.of("/m.so")).modulePath())
        .isEqualTo("/m.so");
    assertThat(
            Pkcs11Uri.parse("pkcs11:token=t;object=k?module-path=/n.so", Optional.of("/m.so"))
                .modulePath())
        .isEqualTo("/n.so");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "pkcs11:x | one of token and slot-id must be set",
        "pkcs11:object=k?module-path=/m.so | one of token and slot-id must be set",
        "pkcs11:slot-id=x;object=k?module-path=/m.so | slot-id 'x' is not a valid number",
        "pkcs11:slot-id=-1;object=k?module-path=/m.so | slot-id '-1' is not a valid number",
        "pkcs11:slot-id=9999999999999999999;object=k?module-path=/m.so | slot-id"
            + " '9999999999999999999' is not a valid number",
        "pkcs11:token=t;object=k | module-path or COSIGN_PKCS11_MODULE_PATH must be set to the"
            + " absolute path of the PKCS11 module",
        "pkcs11:token=t?module-path=/m.so | one of object and id must be set",
        "pkcs11:token=%f;object=k?module-path=/m.so | a % that two hexadecimal digits do not"
            + " follow",
        "pkcs11:token=%fx;object=k?module-path=/m.so | a % that two hexadecimal digits do not"
            + " follow",
        "pkcs11:token=%ff;object=k?module-path=/m.so | token: not valid UTF-8",
        "pkcs12:token=t | not a PKCS11 uri"
      })
  void saysWhatIsWrongInTheWordsOfCosign(String text, String problem) {
    assertThatExceptionOfType(MalformedInputException.class)
        .isThrownBy(() -> parse(text))
        .withMessage("invalid uri: " + problem);
  }

  @Test
  void isOfLimitedLength() {
    assertThatExceptionOfType(MalformedInputException.class)
        .isThrownBy(() -> parse("pkcs11:token=" + "x".repeat(20_000)));
  }

  @Test
  void whatIsWrittenIsReadAgainAsTheSame() throws Exception {
    Random random = new Random(20260101);
    for (int i = 0; i < 2000; i++) {
      Pkcs11Uri uri =
          Pkcs11Uri.of(
                  "/" + anyText(random),
                  random.nextInt(1 << 20),
                  anyText(random),
                  Bytes.utf8(anyText(random)),
                  anyText(random) + "k")
              .withPin(anyText(random));
      Pkcs11Uri again = parse(uri.text());
      assertThat(again.text()).isEqualTo(uri.text());
      assertThat(again.token()).isEqualTo(uri.token());
      assertThat(again.id()).isEqualTo(uri.id());
      assertThat(again.object()).isEqualTo(uri.object());
      assertThat(again.modulePath()).isEqualTo(uri.modulePath());
      assertThat(pin(again)).isEqualTo(pin(uri));
    }
  }

  private static String anyText(Random random) {
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(6); i > 0; i--) {
      text.appendCodePoint(
          random.nextInt(4) == 0 ? 0xa0 + random.nextInt(0x1000) : random.nextInt(0x80));
    }
    return text.toString();
  }

  private static String pin(Pkcs11Uri uri) throws MalformedInputException {
    Optional<Password> pin = uri.pin();
    return pin.isEmpty() ? "" : Bytes.owning(pin.get().copyBytes()).toUtf8String("PIN");
  }

  private static String text(JsonObject vector, String name) {
    return vector.get(name).orElse(null) instanceof JsonString text ? text.value() : "";
  }

  private static JsonArray vectors() throws IOException, MalformedInputException {
    try (InputStream in =
        Pkcs11UriTest.class.getResourceAsStream("/vectors/pkcs11/pkcs11-uris.json")) {
      return (JsonArray) JsonParser.parse(Bytes.owning(in.readAllBytes()), "vectors");
    }
  }
}
