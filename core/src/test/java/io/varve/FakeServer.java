package io.varve;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;

/** A server double on the loopback address that says what a test wants it to say. */
final class FakeServer implements AutoCloseable {

  /** What to do with a client. */
  @FunctionalInterface
  interface Conversation {
    void hold(Socket client) throws Exception;
  }

  private static final int TLS_REQUEST_BYTES = 8;

  private final ServerSocket listener;
  private final AtomicInteger clients = new AtomicInteger();

  private FakeServer(Conversation conversation) throws IOException {
    listener = new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"));
    Thread thread = new Thread(() -> serve(conversation), "fake server");
    thread.setDaemon(true);
    thread.start();
  }

  static FakeServer start(Conversation conversation) {
    try {
      return new FakeServer(conversation);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Takes connections and never says a word. */
  static FakeServer silent() {
    return start(client -> client.getInputStream().transferTo(DataOutputStream.nullOutputStream()));
  }

  /** Offers no TLS, and refuses everybody with this SQLSTATE and text. */
  static FakeServer refusing(String sqlState, String text) {
    return start(
        client -> {
          greet(client);
          error(client, sqlState, text);
        });
  }

  /** Offers no TLS and asks for a password. */
  static FakeServer askingForPassword() {
    return start(
        client -> {
          greet(client);
          DataOutputStream out = new DataOutputStream(client.getOutputStream());
          byte[] mechanisms = "SCRAM-SHA-256\0\0".getBytes(StandardCharsets.US_ASCII);
          out.writeByte('R');
          out.writeInt(8 + mechanisms.length);
          out.writeInt(10);
          out.write(mechanisms);
          out.flush();
          client.getInputStream().read();
        });
  }

  /** Offers no TLS, lets everybody in, and never says another word. */
  static FakeServer silentAfterGreeting() {
    return start(
        client -> {
          greet(client);
          DataOutputStream out = new DataOutputStream(client.getOutputStream());
          out.writeByte('R');
          out.writeInt(8);
          out.writeInt(0);
          report(out, "server_version", "18.0");
          report(out, "client_encoding", "UTF8");
          report(out, "standard_conforming_strings", "on");
          out.writeByte('Z');
          out.writeInt(5);
          out.writeByte('I');
          out.flush();
          client.getInputStream().transferTo(DataOutputStream.nullOutputStream());
        });
  }

  private static void report(DataOutputStream out, String name, String value) throws IOException {
    byte[] fields = (name + '\0' + value + '\0').getBytes(StandardCharsets.US_ASCII);
    out.writeByte('S');
    out.writeInt(Integer.BYTES + fields.length);
    out.write(fields);
  }

  /** Answers the request for TLS with no, then reads the start-up packet. */
  static void greet(Socket client) throws IOException {
    DataInputStream in = new DataInputStream(client.getInputStream());
    in.readNBytes(TLS_REQUEST_BYTES);
    client.getOutputStream().write('N');
    in.readNBytes(in.readInt() - Integer.BYTES);
  }

  /** Answers the request for TLS. */
  static void answerTls(Socket client, char answer) throws IOException {
    client.getInputStream().readNBytes(TLS_REQUEST_BYTES);
    client.getOutputStream().write(answer);
  }

  private static void error(Socket client, String sqlState, String text) throws IOException {
    byte[] fields =
        ("SFATAL\0VFATAL\0C" + sqlState + "\0M" + text + "\0\0").getBytes(StandardCharsets.UTF_8);
    DataOutputStream out = new DataOutputStream(client.getOutputStream());
    out.writeByte('E');
    out.writeInt(Integer.BYTES + fields.length);
    out.write(fields);
    out.flush();
  }

  private void serve(Conversation conversation) {
    while (!listener.isClosed()) {
      try {
        Socket client = listener.accept();
        clients.incrementAndGet();
        Thread thread = new Thread(() -> talk(conversation, client), "fake conversation");
        thread.setDaemon(true);
        thread.start();
      } catch (IOException e) {
        // Closed: the test is over.
        return;
      }
    }
  }

  private static void talk(Conversation conversation, Socket client) {
    try (client) {
      conversation.hold(client);
    } catch (Exception e) {
      // The client went away, which is what most tests want to see.
      return;
    }
  }

  int port() {
    return listener.getLocalPort();
  }

  /** {@code jdbc:postgresql://127.0.0.1:port/metrics}. */
  String url() {
    return "jdbc:postgresql://127.0.0.1:" + port() + "/metrics";
  }

  /** How many have connected so far. */
  int clients() {
    return clients.get();
  }

  @Override
  public void close() throws IOException {
    listener.close();
  }
}
