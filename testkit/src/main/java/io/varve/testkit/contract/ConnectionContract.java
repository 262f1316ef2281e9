package io.varve.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.varve.AccessException;
import io.varve.Capabilities;
import io.varve.ClosedException;
import io.varve.ConnectionException;
import io.varve.Tier;
import io.varve.Varve;
import io.varve.health.Health;
import io.varve.testkit.DatabaseExtension;
import io.varve.testkit.TestDatabase;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.api.extension.ExtendWith;
import org.postgresql.ds.PGSimpleDataSource;

/** Connecting: what the server is, how it is, and what a failure says. */
@ExtendWith(DatabaseExtension.class)
final class ConnectionContract {

  private final TestDatabase database;

  ConnectionContract(TestDatabase database) {
    this.database = database;
  }

  @Test
  void healthIsUpWhileTheServerAnswers() {
    try (Varve varve = database.connect()) {
      Health health = varve.health();
      assertThat(health.status()).isEqualTo(Health.Status.UP);
      assertThat(health.roundTrip()).isPositive().isLessThan(Duration.ofMinutes(1));
      assertThat(health.problem()).isEmpty();
    }
  }

  @Test
  void tierIsWhatTheServerIs() throws SQLException {
    String extensions =
        Sql.value(database, "select count(*) from pg_extension where extname = 'timescaledb'");
    Tier expected = extensions.equals("0") ? Tier.PLAIN : editionOf(database);
    assertThat(capabilities().tier()).isEqualTo(expected);
  }

  @Test
  @EnabledIfEnvironmentVariable(named = "VARVE_TEST_TIER", matches = ".+")
  void tierIsTheOneTheRunIsMeantFor() {
    assertThat(capabilities().tier().name()).isEqualTo(System.getenv("VARVE_TEST_TIER"));
  }

  private static Tier editionOf(TestDatabase database) throws SQLException {
    String license = Sql.value(database, "show timescaledb.license");
    return license.equals("apache") ? Tier.APACHE : Tier.COMMUNITY;
  }

  @Test
  void versionsAreTheServersOwn() throws SQLException {
    Capabilities capabilities = capabilities();
    assertThat(Sql.value(database, "show server_version"))
        .startsWith(capabilities.postgresVersion());
    assertThat(capabilities.timescaleVersion().stream().toList())
        .isEqualTo(
            Sql.list(
                database, "select extversion from pg_extension where extname = 'timescaledb'"));
  }

  private Capabilities capabilities() {
    try (Varve varve = database.connect()) {
      return varve.capabilities();
    }
  }

  @Test
  void dataSourceServesSqlOfTheCallersOwn() throws SQLException {
    try (Varve varve = database.connect();
        Connection connection = varve.dataSource().getConnection();
        Statement statement = connection.createStatement()) {
      assertThat(statement.execute("select 1")).isTrue();
    }
  }

  @Test
  void foreignDataSourceStaysOpen() throws SQLException {
    PGSimpleDataSource foreign = new PGSimpleDataSource();
    foreign.setUrl(database.url());
    foreign.setUser(database.user());
    foreign.setPassword(database.password());
    try (Varve varve = Varve.of(foreign)) {
      assertThat(varve.health().status()).isEqualTo(Health.Status.UP);
    }
    try (Connection connection = foreign.getConnection()) {
      assertThat(connection.isValid(1)).isTrue();
    }
  }

  @Test
  void closedVarveRefusesWork() {
    Varve varve = database.connect();
    varve.close();
    assertThatThrownBy(() -> varve.schema().hypertables())
        .isInstanceOf(ClosedException.class)
        .hasMessageEndingWith("this Varve has been closed");
    assertThat(varve.health().status()).isEqualTo(Health.Status.DOWN);
  }

  @Test
  void closingTwiceIsHarmless() {
    Varve varve = database.connect();
    varve.close();
    assertThatCode(varve::close).doesNotThrowAnyException();
  }

  @Test
  void wrongPasswordIsRefusedWithoutRepeatingIt() {
    assertThatThrownBy(() -> Varve.connect(withCredentials("not-the-password")))
        .isInstanceOfSatisfying(
            AccessException.class, e -> assertThat(e.sqlState()).contains("28P01"))
        .hasMessageContaining(database.user())
        .hasMessageNotContaining("not-the-password");
  }

  @Test
  void unreachableServerIsRetryable() throws IOException {
    int silentPort;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      silentPort = socket.getLocalPort();
    }
    String url = "jdbc:postgresql://127.0.0.1:" + silentPort + "/metrics?user=u&password=secret";
    assertThatThrownBy(() -> Varve.connect(url))
        .isInstanceOfSatisfying(
            ConnectionException.class, e -> assertThat(e.isRetryable()).isTrue())
        .hasMessageContaining("127.0.0.1:" + silentPort)
        .hasMessageNotContaining("secret");
  }

  @Test
  void urlMayOmitTheJdbcPrefix() {
    String url = withCredentials(database.password()).substring("jdbc:".length());
    try (Varve varve = Varve.connect(url)) {
      assertThat(varve.health().status()).isEqualTo(Health.Status.UP);
    }
  }

  private String withCredentials(String password) {
    String separator = database.url().contains("?") ? "&" : "?";
    return database.url() + separator + "user=" + database.user() + "&password=" + password;
  }
}
