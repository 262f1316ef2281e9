package io.varve.benchmarks;

import io.varve.Varve;
import io.varve.model.Table;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;

/** Readings to ask about. */
final class ReadingTable {

  static final Table<Reading> TABLE = Table.of(Reading.class);

  private ReadingTable() {}

  /** Fills and analyses the table, and switches parallel workers off. */
  static void fill(Varve varve, int rows) throws SQLException {
    varve.schema().create(TABLE);
    varve.table(TABLE).insertAll(Reading.generate(rows, 1));
    try (Connection connection = varve.dataSource().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("VACUUM ANALYZE " + TABLE.name().sql());
      statement.execute("ALTER SYSTEM SET max_parallel_workers_per_gather = 0");
      statement.execute("SELECT pg_reload_conf()");
    }
  }
}
