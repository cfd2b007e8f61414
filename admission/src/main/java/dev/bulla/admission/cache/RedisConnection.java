package dev.bulla.admission.cache;

import dev.bulla.bytes.Bytes;
import dev.bulla.registry.transport.HostNames;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/**
 * One connection that speaks RESP2, as much of it as GET and SET need. For one thread at a time.
 * Source: the protocol specification of Redis.
 */
final class RedisConnection implements AutoCloseable {

  private static final int MAX_VALUE = 16_384;
  private static final int MAX_LINE = 512;

  private final Socket socket;
  private final InputStream in;
  private final OutputStream out;
  private long deadline;

  private RedisConnection(Socket socket, long deadline) throws IOException {
    this.socket = socket;
    this.deadline = deadline;
    this.in = new BufferedInputStream(socket.getInputStream());
    this.out = new BufferedOutputStream(socket.getOutputStream());
  }

  static RedisConnection open(RedisOptions options, @Nullable SSLContext tls, Duration within)
      throws IOException {
    long deadline = System.nanoTime() + within.toNanos();
    InetAddress address = HostNames.addresses(options.host(), within)[0];
    Socket plain = new Socket();
    boolean done = false;
    try {
      plain.connect(new InetSocketAddress(address, options.port()), millis(deadline));
      plain.setTcpNoDelay(true);
      plain.setSoTimeout(millis(deadline));
      Socket socket = tls == null ? plain : overTls(tls, plain, options);
      RedisConnection connection = new RedisConnection(socket, deadline);
      if (options.password().isPresent()) {
        connection.ask(within, Bytes.utf8("AUTH"), Bytes.utf8(options.password().get()));
      }
      done = true;
      return connection;
    } finally {
      if (!done) {
        plain.close();
      }
    }
  }

  private static Socket overTls(SSLContext tls, Socket plain, RedisOptions options)
      throws IOException {
    SSLSocket socket =
        (SSLSocket)
            tls.getSocketFactory().createSocket(plain, options.host(), options.port(), true);
    SSLParameters parameters = socket.getSSLParameters();
    // without this, a socket accepts a certificate for any name
    parameters.setEndpointIdentificationAlgorithm("HTTPS");
    parameters.setProtocols(new String[] {"TLSv1.3", "TLSv1.2"});
    socket.setSSLParameters(parameters);
    socket.startHandshake();
    return socket;
  }

  private static int millis(long deadline) throws SocketTimeoutException {
    long left = (deadline - System.nanoTime()) / 1_000_000;
    if (left <= 0) {
      throw new SocketTimeoutException("no answer in time");
    }
    return (int) Math.min(Integer.MAX_VALUE, left);
  }

  /**
   * Sends a command.
   *
   * @return the text of a bulk answer; empty for nothing and for plain consent
   * @throws IOException also when the server answers with an error
   */
  Optional<Bytes> ask(Duration within, Bytes... words) throws IOException {
    deadline = System.nanoTime() + within.toNanos();
    send("*" + words.length);
    for (Bytes word : words) {
      send("$" + word.size());
      word.writeTo(out);
      send("");
    }
    out.flush();
    String line = line();
    char kind = line.isEmpty() ? ' ' : line.charAt(0);
    if (kind == '+') {
      return Optional.empty();
    }
    if (kind != '$') {
      throw new IOException("an error, or an answer of another kind"); // its text may hold anything
    }
    return bulk(line.substring(1));
  }

  private Optional<Bytes> bulk(String length) throws IOException {
    int size;
    try {
      size = Integer.parseInt(length);
    } catch (NumberFormatException e) {
      throw new IOException("not RESP", e);
    }
    if (size < 0) {
      return Optional.empty();
    }
    if (size > MAX_VALUE) {
      throw new IOException("a value of more than " + MAX_VALUE + " bytes");
    }
    byte[] value = new byte[size];
    for (int i = 0; i < size; i++) {
      value[i] = (byte) read();
    }
    if (!line().isEmpty()) {
      throw new IOException("not RESP");
    }
    return Optional.of(Bytes.of(value));
  }

  private void send(String line) throws IOException {
    Bytes.utf8(line + "\r\n").writeTo(out);
  }

  private String line() throws IOException {
    StringBuilder line = new StringBuilder();
    for (int c = read(); c != '\r'; c = read()) {
      if (line.length() == MAX_LINE) {
        throw new IOException("not RESP");
      }
      line.append((char) c);
    }
    if (read() != '\n') {
      throw new IOException("not RESP");
    }
    return line.toString();
  }

  private int read() throws IOException {
    if (in.available() == 0) {
      // once for what has to be waited for: bytes that trickle do not start the time anew
      socket.setSoTimeout(millis(deadline));
    }
    int next = in.read();
    if (next < 0) {
      throw new EOFException("the server ended the connection");
    }
    return next;
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
