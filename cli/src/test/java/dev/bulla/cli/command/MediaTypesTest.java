package dev.bulla.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.bytes.Bytes;
import dev.bulla.bytes.HexText;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MediaTypesTest {

  /** The answers of cosign 3.1.1 for the first seven. */
  @ParameterizedTest
  @CsvSource({
    "0061736d01000000, application/wasm",
    "3c3f786d6c2076657273696f6e3d22312e30223f3e3c612f3e, text/xml",
    "7f454c46616263, text/plain",
    "255044462d312e34, application/pdf",
    "1f8b08616263, application/x-gzip",
    "7b2261223a317d, text/plain",
    "'', text/plain",
    "20203c68746d6c3e, text/html",
    "3c21444f43545950452068746d6c3e, text/html",
    "89504e470d0a1a0a, image/png",
    "0102, application/octet-stream",
    "e28286, text/plain",
  })
  void knowsAFileByItsStart(String hex, String type) throws Exception {
    assertThat(MediaTypes.sniff(hex.isEmpty() ? Bytes.EMPTY : HexText.decode(hex, "test")))
        .hasToString(type);
  }

  @Test
  void looksAtTheStartOnly() {
    assertThat(MediaTypes.sniff(Bytes.utf8("x".repeat(512) + "\0"))).hasToString("text/plain");
    assertThat(MediaTypes.sniff(Bytes.utf8("x".repeat(511) + "\0")))
        .hasToString("application/octet-stream");
  }
}
