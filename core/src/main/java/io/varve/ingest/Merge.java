package io.varve.ingest;

import io.varve.MappingException;
import io.varve.jdbc.Identifiers;
import io.varve.model.Column;
import io.varve.model.Table;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The statement that takes rows into a table whose key may have them. Of rows with the same key the
 * last one counts; rows are taken in the order of their keys, so that two such statements never
 * wait for each other in a circle. Immutable and thread-safe.
 */
final class Merge {

  /** The rows of the stage in the order of their keys. */
  static final String SORTED = "pg_temp.varve_sorted";

  /** No column of a table should have such names. */
  private static final String SORT =
      """
      CREATE TEMPORARY TABLE varve_sorted ON COMMIT DROP AS
      SELECT %1$s, "varve line",
             row_number() OVER (ORDER BY %2$s, "varve line" DESC) AS "varve place",
             row_number() OVER (PARTITION BY %5$s ORDER BY "varve line" DESC) - 1 AS "varve earlier"
        FROM (SELECT %1$s, row_number() OVER (ORDER BY ctid) AS "varve line" FROM %3$s) AS stage
       ORDER BY %2$s, "varve line" DESC;
      CREATE UNIQUE INDEX ON %4$s ("varve place");
      SELECT count(*) FROM %4$s WHERE "varve earlier" = 0
      """;

  private final Table<?> table;
  private final List<String> updates;

  private Merge(Table<?> table, List<String> updates) {
    this.table = table;
    this.updates = updates;
  }

  /** Refuses a table without a key, and columns to update that are absent or part of it. */
  static Merge of(Table<?> table, WriteOptions<?> options) {
    if (table.key().isEmpty()) {
      throw new MappingException(
          "mode %s of table %s: the table has no key; expected one, such as key (%s)"
              .formatted(options.mode(), table.name(), possibleKey(table)));
    }
    for (String update : options.updates()) {
      if (table.key().contains(table.column(update).name())) {
        throw new MappingException(
            "column \"%s\" of table %s is part of its key %s; expected other columns to update"
                .formatted(update, table.name(), table.key()));
      }
    }
    return new Merge(table, updates(table, options));
  }

  private static String possibleKey(Table<?> table) {
    return Stream.concat(table.dimensions().stream(), Stream.of(table.time()))
        .map(Column::name)
        .collect(Collectors.joining(", "));
  }

  private static List<String> updates(Table<?> table, WriteOptions<?> options) {
    if (options.mode() == WriteMode.SKIP_DUPLICATES) {
      return List.of();
    }
    return options.updates().isEmpty()
        ? table.columns().stream()
            .<String>map(Column::name)
            .filter(name -> !table.key().contains(name))
            .toList()
        : options.updates();
  }

  /** The table's quoted name. */
  String table() {
    return table.name().sql();
  }

  /** The quoted names of its columns, joined by commas. */
  String columns() {
    return list(names());
  }

  /** Whether each key's row is stored, so that as many must be as there are keys. */
  boolean replaces() {
    return !updates.isEmpty();
  }

  /** What follows the rows of an INSERT. */
  String onConflict() {
    String action =
        updates.isEmpty()
            ? "NOTHING"
            : "UPDATE SET "
                + updates.stream()
                    .map(Identifiers::quote)
                    .map(name -> name + " = excluded." + name)
                    .collect(Collectors.joining(", "));
    return "ON CONFLICT (%s) DO %s".formatted(list(table.key()), action);
  }

  /**
   * From arrays; its parameters are theirs.
   *
   * @param repeats whether rows may have the same key
   */
  String fromArrays(Unnest<?> arrays, KeyOrder key, boolean repeats) {
    return "INSERT INTO %s (%s) SELECT %s %s FROM %s ORDER BY %s %s"
        .formatted(
            table.name().sql(),
            list(names()),
            repeats ? "DISTINCT ON (" + key.arrays() + ")" : "",
            arrayColumns(),
            arrays.sql(),
            repeats ? key.byArrays() + ", r.line DESC" : key.byArrays(),
            onConflict());
  }

  /**
   * From the temporary table, in which rows stand in the order they came in.
   *
   * @param target the table, or the chunk that all the rows belong to
   * @param repeats whether rows may have the same key; to know that they have not saves time
   */
  String fromStage(KeyOrder key, String target, boolean repeats) {
    return "INSERT INTO %s (%s) SELECT %s %s FROM %s ORDER BY %s %s"
        .formatted(
            target,
            list(names()),
            repeats ? "DISTINCT ON (" + key.columns() + ")" : "",
            list(names()),
            StageLoad.STAGE,
            repeats ? key.byColumns() + ", ctid DESC" : key.byColumns(),
            onConflict());
  }

  /**
   * Makes another temporary table: the rows by key, the last of a key first, each with its place,
   * the line of the stage it was, and how many of its key come before it. Returns the statements.
   */
  String sort(KeyOrder key) {
    return SORT.formatted(list(names()), key.byColumns(), StageLoad.STAGE, SORTED, key.columns());
  }

  /** From that table the rows between two places, its parameters, of each key the last. */
  String fromSorted(String target) {
    return fromSorted(target, "\"varve place\" BETWEEN ? AND ? AND \"varve earlier\" = 0");
  }

  /** From that table the row at one place, its parameter, whether or not it is its key's last. */
  String oneFromSorted(String target) {
    return fromSorted(target, "\"varve place\" = ?");
  }

  private String fromSorted(String target, String which) {
    return "INSERT INTO %s (%s) SELECT %s FROM %s WHERE %s ORDER BY \"varve place\" %s"
        .formatted(target, list(names()), list(names()), SORTED, which, onConflict());
  }

  private List<String> names() {
    return table.columns().stream().<String>map(Column::name).toList();
  }

  private String arrayColumns() {
    return IntStream.rangeClosed(1, names().size())
        .mapToObj(i -> "r.c" + i)
        .collect(Collectors.joining(", "));
  }

  private static String list(List<String> names) {
    return names.stream().map(Identifiers::quote).collect(Collectors.joining(", "));
  }
}
