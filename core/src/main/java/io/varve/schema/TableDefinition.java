package io.varve.schema;

import io.varve.jdbc.Identifiers;
import io.varve.model.Column;
import io.varve.model.Table;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A table as SQL.
 *
 * <p>Every index is paid for with every row, so there is one: {@code (dimensions…, time DESC)},
 * which finds the newest and any range of a series, or {@code (time DESC)} without dimensions. A
 * unique key that starts with the same columns does the same and makes it superfluous.
 */
final class TableDefinition {

  private final Table<?> table;

  TableDefinition(Table<?> table) {
    this.table = table;
  }

  /** Columns and the key in parentheses. */
  String columns() {
    return Stream.concat(table.columns().stream().map(TableDefinition::column), key().stream())
        .collect(Collectors.joining(", ", "(", ")"));
  }

  private static String column(Column<?, ?> column) {
    return Identifiers.quote(column.name())
        + " "
        + column.type().sql()
        + (column.nullable() ? "" : " NOT NULL");
  }

  /** A primary key where it can be one; else two rows without a value are still the same row. */
  private Optional<String> key() {
    if (table.key().isEmpty()) {
      return Optional.empty();
    }
    boolean mayBeNull =
        table.columns().stream()
            .anyMatch(column -> column.nullable() && table.key().contains(column.name()));
    return Optional.of(
        (mayBeNull ? "UNIQUE NULLS NOT DISTINCT (" : "PRIMARY KEY (") + list(table.key()) + ")");
  }

  /** The statement for the index, unless the key does its work. */
  Optional<String> index() {
    return keyLeadsToTime()
        ? Optional.empty()
        : Optional.of(
            "CREATE INDEX ON %s (%s DESC)".formatted(table.name().sql(), list(seriesAndTime())));
  }

  private boolean keyLeadsToTime() {
    List<String> wanted = seriesAndTime();
    int dimensions = wanted.size() - 1;
    List<String> key = table.key();
    return key.size() >= wanted.size()
        && key.get(dimensions).equals(table.time().name())
        && new HashSet<>(key.subList(0, dimensions))
            .equals(new HashSet<>(wanted.subList(0, dimensions)));
  }

  private List<String> seriesAndTime() {
    List<String> columns = new ArrayList<>();
    table.dimensions().forEach(dimension -> columns.add(dimension.name()));
    columns.add(table.time().name());
    return columns;
  }

  private static String list(Collection<String> columns) {
    return columns.stream().map(Identifiers::quote).collect(Collectors.joining(", "));
  }
}
