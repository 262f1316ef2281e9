package io.varve.schema;

import io.varve.model.Column;
import io.varve.model.Table;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What keeps a model from working on an existing hypertable: each difference reads <em>object:
 * found …, expected …</em>. Columns the model does not know are in nobody's way as long as rows can
 * be written without them; the order of the columns does not matter, and the chunk interval is the
 * operator's to change.
 */
final class Drift {

  private static final Pattern MODIFIER = Pattern.compile("\\(([^)]*)\\)");

  private final Table<?> table;
  private final ExistingTable existing;
  private final String timeColumn;
  private final List<String> differences = new ArrayList<>();

  private Drift(Table<?> table, ExistingTable existing, String timeColumn) {
    this.table = table;
    this.existing = existing;
    this.timeColumn = timeColumn;
  }

  static List<String> between(
      Connection connection, Table<?> table, ExistingTable existing, String timeColumn)
      throws SQLException {
    Drift drift = new Drift(table, existing, timeColumn);
    drift.compareTime();
    drift.compareColumns(typeOids(connection, table));
    drift.compareOtherColumns();
    drift.compareKey();
    return drift.differences;
  }

  /** What the model's type names mean to the server: it knows aliases and user-defined types. */
  private static Map<String, Long> typeOids(Connection connection, Table<?> table)
      throws SQLException {
    String sql =
        "SELECT name, coalesce(to_regtype(name)::oid, 0) FROM unnest(?::text[]) AS t (name)";
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      Array names =
          connection.createArrayOf(
              "text", table.columns().stream().map(column -> column.type().sql()).toArray());
      statement.setArray(1, names);
      try (ResultSet row = statement.executeQuery()) {
        Map<String, Long> oids = new HashMap<>();
        while (row.next()) {
          oids.put(row.getString(1), row.getLong(2));
        }
        return oids;
      }
    }
  }

  private void compareTime() {
    if (!timeColumn.equals(table.time().name())) {
      differs("time column", timeColumn, table.time().name());
    }
    ExistingColumn actual = existing.columnsByName().get(timeColumn);
    if (actual != null && actual.stored().roundsTimes()) {
      differs("time column", actual.typeSql() + ", which rounds times", "full precision");
    }
  }

  private void compareColumns(Map<String, Long> typeOids) {
    Map<String, ExistingColumn> found = existing.columnsByName();
    for (Column<?, ?> column : table.columns()) {
      ExistingColumn actual = found.get(column.name());
      String subject = "column \"" + column.name() + "\"";
      if (actual == null) {
        differs(subject, "none", column.type().sql());
      } else if (!isSameType(actual, column.type().sql(), typeOids)) {
        differs(subject, actual.typeSql(), column.type().sql());
      } else if (actual.isGenerated()) {
        differs(subject, "a generated column", "one that can be written");
      } else if (actual.nullable() != column.nullable()) {
        differs(subject, nullability(actual.nullable()), nullability(column.nullable()));
      }
    }
  }

  private static boolean isSameType(
      ExistingColumn actual, String expected, Map<String, Long> typeOids) {
    return Objects.equals(typeOids.get(expected), actual.typeOid())
        && modifier(actual.typeSql()).equals(modifier(expected));
  }

  private static String modifier(String type) {
    Matcher matcher = MODIFIER.matcher(type);
    return matcher.find() ? matcher.group(1).replace(" ", "") : "";
  }

  private static String nullability(boolean nullable) {
    return nullable ? "NULL allowed" : "NOT NULL";
  }

  private void compareOtherColumns() {
    for (ExistingColumn actual : existing.columns()) {
      boolean isKnown =
          table.columns().stream().anyMatch(column -> column.name().equals(actual.name()));
      if (!isKnown && actual.isRequired()) {
        differs(
            "column \"" + actual.name() + "\"",
            actual.typeSql() + " NOT NULL without default",
            "none");
      }
    }
  }

  private void compareKey() {
    boolean isSame =
        table.key().isEmpty() ? existing.keys().isEmpty() : existing.hasKey(table.key());
    if (!isSame) {
      differs("unique key", describe(existing.keys()), describe(keys(table)));
    }
  }

  private static List<List<String>> keys(Table<?> table) {
    return table.key().isEmpty() ? List.of() : List.of(table.key());
  }

  private static String describe(List<List<String>> keys) {
    return keys.isEmpty()
        ? "none"
        : String.join(
            " and ", keys.stream().map(key -> "(" + String.join(", ", key) + ")").toList());
  }

  private void differs(String subject, String found, String expected) {
    differences.add("%s: found %s, expected %s".formatted(subject, found, expected));
  }
}
