package io.varve.jdbc;

import io.varve.DatabaseException;
import io.varve.SchemaException;
import io.varve.Tier;
import io.varve.VarveException;
import java.sql.SQLException;
import java.util.List;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.configuration.FluentConfiguration;
import org.flywaydb.core.api.exception.FlywayValidateException;
import org.flywaydb.database.postgresql.PostgreSQLConfigurationExtension;

/**
 * The migrations for one kind of server, and the only class that touches Flyway, which is slow to
 * load: whoever asks for a number does not pay for it.
 *
 * <p>A migration is a file {@code V<n>__<name>.sql} in {@code io/varve/toolkit}: under {@code
 * common} for every server, under {@code plain} for those without TimescaleDB. Numbers are never
 * used twice. On TimescaleDB the native functions answer, and Varve must not hide them behind its
 * own.
 */
enum Migrations {
  PLAIN(9, "common", "plain"),
  TIMESCALE(8, "common");

  static final String ROOT = "io/varve/toolkit/";

  private final int available;
  private final List<String> folders;

  Migrations(int available, String... folders) {
    this.available = available;
    this.folders = List.of(folders);
  }

  static Migrations of(Tier tier) {
    return switch (tier) {
      case PLAIN -> PLAIN;
      case APACHE, COMMUNITY -> TIMESCALE;
    };
  }

  /** The highest number there is for this kind of server. */
  int available() {
    return available;
  }

  /** The folders its migrations are in. */
  List<String> folders() {
    return folders;
  }

  /**
   * Runs what has not run yet, all of it or nothing: others must not meet a toolkit half installed.
   * The schemas exist. Returns how many that were.
   */
  int run(DataSource source) {
    try {
      return configuration(source).load().migrate().migrationsExecuted;
    } catch (FlywayValidateException e) {
      throw new SchemaException(
          "the toolkit in this database does not descend from this Varve's migrations for %s: %s; it was installed for another kind of server, or changed by hand"
              .formatted(this, firstLine(e)),
          null,
          e);
    } catch (FlywayException e) {
      throw translate(e);
    }
  }

  private FluentConfiguration configuration(DataSource source) {
    FluentConfiguration configuration =
        Flyway.configure(Migrations.class.getClassLoader())
            .loggers("slf4j")
            .dataSource(source)
            .locations(
                folders.stream().map(folder -> "classpath:" + ROOT + folder).toArray(String[]::new))
            .schemas("varve_internal")
            .defaultSchema("varve_internal")
            .createSchemas(false)
            .table("migration_history")
            .failOnMissingLocations(true)
            .validateMigrationNaming(true)
            .placeholderReplacement(false)
            .cleanDisabled(true)
            .group(true);
    // A lock of the session's instead of a transaction's needs no second connection: migrations and
    // their history are then one transaction, whatever ends this process in between.
    configuration
        .getConfigurationExtension(PostgreSQLConfigurationExtension.class)
        .setTransactionalLock(false);
    return configuration;
  }

  private static VarveException translate(FlywayException e) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof SQLException refused) {
        return SqlErrors.translate("installing the toolkit", refused);
      }
    }
    return new DatabaseException("installing the toolkit: " + firstLine(e), null, e);
  }

  private static String firstLine(FlywayException e) {
    return String.valueOf(e.getMessage()).lines().findFirst().orElse("no reason given");
  }
}
