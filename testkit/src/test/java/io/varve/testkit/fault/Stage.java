package io.varve.testkit.fault;

import io.varve.Preset;
import io.varve.Setting;
import io.varve.Varve;
import io.varve.VarveBuilder;
import io.varve.testkit.OwnedServer;
import io.varve.testkit.TcpProxy;
import io.varve.testkit.TestDatabase;

/** Servers for rounds, and the way to them. Not thread-safe. */
final class Stage implements AutoCloseable {

  private final OwnedServer primary;
  private final TestDatabase way;
  private final OwnedServer successor;
  private final Runnable closeWay;
  private OwnedServer server;

  private Stage(OwnedServer primary, OwnedServer successor, TestDatabase way, Runnable closeWay) {
    this.primary = primary;
    this.successor = successor;
    this.server = primary;
    this.way = way;
    this.closeWay = closeWay;
  }

  /** A server behind a proxy. */
  static Stage proxied(OwnedServer server) {
    TcpProxy proxy = TcpProxy.before(server);
    return new Stage(server, server, proxy, proxy::close);
  }

  /** A server with a disk of its own, behind a proxy. */
  static Stage onSmallDisk(String version) {
    return proxied(
        OwnedServer.startOnSmallDisk(
            300, version, "max_connections=20", "max_wal_size=64MB", "min_wal_size=32MB"));
  }

  /** Two servers, of which the second has everything the first acknowledges. */
  static Stage withReplica(String version) {
    OwnedServer primary = OwnedServer.start(version);
    try {
      OwnedServer replica = primary.startReplica();
      primary.commitWithReplica();
      return new Stage(primary, replica, primary.orReplica(replica), replica::close);
    } catch (RuntimeException | Error e) {
      primary.close();
      throw e;
    }
  }

  /** The server in charge. */
  OwnedServer server() {
    return server;
  }

  TcpProxy proxy() {
    return (TcpProxy) way;
  }

  /** The replica takes over. */
  void failOver() {
    primary.kill();
    server = successor;
    server.promote();
  }

  /** For writers: the way that is disturbed. */
  Varve connect(Choices choices) {
    return builder(way)
        .set(Setting.SOCKET_TIMEOUT, choices.fault() == Fault.SILENCE ? "1 s" : "20 s")
        .set(Setting.POOL_SIZE, choices.fault() == Fault.STORM ? "30" : "6")
        .set(Setting.RETRY_ATTEMPTS, "100")
        .set(Setting.RETRY_BUDGET, choices.patience().toString())
        .connect();
  }

  /** For making the table. */
  Varve connect() {
    return builder(server).connect();
  }

  private static VarveBuilder builder(TestDatabase database) {
    return Varve.builder(Preset.DEVELOPMENT)
        .set(Setting.URL, database.url())
        .set(Setting.USER, database.user())
        .set(Setting.PASSWORD, database.password())
        .set(Setting.CONNECT_TIMEOUT, "2 s")
        .set(Setting.ACQUIRE_TIMEOUT, "2 s");
  }

  @Override
  public void close() {
    try {
      closeWay.run();
    } finally {
      primary.close();
    }
  }
}
