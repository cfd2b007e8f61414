package dev.bulla.registry;

import dev.bulla.error.BullaException;
import dev.bulla.registry.transport.Headers;
import dev.bulla.registry.transport.HttpTransport;
import dev.bulla.registry.transport.ResponseReader;
import dev.bulla.registry.transport.TransportException;
import dev.bulla.registry.transport.TransportRequest;
import dev.bulla.registry.transport.TransportResponse;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * The whole internet, as a test wants it: for hosts that cannot be had on loopback. Records
 * everything it is asked.
 */
final class ScriptedTransport implements HttpTransport {

  /** What a place answers. */
  record Reply(int status, Headers headers, String body) {
    static Reply of(int status) {
      return new Reply(status, Headers.NONE, "");
    }

    Reply with(String name, String value) {
      return new Reply(status, headers.with(name, value), body);
    }

    Reply saying(String text) {
      return new Reply(status, headers, text);
    }
  }

  /** Answers requests. */
  @FunctionalInterface
  interface Script {
    Reply reply(TransportRequest request) throws TransportException;
  }

  private final Script script;
  private final List<TransportRequest> requests = Collections.synchronizedList(new ArrayList<>());

  ScriptedTransport(Script script) {
    this.script = script;
  }

  @Override
  public <T> T exchange(TransportRequest request, ResponseReader<T> reader)
      throws IOException, BullaException {
    requests.add(request);
    Reply reply = script.reply(request);
    byte[] body = reply.body().getBytes(StandardCharsets.UTF_8);
    return reader.read(
        new TransportResponse(
            reply.status(), reply.headers(), body.length, new ByteArrayInputStream(body)));
  }

  @Override
  public Thread.Builder threads() {
    return Thread.ofVirtual();
  }

  @Override
  public void close() {}

  List<TransportRequest> requests() {
    return List.copyOf(requests);
  }

  /** Method and URL of every request, and whether it showed credentials. */
  List<String> lines() {
    List<String> lines = new ArrayList<>();
    for (TransportRequest request : requests()) {
      String shown = request.headers().first("Authorization").isPresent() ? " +auth" : "";
      lines.add(request.method() + " " + request.url() + shown);
    }
    return lines;
  }
}
