package dev.bulla.interop;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.Random;

/** Ports for servers that do not take port 0 and say what they got. */
final class FreePort {

  private FreePort() {}

  /** One below the range from which systems hand out ports for outgoing connections. */
  static int guess() {
    Random random = new Random();
    for (int attempt = 0; attempt < 50; attempt++) {
      int port = 20_000 + random.nextInt(12_000);
      try (ServerSocket probe = new ServerSocket()) {
        probe.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        return port;
      } catch (IOException e) {
        // somebody has it
      }
    }
    throw new AssertionError("no free port between 20000 and 32000");
  }
}
