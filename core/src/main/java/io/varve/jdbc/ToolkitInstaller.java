package io.varve.jdbc;

import io.varve.AccessException;
import io.varve.Tier;
import io.varve.Toolkit;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/** Installs and upgrades the toolkit by numbered migrations. Thread-safe. */
public final class ToolkitInstaller implements Toolkit {

  /** Held while installing; one database, one number. */
  private static final String LOCK_KEY = "hashtextextended('varve.toolkit', 0)";

  private final Database database;
  private final Migrations migrations;

  public ToolkitInstaller(Database database, Tier tier) {
    this.database = database;
    this.migrations = Migrations.of(tier);
  }

  @Override
  public Status status() {
    return new Status(
        database.call("asking for the toolkit's version", ToolkitInstaller::installed),
        migrations.available());
  }

  @Override
  public int install() {
    return status().installed() >= migrations.available()
        ? 0
        : database.callDirect("installing the toolkit", this::installAlone);
  }

  /** The lock lives on this connection; the migrations run on another. */
  private int installAlone(Connection connection) throws SQLException {
    execute(connection, "SELECT pg_advisory_lock(" + LOCK_KEY + ")");
    int migrated;
    try {
      migrated = installLocked(connection);
    } catch (SQLException | RuntimeException e) {
      try {
        unlock(connection);
      } catch (SQLException unlocking) {
        e.addSuppressed(unlocking);
      }
      throw e;
    }
    unlock(connection);
    return migrated;
  }

  private static void unlock(Connection connection) throws SQLException {
    execute(connection, "SELECT pg_advisory_unlock(" + LOCK_KEY + ")");
  }

  private int installLocked(Connection connection) throws SQLException {
    int installed = installed(connection);
    if (installed >= migrations.available()) {
      return 0;
    }
    checkOwner(connection, installed);
    createSchemas(connection);
    return migrations.run(database.directDataSource());
  }

  private static int installed(Connection connection) throws SQLException {
    String exists =
        """
        SELECT EXISTS (
          SELECT FROM pg_catalog.pg_class c
            JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
           WHERE n.nspname = 'varve_internal' AND c.relname = 'migration_history')
        """;
    String version =
        "SELECT coalesce(max(version::int), 0) FROM varve_internal.migration_history WHERE success";
    try (Statement statement = connection.createStatement()) {
      try (ResultSet row = statement.executeQuery(exists)) {
        row.next();
        if (!row.getBoolean(1)) {
          return 0;
        }
      }
      try (ResultSet row = statement.executeQuery(version)) {
        row.next();
        return row.getInt(1);
      }
    }
  }

  /**
   * A schema's owner can put functions of their own in the place of Varve's, which then run with
   * the rights of whoever installed Varve: so the installer must be the owner, and no member or
   * superuser.
   */
  private void checkOwner(Connection connection, int installed) throws SQLException {
    String stranger =
        """
        SELECT nspname, pg_catalog.pg_get_userbyid(nspowner), current_user
          FROM pg_catalog.pg_namespace
         WHERE nspname IN ('varve', 'varve_internal')
           AND pg_catalog.pg_get_userbyid(nspowner) <> current_user
         ORDER BY 1
        """;
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(stranger)) {
      if (row.next()) {
        throw installed > 0
            ? belongsTo(row.getString(2), row.getString(3), installed)
            : ownedSchema(row.getString(1), row.getString(2), row.getString(3));
      }
    }
  }

  private AccessException belongsTo(String owner, String user, int installed) {
    return new AccessException(
        "the toolkit is at version %d and belongs to role \"%s\": user \"%s\" cannot bring it to %d; let \"%s\" do it"
            .formatted(installed, owner, user, migrations.available(), owner),
        "42501",
        null);
  }

  private static AccessException ownedSchema(String schema, String owner, String user) {
    return new AccessException(
        "schema \"%s\" belongs to role \"%s\", who could change what user \"%s\" installs there; let \"%s\" install the toolkit, or drop the schema"
            .formatted(schema, owner, user, owner),
        "42501",
        null);
  }

  /** Made here and not by a migration, because the migrations' history lives in one of them. */
  private static void createSchemas(Connection connection) throws SQLException {
    for (String schema : new String[] {"varve_internal", "varve"}) {
      if (!exists(connection, schema)) {
        checkMayCreateSchemas(connection);
        execute(connection, "CREATE SCHEMA " + schema);
      }
    }
  }

  private static boolean exists(Connection connection, String schema) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                "SELECT EXISTS (SELECT FROM pg_catalog.pg_namespace WHERE nspname = "
                    + Identifiers.literal(schema)
                    + ")")) {
      row.next();
      return row.getBoolean(1);
    }
  }

  private static void checkMayCreateSchemas(Connection connection) throws SQLException {
    String may =
        """
        SELECT pg_catalog.has_database_privilege(pg_catalog.current_database(), 'CREATE'), current_user,
               pg_catalog.format('GRANT CREATE ON DATABASE %I TO %I',
                                 pg_catalog.current_database(), current_user)
        """;
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(may)) {
      row.next();
      if (!row.getBoolean(1)) {
        throw new AccessException(
            "user \"%s\" may not create Varve's schemas varve and varve_internal; let the database's owner run: %s"
                .formatted(row.getString(2), row.getString(3)),
            "42501",
            null);
      }
    }
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
