package io.varve.cli.ingest;

import io.varve.Varve;
import io.varve.jdbc.SqlErrors;
import io.varve.model.Chunk;
import io.varve.model.QualifiedName;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.stream.Collectors;

/** What the server's planner knows about a table that has just been filled. */
public final class Statistics {

  private Statistics() {}

  /** Samples a table and its chunks; autovacuum would get to it later, and never to the parent. */
  public static void refresh(Varve varve, QualifiedName table) {
    analyze(varve, table, List.of(table));
  }

  /** Samples the chunks of a table that a load has touched; the whole table where that is all. */
  public static void refresh(Varve varve, QualifiedName table, TimeSpan touched) {
    List<Chunk> chunks = varve.schema().chunks(table);
    List<QualifiedName> within =
        chunks.stream()
            .filter(chunk -> touched.overlaps(chunk.start(), chunk.end()))
            .map(Chunk::name)
            .toList();
    analyze(varve, table, within.size() == chunks.size() ? List.of(table) : within);
  }

  private static void analyze(Varve varve, QualifiedName table, List<QualifiedName> relations) {
    if (relations.isEmpty()) {
      return;
    }
    String names = relations.stream().map(QualifiedName::sql).collect(Collectors.joining(", "));
    try (Connection connection = varve.dataSource().getConnection();
        Statement analyze = connection.createStatement()) {
      analyze.execute("ANALYZE " + names);
    } catch (SQLException e) {
      throw SqlErrors.translate("analysing table " + table, e);
    }
  }
}
