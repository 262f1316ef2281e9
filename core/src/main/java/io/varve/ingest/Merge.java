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
 * last one counts; rows are taken in the order of their keys, so that two writers never wait for
 * each other in a circle. Immutable and thread-safe.
 */
final class Merge {

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

  /** Whether, of two statements, the later one's rows count: so it is unless rows are left out. */
  boolean lastWinsByItself() {
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

  /** From arrays; its parameters are theirs. */
  String fromArrays(Unnest<?> arrays) {
    String key = keyOfArrays();
    return "INSERT INTO %s (%s) SELECT DISTINCT ON (%s) %s FROM %s ORDER BY %s, r.line DESC %s"
        .formatted(
            table.name().sql(),
            list(names()),
            key,
            arrayColumns(),
            arrays.sql(),
            key,
            onConflict());
  }

  /**
   * From a relation that has the table's columns, in which rows stand in order.
   *
   * @param target the table, or the chunk that all the rows belong to
   * @param repeats whether rows may have the same key; to know that they have not saves time
   */
  String fromStage(String stage, String target, boolean repeats) {
    String key = list(keyInOrder());
    return "INSERT INTO %s (%s) SELECT %s %s FROM %s ORDER BY %s %s"
        .formatted(
            target,
            list(names()),
            repeats ? "DISTINCT ON (" + key + ")" : "",
            list(names()),
            stage,
            repeats ? key + ", ctid DESC" : key,
            onConflict());
  }

  /** The time first: rows mostly come in its order, and what is in order is sorted at once. */
  private List<String> keyInOrder() {
    String time = table.time().name();
    return Stream.concat(
            Stream.of(time), table.key().stream().filter(column -> !column.equals(time)))
        .toList();
  }

  private List<String> names() {
    return table.columns().stream().<String>map(Column::name).toList();
  }

  private String arrayColumns() {
    return IntStream.rangeClosed(1, names().size())
        .mapToObj(i -> "r.c" + i)
        .collect(Collectors.joining(", "));
  }

  private String keyOfArrays() {
    return keyInOrder().stream()
        .map(name -> "r.c" + (names().indexOf(name) + 1))
        .collect(Collectors.joining(", "));
  }

  private static String list(List<String> names) {
    return names.stream().map(Identifiers::quote).collect(Collectors.joining(", "));
  }
}
