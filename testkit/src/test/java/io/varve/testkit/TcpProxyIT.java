package io.varve.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Properties;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(DatabaseExtension.class)
final class TcpProxyIT {

  private final TestDatabase database;
  private TcpProxy proxy;

  TcpProxyIT(TestDatabase database) {
    this.database = database;
  }

  @BeforeEach
  void open() throws SQLException {
    proxy = TcpProxy.before(database);
    try (Connection connection = database.jdbc()) {
      execute(connection, "create table noted (number int)");
    }
  }

  @AfterEach
  void close() throws SQLException {
    proxy.close();
    try (Connection connection = database.jdbc()) {
      execute(connection, "drop table noted");
    }
  }

  /**
   * @param parameters of the driver, such as {@code socketTimeout=1}
   */
  private Connection connect(String... parameters) throws SQLException {
    Properties properties = new Properties();
    properties.setProperty("user", proxy.user());
    properties.setProperty("password", proxy.password());
    for (String parameter : parameters) {
      String[] parts = parameter.split("=", 2);
      properties.setProperty(parts[0], parts[1]);
    }
    return DriverManager.getConnection(proxy.url(), properties);
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /** Waits for those that write to end. */
  private int count() throws SQLException {
    try (Connection connection = database.jdbc();
        Statement statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      statement.execute("lock table noted in access exclusive mode");
      try (ResultSet result = statement.executeQuery("select count(*) from noted")) {
        result.next();
        return result.getInt(1);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"extended", "simple"})
  void aCommitIsCutBeforeTheServerGetsIt(String mode) throws SQLException {
    try (Connection connection = connect("preferQueryMode=" + mode)) {
      connection.setAutoCommit(false);
      execute(connection, "insert into noted values (1)");
      connection.commit();
      execute(connection, "insert into noted values (2)");
      proxy.cutBeforeCommits(1);
      assertThatThrownBy(connection::commit).isInstanceOf(SQLException.class);
      assertThat(proxy.cutsLeft()).isZero();
    }
    assertThat(count()).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"extended", "simple"})
  void aCommitIsCutBeforeTheClientHearsOfIt(String mode) throws SQLException {
    try (Connection connection = connect("preferQueryMode=" + mode)) {
      connection.setAutoCommit(false);
      for (int i = 0; i < 7; i++) {
        execute(connection, "insert into noted values (1)");
        connection.commit();
      }
      execute(connection, "insert into noted values (2)");
      proxy.cutAfterCommits(1);
      assertThatThrownBy(connection::commit).isInstanceOf(SQLException.class);
    }
    assertThat(count()).isEqualTo(8);
  }

  @Test
  void allConnectionsAreCutAndNewOnesAccepted() throws SQLException {
    try (Connection one = connect();
        Connection two = connect()) {
      proxy.cut();
      assertThatThrownBy(() -> execute(one, "select 1")).isInstanceOf(SQLException.class);
      assertThatThrownBy(() -> execute(two, "select 1")).isInstanceOf(SQLException.class);
    }
    try (Connection connection = connect()) {
      execute(connection, "select 1");
    }
  }

  @Test
  void newConnectionsAreResetUntilTheyAreAccepted() throws SQLException {
    try (Connection before = connect()) {
      proxy.accept(false);
      assertThatThrownBy(this::connect).isInstanceOf(SQLException.class);
      execute(before, "select 1");
      proxy.accept(true);
      connect().close();
    }
  }

  @Test
  void whatWasHeldBackArrivesLater() throws SQLException {
    try (Connection connection = connect("socketTimeout=1")) {
      proxy.silence();
      assertThatThrownBy(() -> execute(connection, "insert into noted values (1)"))
          .isInstanceOf(SQLException.class);
      assertThat(count()).isZero();
      proxy.resume();
    }
    long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
    while (count() == 0) {
      assertThat(System.nanoTime()).isLessThan(deadline);
    }
  }

  @Test
  void roundTripsAreCountedAndDelayed() throws SQLException {
    try (Connection connection = connect()) {
      long before = proxy.roundTrips();
      proxy.delay(Duration.ofMillis(20), Duration.ofMillis(30));
      long start = System.nanoTime();
      execute(connection, "insert into noted values (1)");
      execute(connection, "select 1; select 2");
      assertThat(proxy.roundTrips() - before).isEqualTo(2);
      assertThat(Duration.ofNanos(System.nanoTime() - start))
          .isGreaterThanOrEqualTo(Duration.ofMillis(100));
    }
  }

  @Test
  void withoutAServerConnectionsAreReset() {
    try (OwnedServer server = OwnedServer.start("18");
        TcpProxy before = TcpProxy.before(server)) {
      server.stop();
      assertThatThrownBy(before::jdbc).isInstanceOf(IllegalStateException.class);
    }
  }
}
