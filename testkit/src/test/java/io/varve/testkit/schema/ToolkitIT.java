package io.varve.testkit.schema;

import static org.assertj.core.api.Assertions.assertThat;

import io.varve.Toolkit;
import io.varve.Varve;
import io.varve.testkit.DatabaseExtension;
import io.varve.testkit.TestDatabase;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(DatabaseExtension.class)
final class ToolkitIT {

  private final TestDatabase database;

  ToolkitIT(TestDatabase database) {
    this.database = database;
  }

  @AfterEach
  void drop() throws Exception {
    try (Session session = Session.on(database)) {
      session.run(
          "SET client_min_messages = error", "DROP SCHEMA IF EXISTS varve, varve_internal CASCADE");
    }
  }

  @Test
  void installsOnceAndIsCurrentAfterwards() {
    try (Varve varve = database.connect()) {
      Toolkit toolkit = varve.toolkit();
      assertThat(toolkit.status().installed()).isZero();
      assertThat(toolkit.status().isCurrent()).isFalse();

      assertThat(toolkit.install()).isPositive();

      assertThat(toolkit.status().isCurrent()).isTrue();
      assertThat(toolkit.install()).isZero();
    }
  }

  @Test
  void tenInstallingAtOnceDoItOnce() throws Exception {
    List<Integer> migrations =
        Together.run(
            10,
            i ->
                () -> {
                  try (Varve varve = database.connect()) {
                    return varve.toolkit().install();
                  }
                });

    assertThat(migrations).filteredOn(ran -> ran > 0).hasSize(1);
    assertThat(Collections.frequency(migrations, 0)).isEqualTo(9);
  }

  @Test
  void newerVersionIsLeftAloneAndUsed() throws Exception {
    try (Varve varve = database.connect();
        Session session = Session.on(database)) {
      varve.toolkit().install();
      session.run(
          """
          INSERT INTO varve_internal.migration_history
          SELECT installed_rank + 1000, '1000', 'of a later Varve', type, 'V1000__later.sql', checksum,
                 installed_by, installed_on, execution_time, success
            FROM varve_internal.migration_history WHERE version = '1'
          """);

      assertThat(varve.toolkit().install()).isZero();
      assertThat(varve.toolkit().status().installed()).isEqualTo(1000);
      assertThat(varve.toolkit().status().isCurrent()).isFalse();
    }
  }

  @Test
  void everyFunctionExplainsItself() throws Exception {
    try (Varve varve = database.connect();
        Session session = Session.on(database)) {
      varve.toolkit().install();

      assertThat(
              session.texts(
                  """
                  SELECT oid::regprocedure::text FROM pg_proc
                   WHERE pronamespace IN ('varve'::regnamespace, 'varve_internal'::regnamespace)
                     AND obj_description(oid, 'pg_proc') IS NULL
                  """))
          .isEmpty();
    }
  }

  @Test
  void everythingLivesInTwoSchemas() throws Exception {
    String relations =
        """
        SELECT n.nspname || '.' || c.relname FROM pg_class c
          JOIN pg_namespace n ON n.oid = c.relnamespace
         WHERE n.nspname NOT IN ('varve', 'varve_internal', 'pg_toast')
        """;
    try (Varve varve = database.connect();
        Session session = Session.on(database)) {
      List<?> before = session.texts(relations);
      varve.toolkit().install();
      assertThat(session.texts(relations)).hasSameSizeAs(before);
    }
  }

  @Test
  void searchPathAndStandardStringsDoNotMatter() throws Exception {
    try (Session session = Session.on(database)) {
      String role = "CURRENT_USER";
      session.run(
          "ALTER ROLE " + role + " SET search_path = pg_temp",
          "ALTER ROLE " + role + " SET standard_conforming_strings = off",
          "ALTER ROLE " + role + " SET escape_string_warning = off",
          "ALTER ROLE " + role + " SET DateStyle = 'ISO, DMY'",
          "ALTER ROLE " + role + " SET IntervalStyle = 'sql_standard'");
      try (Varve varve = database.connect()) {
        assertThat(varve.toolkit().install()).isPositive();
        assertThat(varve.toolkit().status().isCurrent()).isTrue();
      } finally {
        session.run("ALTER ROLE " + role + " RESET ALL");
      }
    }
  }
}
