package dev.bulla.admission.server;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.bulla.bytes.Bytes;
import dev.bulla.error.MalformedInputException;
import dev.bulla.json.JsonObject;
import dev.bulla.json.JsonParser;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** A server that takes alerts, and answers as told. */
final class Receivers implements AutoCloseable {

  private final HttpServer server;
  private final BlockingQueue<Alert> arrived = new LinkedBlockingQueue<>();
  final AtomicInteger failures = new AtomicInteger();
  volatile int status = 200;
  volatile Pause before = () -> {};

  /** What happens before an answer. */
  interface Pause {
    void await() throws InterruptedException;
  }

  /** One alert; header names in lower case. */
  record Alert(String path, Map<String, String> headers, JsonObject body) {}

  Receivers() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::take);
    server.start();
  }

  private void take(HttpExchange exchange) throws IOException {
    try (exchange) {
      String text = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
      Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
      exchange.getRequestHeaders().forEach((name, values) -> headers.put(name, values.get(0)));
      boolean fails = failures.getAndUpdate(left -> Math.max(0, left - 1)) > 0;
      arrived.add(
          new Alert(
              exchange.getRequestURI().getPath(),
              headers,
              JsonParser.parseObject(Bytes.utf8(text), "alert")));
      before.await();
      exchange.sendResponseHeaders(fails ? 503 : status, -1);
    } catch (MalformedInputException | InterruptedException e) {
      throw new IOException(e);
    }
  }

  String url(String path) {
    return "http://localhost:" + server.getAddress().getPort() + path;
  }

  /** The next alert, which has to come. */
  Alert next() throws InterruptedException {
    Alert alert = arrived.poll(60, TimeUnit.SECONDS);
    if (alert == null) {
      throw new AssertionError("no alert came");
    }
    return alert;
  }

  /** How many came that nobody has looked at. */
  int waiting() {
    return arrived.size();
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
