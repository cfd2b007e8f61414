package dev.bulla.testkit.registry;

import dev.bulla.bytes.Bytes;
import dev.bulla.digest.Digest;
import dev.bulla.error.MalformedInputException;
import dev.bulla.json.JsonArray;
import dev.bulla.json.JsonNull;
import dev.bulla.json.JsonObject;
import dev.bulla.json.JsonParser;
import dev.bulla.json.JsonValue;
import dev.bulla.testkit.http.Delivery;
import dev.bulla.testkit.http.WireBody;
import dev.bulla.testkit.http.WireResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.UnaryOperator;
import java.util.zip.GZIPOutputStream;

/** What real registries, proxies and networks do to requests. For {@link Faults.Rule#does}. */
public final class Effects {

  private static final DateTimeFormatter HTTP_DATE =
      DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ENGLISH)
          .withZone(ZoneOffset.UTC);

  /** A body of this length is never sent whole. */
  private static final long ENDLESS = 1L << 50;

  private Effects() {}

  /** Nothing. */
  public static Effect pass() {
    return Effect.Stage::proceed;
  }

  // ---- answers in the registry's place

  /** The given answer; the registry does not see the request. */
  public static Effect answer(WireResponse response) {
    return stage -> response;
  }

  /** A status, with the error body that fits it. */
  public static Effect status(int status) {
    return answer(errorAnswer(status));
  }

  /** A status with an error body of the given code and message. */
  public static Effect status(int status, String code, String message) {
    return answer(ApiException.body(status, code, message, JsonNull.INSTANCE));
  }

  private static WireResponse errorAnswer(int status) {
    return switch (status) {
      case 400 -> error(400, "UNSUPPORTED", "bad request");
      case 401 -> error(401, "UNAUTHORIZED", "authentication required");
      case 403 -> error(403, "DENIED", "requested access to the resource is denied");
      case 404 -> error(404, "NAME_UNKNOWN", "repository name not known to registry");
      case 405 -> error(405, "UNSUPPORTED", "The operation is unsupported.");
      case 412 -> error(412, "PRECONDITION_FAILED", "the tag has changed");
      case 413 -> error(413, "SIZE_INVALID", "content too large");
      case 429 -> error(429, "TOOMANYREQUESTS", "too many requests");
      default -> error(status, "UNKNOWN", "unknown error");
    };
  }

  private static WireResponse error(int status, String code, String message) {
    return ApiException.body(status, code, message, JsonNull.INSTANCE);
  }

  /** 429 with {@code Retry-After} in whole seconds. */
  public static Effect throttled(Duration retryAfter) {
    return answer(errorAnswer(429).with("Retry-After", Long.toString(retryAfter.toSeconds())));
  }

  /** 429 with {@code Retry-After} as a date. */
  public static Effect throttledUntil(Instant moment) {
    return answer(errorAnswer(429).with("Retry-After", HTTP_DATE.format(moment)));
  }

  /** 503 with {@code Retry-After} in whole seconds. */
  public static Effect unavailable(Duration retryAfter) {
    return answer(errorAnswer(503).with("Retry-After", Long.toString(retryAfter.toSeconds())));
  }

  /** A redirect. */
  public static Effect redirect(int status, String location) {
    return answer(WireResponse.of(status).with("Location", location));
  }

  /** Only a challenge: 401 with {@code WWW-Authenticate} as given. */
  public static Effect challenge(String wwwAuthenticate) {
    return answer(errorAnswer(401).with("WWW-Authenticate", wwwAuthenticate));
  }

  // ---- no answer

  /** The connection ends without an answer; the registry does not see the request. */
  public static Effect drop() {
    return answer(WireResponse.of(500).deliveredBy(Delivery.drop()));
  }

  /** The registry does what it is asked, and then the connection ends without an answer. */
  public static Effect dropAfterwards() {
    return changed(r -> r.deliveredBy(Delivery.drop()));
  }

  /** The connection is reset. */
  public static Effect reset() {
    return answer(WireResponse.of(500).deliveredBy(Delivery.reset()));
  }

  /** No answer until the server is closed. */
  public static Effect hang() {
    return answer(WireResponse.of(500).deliveredBy(Delivery.hang()));
  }

  // ---- changed answers

  /** The registry's answer, changed. */
  public static Effect changed(UnaryOperator<WireResponse> change) {
    return stage -> change.apply(stage.proceed());
  }

  /** The registry's answer with one header field of that name. */
  public static Effect header(String name, String value) {
    return changed(r -> r.with(name, value));
  }

  public static Effect withoutHeader(String name) {
    return changed(r -> r.withHeaders(h -> h.without(name)));
  }

  /** Header names in lower case on the wire, as HTTP/2 gateways write them. */
  public static Effect lowerCaseHeaderNames() {
    return changed(r -> r.withHeaders(h -> h.renamed(n -> n.toLowerCase(Locale.ROOT))));
  }

  /** Header names in upper case on the wire. */
  public static Effect upperCaseHeaderNames() {
    return changed(r -> r.withHeaders(h -> h.renamed(n -> n.toUpperCase(Locale.ROOT))));
  }

  public static Effect contentType(String mediaType) {
    return header("Content-Type", mediaType);
  }

  /** The head as it is, with another body; lengths agree, digests do not. */
  public static Effect body(Bytes content) {
    return changed(r -> r.withBody(WireBody.of(content)));
  }

  /** One bit of the body flipped, head unchanged. */
  public static Effect flippedBit() {
    return changedBody(bytes -> {
      bytes[bytes.length / 2] ^= 1;
      return bytes;
    });
  }

  /** The body in memory, changed; empty bodies stay as they are. */
  public static Effect changedBody(UnaryOperator<byte[]> change) {
    return stage -> {
      WireResponse response = stage.proceed();
      byte[] body = content(response.body());
      return body.length == 0
          ? response
          : response.withBody(WireBody.of(Bytes.owning(change.apply(body))));
    };
  }

  private static byte[] content(WireBody body) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    body.writeTo(out);
    return out.toByteArray();
  }

  /** The whole length announced, the connection ended after so many bytes of the body. */
  public static Effect cutAfter(long bytes) {
    return changed(r -> r.deliveredBy(Delivery.cutAfter(bytes)));
  }

  /** The whole length announced, the connection ended in the middle of the body. */
  public static Effect cutInTheMiddle() {
    return changed(r -> r.deliveredBy(Delivery.cutAfter(r.body().length().orElse(2) / 2)));
  }

  /** A {@code Content-Length} that is not the body's. */
  public static Effect announcing(long contentLength) {
    return changed(r -> r.deliveredBy(Delivery.announcing(contentLength)));
  }

  /** Neither length nor chunks: the body ends with the connection. */
  public static Effect untilClose() {
    return changed(r -> r.deliveredBy(Delivery.untilClose()));
  }

  /** The body in chunks, its length not announced. */
  public static Effect chunked() {
    return changed(r -> {
      WireBody body = r.body();
      return r.withBody(WireBody.streamed(body::writeTo));
    });
  }

  /** The body slowly: a pause before every so many bytes. */
  public static Effect drip(int bytesPerPiece, Duration pause) {
    return changed(r -> r.deliveredBy(Delivery.drip(bytesPerPiece, pause)));
  }

  /**
   * A body that never ends, of spaces (which JSON allows between anything).
   *
   * @param announced whether an immense {@code Content-Length} says so
   */
  public static Effect endlessBody(boolean announced) {
    return changed(r ->
        r.withBody(
            announced
                ? WireBody.ofLength(ENDLESS, out -> spaces(out, ENDLESS))
                : WireBody.streamed(out -> spaces(out, ENDLESS))));
  }

  private static void spaces(OutputStream out, long number) throws IOException {
    byte[] block = " ".repeat(8 << 10).getBytes(java.nio.charset.StandardCharsets.US_ASCII);
    for (long left = number; left > 0; left -= block.length) {
      out.write(block, 0, (int) Math.min(left, block.length));
    }
  }

  /**
   * A body of {@code Content-Encoding: gzip} that was not asked for and inflates to so many bytes
   * of spaces.
   */
  public static Effect gzipBomb(long inflatedBytes) {
    return changed(r ->
        r.with("Content-Encoding", "gzip")
            .withBody(
                WireBody.streamed(out -> {
                  GZIPOutputStream gzip = new GZIPOutputStream(out, 8 << 10);
                  spaces(gzip, inflatedBytes);
                  gzip.finish();
                })));
  }

  /** The body as it is, but compressed although nobody asked. */
  public static Effect gzipped() {
    return changed(r -> {
      WireBody body = r.body();
      return r.with("Content-Encoding", "gzip")
          .withBody(
              WireBody.streamed(out -> {
                GZIPOutputStream gzip = new GZIPOutputStream(out);
                body.writeTo(gzip);
                gzip.finish();
              }));
    });
  }

  /**
   * In an index that is answered, another {@code artifactType} on every entry, as older clients
   * write it into fallback indexes. Digest headers are made to fit, so that only the type is wrong.
   */
  public static Effect wrongArtifactType(String artifactType) {
    return stage -> {
      WireResponse response = stage.proceed();
      if (response.status() != 200) {
        return response;
      }
      Bytes body = Bytes.owning(content(response.body()));
      Bytes changed = retyped(body, artifactType);
      WireResponse other = response.withBody(WireBody.of(changed));
      if (!response.headers().has("Docker-Content-Digest")) {
        return other;
      }
      Digest digest = Digest.sha256(changed);
      return other
          .with("Docker-Content-Digest", digest.toString())
          .with("ETag", RegistryApi.etag(digest));
    };
  }

  private static Bytes retyped(Bytes body, String artifactType) {
    try {
      JsonObject.Builder index = JsonObject.builder();
      for (JsonObject.Member member : JsonParser.parseObject(body, "index").members()) {
        index.put(
            member.name(),
            member.name().equals("manifests") && member.value() instanceof JsonArray entries
                ? retyped(entries, artifactType)
                : member.value());
      }
      return Json.write(index.build());
    } catch (MalformedInputException e) {
      return body; // no index, nothing to spoil
    }
  }

  private static JsonArray retyped(JsonArray entries, String artifactType) {
    List<JsonValue> changed = new ArrayList<>();
    for (JsonValue value : entries.values()) {
      if (!(value instanceof JsonObject entry)) {
        changed.add(value);
        continue;
      }
      JsonObject.Builder other = JsonObject.builder();
      for (JsonObject.Member member : entry.members()) {
        if (!member.name().equals("artifactType")) {
          other.put(member.name(), member.value());
        }
      }
      changed.add(other.put("artifactType", artifactType).build());
    }
    return JsonArray.of(changed);
  }

  // ---- time

  /** The answer so much later. */
  public static Effect delay(Duration time) {
    return stage -> {
      stage.waiting().pause(time);
      return stage.proceed();
    };
  }

  /**
   * A delay between two bounds, before the registry acts; the same seed gives the same delays in
   * order of arrival.
   */
  public static Effect randomDelay(long seed, Duration least, Duration most) {
    SplittableRandom random = new SplittableRandom(seed);
    ReentrantLock lock = new ReentrantLock();
    return stage -> {
      long nanos;
      lock.lock();
      try {
        nanos = random.nextLong(least.toNanos(), most.toNanos() + 1);
      } finally {
        lock.unlock();
      }
      stage.waiting().pause(Duration.ofNanos(nanos));
      return stage.proceed();
    };
  }

  /** Held until a test opens the gate. */
  public static Effect hold(Gate gate) {
    return stage -> {
      gate.pass(stage.waiting());
      return stage.proceed();
    };
  }

  /**
   * Held until so many requests are held, then all go on at once. Shows that a client asks at once
   * what it could ask one after the other.
   *
   * @param atMost after which a request goes on alone, so that a test fails instead of hanging
   */
  public static Effect together(int number, Duration atMost) {
    CountDownLatch missing = new CountDownLatch(number);
    return stage -> {
      missing.countDown();
      stage.waiting().until(missing, atMost);
      return stage.proceed();
    };
  }

  // ---- combinations

  /** One effect after the other, request by request; the last one stays. */
  public static Effect inTurn(Effect... effects) {
    if (effects.length == 0) {
      throw new IllegalArgumentException("no effects");
    }
    List<Effect> all = List.of(effects);
    AtomicInteger next = new AtomicInteger();
    return stage -> all.get(Math.min(next.getAndIncrement(), all.size() - 1)).apply(stage);
  }

  /** One effect after the other, request by request, and again from the first. */
  public static Effect alternating(Effect... effects) {
    if (effects.length == 0) {
      throw new IllegalArgumentException("no effects");
    }
    List<Effect> all = List.of(effects);
    AtomicInteger next = new AtomicInteger();
    return stage -> all.get(Math.floorMod(next.getAndIncrement(), all.size())).apply(stage);
  }
}
