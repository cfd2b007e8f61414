package dev.bulla.interop;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import javax.net.ssl.SSLContext;

/** As much of Redis's protocol as it takes to look into it and to write into it. */
final class RespClient implements AutoCloseable {

  private static final int TIMEOUT_MILLIS = 30_000;

  private final Socket socket;
  private final InputStream in;

  private RespClient(Socket socket) throws IOException {
    this.socket = socket;
    this.in = new BufferedInputStream(socket.getInputStream());
  }

  static RespClient connect(SSLContext tls, int port, String password) throws IOException {
    Socket socket = tls.getSocketFactory().createSocket("127.0.0.1", port);
    socket.setSoTimeout(TIMEOUT_MILLIS);
    RespClient client = new RespClient(socket);
    client.ask("AUTH", password);
    return client;
  }

  List<byte[]> ask(String... words) throws IOException {
    return ask(
        Arrays.stream(words)
            .map(word -> word.getBytes(StandardCharsets.UTF_8))
            .toArray(byte[][]::new));
  }

  /** Every string of the answer. */
  List<byte[]> ask(byte[]... words) throws IOException {
    ByteArrayOutputStream request = new ByteArrayOutputStream();
    request.writeBytes(("*" + words.length + "\r\n").getBytes(StandardCharsets.UTF_8));
    for (byte[] word : words) {
      request.writeBytes(("$" + word.length + "\r\n").getBytes(StandardCharsets.UTF_8));
      request.writeBytes(word);
      request.writeBytes("\r\n".getBytes(StandardCharsets.UTF_8));
    }
    socket.getOutputStream().write(request.toByteArray());
    List<byte[]> strings = new ArrayList<>();
    read(strings);
    return strings;
  }

  private void read(List<byte[]> strings) throws IOException {
    String head = line();
    String rest = head.substring(1);
    switch (head.charAt(0)) {
      case '+', ':' -> strings.add(rest.getBytes(StandardCharsets.UTF_8));
      case '$' -> {
        int length = Integer.parseInt(rest);
        if (length >= 0) {
          strings.add(in.readNBytes(length));
          line();
        }
      }
      case '*' -> {
        for (int i = Integer.parseInt(rest); i > 0; i--) {
          read(strings);
        }
      }
      default -> throw new IOException(head);
    }
  }

  private String line() throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int next = in.read(); next != '\r'; next = in.read()) {
      if (next < 0) {
        throw new EOFException();
      }
      line.write(next);
    }
    in.read();
    return line.toString(StandardCharsets.UTF_8);
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
