package dev.bulla.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.JsonTokenId;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.core.io.JsonEOFException;
import com.fasterxml.jackson.core.util.JsonRecyclerPools;
import dev.bulla.bytes.Bytes;
import dev.bulla.error.BullaBug;
import dev.bulla.error.MalformedInputException;
import dev.bulla.error.Quoted;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A second opinion: builds the same tree from the tokens of Jackson, which is trusted for the
 * grammar; encoding, duplicate names, surrogates, limits and the end of the document are checked
 * here.
 */
final class JacksonOracle {

  /**
   * Its own limits are off or wide: the size of the document bounds them, and {@link JsonLimits}
   * decides. Nothing is kept between documents, neither buffers nor names, so that no document can
   * slow down or leak into another.
   */
  private static final JsonFactory FACTORY =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(JsonLimits.HIGHEST_DEPTH + 1)
                  .maxStringLength(Integer.MAX_VALUE)
                  .maxNameLength(Integer.MAX_VALUE)
                  .maxNumberLength(Integer.MAX_VALUE)
                  .build())
          .recyclerPool(JsonRecyclerPools.nonRecyclingPool())
          .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
          .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
          .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
          .build();

  private final JsonParser tokens;
  private final String what;
  private final JsonLimits limits;
  private int values;

  private JacksonOracle(JsonParser tokens, String what, JsonLimits limits) {
    this.tokens = tokens;
    this.what = what;
    this.limits = limits;
  }

  static JsonValue read(Bytes input, String what, JsonLimits limits)
      throws MalformedInputException {
    if (startsWithByteOrderMark(input)) {
      throw new MalformedInputException(what, "starts with a byte order mark");
    }
    // A Reader with a reporting decoder: Jackson's own UTF-8 reader guesses the encoding and lets
    // overlong forms pass.
    Reader characters =
        new InputStreamReader(
            input.newInputStream(),
            StandardCharsets.UTF_8
                .newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT));
    try (JsonParser tokens = FACTORY.createParser(characters)) {
      return new JacksonOracle(tokens, what, limits).document();
    } catch (CharacterCodingException e) {
      throw new MalformedInputException(what, "not valid UTF-8", e);
    } catch (JsonEOFException e) {
      throw new MalformedInputException(what, "ends inside a JSON value");
    } catch (StreamConstraintsException e) {
      throw new MalformedInputException(what, "exceeds what the JSON reader takes", e);
    } catch (JsonProcessingException e) {
      // neither its text nor the exception itself: both can quote the document, which may be a
      // credential file
      throw new MalformedInputException(what, "not valid JSON" + at(e.getLocation()));
    } catch (IOException e) {
      throw new BullaBug("reading from memory failed", e);
    }
  }

  private static boolean startsWithByteOrderMark(Bytes input) {
    return input.size() >= 3
        && input.at(0) == (byte) 0xef
        && input.at(1) == (byte) 0xbb
        && input.at(2) == (byte) 0xbf;
  }

  private JsonValue document() throws IOException, MalformedInputException {
    JsonToken first = tokens.nextToken();
    if (first == null) {
      throw new MalformedInputException(what, "empty where a JSON value is expected");
    }
    JsonValue value = value(first, 0);
    if (tokens.nextToken() != null) {
      throw malformed("data after the JSON value");
    }
    return value;
  }

  private JsonValue value(@Nullable JsonToken token, int depth)
      throws IOException, MalformedInputException {
    if (++values > limits.maxValues()) {
      throw malformed("more than " + limits.maxValues() + " JSON values");
    }
    return switch (token == null ? JsonTokenId.ID_NO_TOKEN : token.id()) {
      case JsonTokenId.ID_STRING -> new JsonString(text());
      case JsonTokenId.ID_START_OBJECT -> object(deeper(depth));
      case JsonTokenId.ID_START_ARRAY -> array(deeper(depth));
      case JsonTokenId.ID_NUMBER_INT, JsonTokenId.ID_NUMBER_FLOAT -> number();
      case JsonTokenId.ID_TRUE -> JsonBoolean.TRUE;
      case JsonTokenId.ID_FALSE -> JsonBoolean.FALSE;
      case JsonTokenId.ID_NULL -> JsonNull.INSTANCE;
      default -> throw new BullaBug("the JSON reader gave " + token + " for a value");
    };
  }

  private int deeper(int depth) throws MalformedInputException {
    if (depth >= limits.maxDepth()) {
      throw malformed("JSON nested deeper than " + limits.maxDepth() + " levels");
    }
    return depth + 1;
  }

  private JsonObject object(int depth) throws IOException, MalformedInputException {
    JsonObject.Builder members = JsonObject.builder();
    while (tokens.nextToken() != JsonToken.END_OBJECT) {
      if (members.size() >= limits.maxMembers()) {
        throw malformed("JSON object with more than " + limits.maxMembers() + " members");
      }
      String name = text();
      if (members.has(name)) {
        throw malformed("duplicate member " + Quoted.text(name));
      }
      members.put(name, value(tokens.nextToken(), depth));
    }
    return members.build();
  }

  private JsonArray array(int depth) throws IOException, MalformedInputException {
    List<JsonValue> elements = new ArrayList<>();
    JsonToken token = tokens.nextToken();
    while (token != JsonToken.END_ARRAY) {
      elements.add(value(token, depth));
      token = tokens.nextToken();
    }
    return elements.isEmpty() ? JsonArray.EMPTY : new JsonArray(elements);
  }

  private JsonNumber number() throws IOException, MalformedInputException {
    String text = tokens.getText();
    if (text.length() > limits.maxNumberLength()) {
      throw malformed("number longer than " + limits.maxNumberLength() + " characters");
    }
    if (!JsonNumber.isFinite(text)) {
      throw malformed("number too large");
    }
    return new JsonNumber(text);
  }

  /** The string or member name that is the current token. */
  private String text() throws IOException, MalformedInputException {
    String text = tokens.getText();
    if (text.length() > limits.maxStringLength()) {
      throw malformed("string longer than " + limits.maxStringLength() + " characters");
    }
    if (hasUnpairedSurrogate(text)) {
      throw malformed("escaped surrogate that is not one of a pair");
    }
    return text;
  }

  private static boolean hasUnpairedSurrogate(String text) {
    boolean high = false;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (high != Character.isLowSurrogate(c)) {
        return true;
      }
      high = Character.isHighSurrogate(c);
    }
    return high;
  }

  private MalformedInputException malformed(String problem) {
    return new MalformedInputException(what, problem + at(tokens.currentTokenLocation()));
  }

  private static String at(@Nullable JsonLocation location) {
    return location == null
        ? ""
        : " (line " + location.getLineNr() + ", column " + location.getColumnNr() + ")";
  }
}
