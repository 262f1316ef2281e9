package io.varve.embedded;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;

/** TCP ports of 127.0.0.1. */
final class Ports {

  static final String LOOPBACK = "127.0.0.1";

  private Ports() {}

  static boolean isFree(int port) {
    try (ServerSocket socket = bind(port)) {
      return socket.isBound();
    } catch (BindException e) {
      return false;
    } catch (IOException e) {
      throw Failures.of("port %d of %s cannot be tried".formatted(port, LOOPBACK), e);
    }
  }

  /** A port nobody listens on; somebody may before it is used. */
  static int anyFree() {
    try (ServerSocket socket = bind(0)) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw Failures.of("no free port of %s".formatted(LOOPBACK), e);
    }
  }

  private static ServerSocket bind(int port) throws IOException {
    return new ServerSocket(port, 1, InetAddress.getByName(LOOPBACK));
  }
}
