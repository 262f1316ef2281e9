package io.varve.testkit;

import io.varve.Varve;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.sql.Connection;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A network that a test can disturb: a proxy in front of a PostgreSQL server, on a free port of the
 * loopback interface. It reads the protocol, so it knows a COMMIT when it passes, and counts round
 * trips. Encryption is declined on the server's behalf. Thread-safe.
 *
 * <pre>{@code
 * try (TcpProxy proxy = TcpProxy.before(database);
 *     Varve varve = proxy.connect()) {
 *   proxy.cutAfterCommits(1);
 *   varve.table(…).insertAll(…);
 * }
 * }</pre>
 */
public final class TcpProxy implements TestDatabase, AutoCloseable {

  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);

  private final InetSocketAddress server;
  private final ServerAddress address;
  private final ServerSocket listener;
  private final Thread acceptor;
  private final Disturbance disturbance = new Disturbance();
  private final Set<ProxiedConnection> connections = ConcurrentHashMap.newKeySet();

  private TcpProxy(ServerAddress database) throws IOException {
    this.server = database.socket();
    this.listener = new ServerSocket(0, 0, InetAddress.getLoopbackAddress());
    this.address = database.at(listener.getInetAddress().getHostAddress(), listener.getLocalPort());
    this.acceptor = new Thread(this::accept, "proxy-" + listener.getLocalPort());
    acceptor.setDaemon(true);
    acceptor.start();
  }

  /** A proxy in front of that database's server, which need not run. */
  public static TcpProxy before(TestDatabase database) {
    try {
      return new TcpProxy(new ServerAddress(database.url(), database.user(), database.password()));
    } catch (IOException e) {
      throw new UncheckedIOException("no proxy before " + database.url(), e);
    }
  }

  /** JDBC URL of the database by way of the proxy, without credentials. */
  @Override
  public String url() {
    return address.url();
  }

  @Override
  public String user() {
    return address.user();
  }

  @Override
  public String password() {
    return address.password();
  }

  @Override
  public Varve connect() {
    return address.connect();
  }

  @Override
  public Connection jdbc() {
    return address.jdbc();
  }

  /**
   * Holds what a side sends back for so long, each time it has sent something and pauses.
   *
   * @param toServer what clients send
   * @param toClient what the server sends
   */
  public void delay(Duration toServer, Duration toClient) {
    disturbance.delay(toServer, toClient);
  }

  /** Ends all connections at once; new ones are accepted. */
  public void cut() {
    List.copyOf(connections).forEach(ProxiedConnection::cut);
  }

  /** Resets every new connection, until {@link #accept(boolean) accept(true)}. */
  public void accept(boolean connections) {
    disturbance.refuse(!connections);
  }

  /**
   * Swallows everything: connections are accepted and their bytes taken as far as the system's
   * buffers go, but nothing is passed on and nothing answered, until {@link #resume}.
   */
  public void silence() {
    disturbance.silence(true);
  }

  /**
   * Passes bytes again, those first that were held back; so a COMMIT may reach the server whose
   * client has given up waiting.
   */
  public void resume() {
    disturbance.silence(false);
  }

  /**
   * Cuts the connections of so many commits from now on, before the server gets the COMMIT: the
   * transaction is rolled back. Replaces what this and {@link #cutAfterCommits} said before.
   */
  public void cutBeforeCommits(int commits) {
    disturbance.cutCommits(commits, 0);
  }

  /**
   * Cuts the connections of so many commits from now on, after the server has answered and before
   * the client hears of it: the transaction is committed. Replaces what this and {@link
   * #cutBeforeCommits} said before.
   */
  public void cutAfterCommits(int commits) {
    disturbance.cutCommits(0, commits);
  }

  /** How many of the commits to be cut are still to come. */
  public int cutsLeft() {
    return disturbance.cutsLeft();
  }

  /**
   * How often a server has been waiting for its client since the proxy was made: ready for a query,
   * or for the rows of a COPY. A connection that is opened counts as one.
   */
  public long roundTrips() {
    return disturbance.roundTrips();
  }

  /** How many times a server has asked for the rows of a COPY since the proxy was made. */
  public long copies() {
    return disturbance.copies();
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        accept(listener.accept());
      } catch (IOException e) {
        if (!listener.isClosed()) {
          throw new UncheckedIOException("the proxy " + address + " accepts no more", e);
        }
      }
    }
  }

  private void accept(Socket client) {
    if (disturbance.isRefusing()) {
      ProxiedConnection.reset(client);
      return;
    }
    try {
      Socket connected = new Socket();
      connected.connect(server, (int) CONNECT_TIMEOUT.toMillis());
      connected.setTcpNoDelay(true);
      client.setTcpNoDelay(true);
      ProxiedConnection connection =
          new ProxiedConnection(client, connected, disturbance, connections::remove);
      connections.add(connection);
      connection.start();
    } catch (IOException e) {
      // What a client gets to see whose server is away.
      ProxiedConnection.reset(client);
    }
  }

  /** Ends all connections and the proxy. */
  @Override
  public void close() {
    try {
      listener.close();
      acceptor.join();
      List<ProxiedConnection> left = List.copyOf(connections);
      left.forEach(ProxiedConnection::cut);
      for (ProxiedConnection connection : left) {
        connection.join();
      }
    } catch (IOException e) {
      throw new UncheckedIOException("closing the proxy " + address + " failed", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
