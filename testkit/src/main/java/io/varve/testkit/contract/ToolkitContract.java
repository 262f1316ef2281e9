package io.varve.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.varve.Toolkit;
import io.varve.Varve;
import io.varve.testkit.DatabaseExtension;
import io.varve.testkit.TestDatabase;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The SQL toolkit: installing it once, whoever tries, and documenting what it brings. */
@ExtendWith(DatabaseExtension.class)
final class ToolkitContract {

  private final TestDatabase database;
  private final Varve varve;

  ToolkitContract(TestDatabase database) {
    this.database = database;
    this.varve = database.connect();
  }

  @BeforeEach
  void removeTheToolkit() throws SQLException {
    Sql.execute(
        database,
        "drop schema if exists varve cascade",
        "drop schema if exists varve_internal cascade");
  }

  @AfterEach
  void disconnect() {
    varve.close();
  }

  @Test
  void nothingIsInstalledBeforeInstalling() {
    Toolkit.Status status = varve.toolkit().status();
    assertThat(status.installed()).isZero();
    assertThat(status.available()).isPositive();
    assertThat(status.isCurrent()).isFalse();
  }

  @Test
  void installingTwiceRunsEveryMigrationOnce() {
    int first = varve.toolkit().install();
    int second = varve.toolkit().install();
    assertThat(first).isPositive();
    assertThat(second).isZero();
    assertThat(varve.toolkit().status().isCurrent()).isTrue();
  }

  @Test
  void tenInstallersAtOnceRunEveryMigrationOnce() throws Exception {
    int runners = 10;
    List<Integer> migrations =
        Race.run(
            runners,
            runner -> {
              try (Varve own = database.connect()) {
                return own.toolkit().install();
              }
            });
    assertThat(migrations).filteredOn(count -> count > 0).hasSize(1);
    assertThat(varve.toolkit().status().isCurrent()).isTrue();
  }

  @Test
  void connectingInstallsNothing() throws SQLException {
    String sql = "select count(*) from pg_namespace where nspname like 'varve%'";
    assertThat(Sql.value(database, sql)).isEqualTo("0");
  }

  @Test
  void everyFunctionIsDocumented() throws SQLException {
    varve.toolkit().install();
    String sql =
        """
        select p.oid::regprocedure from pg_proc p
        where p.pronamespace = 'varve'::regnamespace
          and obj_description(p.oid, 'pg_proc') is null
        """;
    assertThat(Sql.list(database, sql)).isEmpty();
  }
}
