package io.varve.testkit;

import io.varve.testkit.Disturbance.Fate;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection through a proxy: a thread for each direction. Thread-safe.
 *
 * <p>What has been held back while the proxy was silent goes on to the server afterwards, even if
 * the client has left meanwhile, as packets do that were on their way.
 */
final class ProxiedConnection {

  private static final Logger LOG = LoggerFactory.getLogger(ProxiedConnection.class);

  private static final int BUFFER_BYTES = 64 << 10;

  /** Start-up packets that are none: PostgreSQL documentation, "Message Formats". */
  private static final int CANCEL_REQUEST = 80_877_102;

  private static final int SSL_REQUEST = 80_877_103;
  private static final int GSS_REQUEST = 80_877_104;

  /** A step that ends with the connection. */
  @FunctionalInterface
  private interface Pump {
    void run() throws IOException;
  }

  private final Socket client;
  private final Socket server;
  private final Disturbance disturbance;
  private final CommitWatch commits = new CommitWatch();
  private final Thread requests;
  private final Thread answers;
  private volatile boolean over;
  private volatile boolean committed;

  /**
   * @param ended is told when the connection is over
   */
  ProxiedConnection(
      Socket client,
      Socket server,
      Disturbance disturbance,
      Consumer<? super ProxiedConnection> ended) {
    this.client = client;
    this.server = server;
    this.disturbance = disturbance;
    this.requests = thread("requests", () -> pump(this::passRequests, () -> closeOutput(server)));
    this.answers =
        thread(
            "answers",
            () -> {
              pump(this::passAnswers, this::cut);
              ended.accept(this);
            });
  }

  private Thread thread(String direction, Runnable task) {
    Thread thread = new Thread(task, "proxy-" + client.getPort() + "-" + direction);
    thread.setDaemon(true);
    return thread;
  }

  void start() {
    requests.start();
    answers.start();
  }

  /** Ends it at once: the client's side is reset, the server's closed. */
  void cut() {
    over = true;
    disturbance.wake();
    reset(client);
    close(server);
  }

  void join() throws InterruptedException {
    requests.join();
    answers.join();
  }

  private static void pump(Pump pump, Runnable afterwards) {
    try {
      pump.run();
    } catch (IOException e) {
      LOG.debug("a connection has ended: {}", e.toString());
    } finally {
      afterwards.run();
    }
  }

  private void passRequests() throws IOException {
    DataInputStream in = input(client);
    DataOutputStream out = output(server);
    if (!greet(in, out)) {
      return;
    }
    while (true) {
      Message message = Message.read(in);
      disturbance.awaitPassage(() -> over);
      Fate fate = commits.isCommit(message) ? disturbance.commit() : Fate.PASSES;
      if (over || fate == Fate.CUT_BEFORE) {
        cut();
        return;
      }
      committed |= fate == Fate.CUT_AFTER;
      message.writeTo(out);
      if (in.available() == 0) {
        disturbance.delayToServer();
        out.flush();
      }
    }
  }

  /**
   * Passes the start-up packet on; whether messages follow it. Encryption is declined: the messages
   * could not be read.
   */
  private boolean greet(DataInputStream in, DataOutputStream out) throws IOException {
    while (true) {
      byte[] packet = new byte[in.readInt() - Integer.BYTES];
      in.readFully(packet);
      disturbance.awaitPassage(() -> over);
      int code = code(packet);
      if (code == SSL_REQUEST || code == GSS_REQUEST) {
        client.getOutputStream().write('N');
      } else {
        out.writeInt(packet.length + Integer.BYTES);
        out.write(packet);
        out.flush();
        return code != CANCEL_REQUEST;
      }
    }
  }

  private static int code(byte[] packet) {
    int code = 0;
    for (int i = 0; i < Integer.BYTES; i++) {
      code = code << Byte.SIZE | packet[i] & 0xff;
    }
    return code;
  }

  private void passAnswers() throws IOException {
    DataInputStream in = input(server);
    DataOutputStream out = output(client);
    while (true) {
      Message message = Message.read(in);
      disturbance.awaitPassage(() -> over);
      if (committed) {
        if (message.isReady()) {
          return;
        }
        continue;
      }
      if (message.endsRoundTrip()) {
        disturbance.countRoundTrip();
      }
      if (message.asksForRows()) {
        disturbance.countCopy();
      }
      message.writeTo(out);
      if (in.available() == 0) {
        disturbance.delayToClient();
        out.flush();
      }
    }
  }

  private static DataInputStream input(Socket socket) throws IOException {
    return new DataInputStream(new BufferedInputStream(socket.getInputStream(), BUFFER_BYTES));
  }

  private static DataOutputStream output(Socket socket) throws IOException {
    return new DataOutputStream(new BufferedOutputStream(socket.getOutputStream(), BUFFER_BYTES));
  }

  /** The server rolls back what is under way and closes its side. */
  private static void closeOutput(Socket socket) {
    try {
      socket.shutdownOutput();
    } catch (IOException e) {
      LOG.debug("a connection was closed already: {}", e.toString());
    }
  }

  static void reset(Socket socket) {
    try {
      socket.setSoLinger(true, 0);
    } catch (IOException e) {
      LOG.debug("a connection was closed already: {}", e.toString());
    }
    close(socket);
  }

  private static void close(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      LOG.debug("closing a connection failed: {}", e.toString());
    }
  }
}
