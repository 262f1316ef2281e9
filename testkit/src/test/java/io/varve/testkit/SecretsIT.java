package io.varve.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.varve.Preset;
import io.varve.Setting;
import io.varve.Varve;
import io.varve.VarveBuilder;
import io.varve.health.Health;
import java.lang.management.ManagementFactory;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.logging.Level;
import java.util.stream.Collectors;
import org.assertj.core.util.Throwables;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The password of a connection that works is nowhere in what can be seen of it. */
@ExtendWith(DatabaseExtension.class)
final class SecretsIT {

  private final TestDatabase database;
  private final CapturedLog log = new CapturedLog();

  SecretsIT(TestDatabase database) {
    this.database = database;
  }

  @BeforeEach
  void listen() {
    log.start(Level.ALL);
  }

  @AfterEach
  void stopListening() {
    log.stop();
  }

  @Test
  void openConnectionShowsNoPassword() throws Exception {
    VarveBuilder builder = builder();
    try (Varve varve = builder.connect();
        Connection connection = varve.dataSource().getConnection()) {
      varve.health();
      assertThat(
              List.of(
                  builder.toString(),
                  varve.toString(),
                  varve.capabilities().toString(),
                  varve.dataSource().toString(),
                  connection.toString(),
                  connection.getMetaData().getURL(),
                  threads(),
                  beans()))
          .noneMatch(text -> text.contains(database.password()))
          .anyMatch(text -> text.contains("varve "));
      assertThat(said(catchThrowable(() -> connection.prepareStatement("select 1/0").execute())))
          .contains("division by zero")
          .doesNotContain(database.password());
    }
    assertThat(log.text())
        .contains("com.zaxxer.hikari", "org.postgresql", "connected: Capabilities")
        .doesNotContain(database.password());
  }

  @Test
  void connectingAndClosingSaysNothingAtInfo() {
    log.start(Level.INFO);
    try (Varve varve = builder().connect()) {
      assertThat(varve.health().status()).isEqualTo(Health.Status.UP);
    }
    assertThat(log.text()).isEmpty();
  }

  @Test
  void closedConnectionShowsNoPassword() throws SQLException {
    Varve varve = builder().connect();
    varve.close();
    assertThat(said(catchThrowable(() -> varve.dataSource().getConnection())))
        .contains("this Varve has been closed")
        .doesNotContain(database.password());
    assertThat(log.text()).doesNotContain(database.password());
  }

  @Test
  void refusedConnectionShowsNoPassword() {
    Throwable refusal =
        catchThrowable(builder().set(Setting.DATABASE, "no_such_database")::connect);
    assertThat(said(refusal)).contains("no_such_database").doesNotContain(database.password());
    assertThat(log.text()).doesNotContain(database.password());
  }

  private VarveBuilder builder() {
    return Varve.builder(Preset.TEST)
        .set(Setting.URL, database.url())
        .set(Setting.USER, database.user())
        .set(Setting.PASSWORD, database.password());
  }

  private static String said(Throwable error) {
    return Throwables.getStackTrace(error);
  }

  private static String threads() {
    return Thread.getAllStackTraces().keySet().stream()
        .map(Thread::getName)
        .collect(Collectors.joining("\n"));
  }

  private static String beans() {
    return ManagementFactory.getPlatformMBeanServer().queryNames(null, null).toString();
  }
}
