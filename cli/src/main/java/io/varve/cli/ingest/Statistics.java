package io.varve.cli.ingest;

import io.varve.Varve;
import io.varve.jdbc.SqlErrors;
import io.varve.model.QualifiedName;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;

/** What the server's planner knows about a table that has just been filled. */
public final class Statistics {

  private Statistics() {}

  /** Samples a table and its chunks; autovacuum would get to it later, and never to the parent. */
  public static void refresh(Varve varve, QualifiedName table) {
    try (Connection connection = varve.dataSource().getConnection();
        Statement analyze = connection.createStatement()) {
      analyze.execute("ANALYZE " + table.sql());
    } catch (SQLException e) {
      throw SqlErrors.translate("analysing table " + table, e);
    }
  }
}
