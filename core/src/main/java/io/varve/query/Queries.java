package io.varve.query;

import io.varve.backend.Backend;
import io.varve.jdbc.Database;
import io.varve.model.Table;
import java.util.Map;
import java.util.Objects;

/** Internal: makes queries. */
public final class Queries {

  private Queries() {}

  /** All rows of a table, to be narrowed down. */
  public static <T> Query<T> from(
      Database database, Backend backend, Pruning pruning, Table<T> table) {
    return new TableQuery<>(
        new Reads(database, pruning), Dialect.of(backend), Selection.all(table));
  }

  /** A statement with named parameters. */
  public static NamedSql sql(Database database, String sql) {
    return new BoundSql(
        new Reads(database, Pruning.usual()),
        new NamedText(Objects.requireNonNull(sql, "sql")),
        Map.of());
  }
}
