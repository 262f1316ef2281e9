package io.varve.ingest;

import io.varve.jdbc.Identifiers;
import io.varve.model.Column;
import io.varve.model.ColumnType.Kind;
import io.varve.model.Table;
import io.varve.schema.StoredType;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A table's key as rows are ordered and told apart by it. The time comes first: rows mostly arrive
 * in its order, and what is in order is sorted at once. Texts are ordered by their bytes where that
 * tells the same ones apart, so that every statement takes the same order, whatever collation it
 * finds; where the column's collation takes different bytes for equal, it decides. That is said by
 * an operator: a COLLATE clause makes PostgreSQL sort a second copy of each text, and the merge of
 * 400,000 rows 8 % slower. Immutable and thread-safe.
 */
final class KeyOrder {

  /** Texts without padding that PostgreSQL compares as text: that itself, and varchar(n). */
  private static final Set<Integer> PLAIN_TEXT = Set.of(25, 1043);

  private record Part(int position, String name, Kind kind, boolean exact) {

    String ordering() {
      return kind == Kind.TEXT && exact ? " USING OPERATOR(pg_catalog.~<~)" : "";
    }
  }

  private final List<Part> parts;

  private KeyOrder(List<Part> parts) {
    this.parts = parts;
  }

  /**
   * The order for a table.
   *
   * @param types what each of its columns stores
   */
  static KeyOrder of(Table<?> table, List<StoredType> types) {
    return new KeyOrder(
        IntStream.range(0, types.size())
            .filter(i -> table.key().contains(table.columns().get(i).name()))
            .mapToObj(i -> part(i, table.columns().get(i), types.get(i)))
            .sorted(Comparator.comparing(part -> rank(table, part)))
            .toList());
  }

  private static Part part(int position, Column<?, ?> column, StoredType type) {
    return new Part(position, column.name(), column.type().kind(), isExact(column, type));
  }

  private static int rank(Table<?> table, Part part) {
    return part.name().equals(table.time().name()) ? -1 : table.key().indexOf(part.name());
  }

  private static boolean isExact(Column<?, ?> column, StoredType type) {
    return !column.type().array()
        && switch (column.type().kind()) {
          case BOOLEAN, SMALLINT, INTEGER, BIGINT, UUID, BYTEA, TIMESTAMPTZ, TIMESTAMP, DATE ->
              true;
          case TEXT -> PLAIN_TEXT.contains(type.oid()) && type.deterministic();
          case REAL, DOUBLE, NUMERIC, JSONB -> false;
        };
  }

  /** Whether keys are equal only if they are encoded alike. */
  boolean isExact() {
    return parts.stream().allMatch(Part::exact);
  }

  /**
   * Whether the elements of arrays, which know nothing of the column's collation or padding,
   * compare as its values do.
   */
  boolean holdsInArrays() {
    return parts.stream().allMatch(part -> part.exact() || part.kind() != Kind.TEXT);
  }

  /** Where the key's columns stand among the table's. */
  int[] positions() {
    return parts.stream().mapToInt(Part::position).toArray();
  }

  /** The key of rows with the table's columns. */
  String columns() {
    return list(KeyOrder::column);
  }

  /** What such rows are ordered by. */
  String byColumns() {
    return list(part -> column(part) + part.ordering());
  }

  /** The key of rows with the columns {@code r.c1, r.c2, …}. */
  String arrays() {
    return list(KeyOrder::array);
  }

  /** What such rows are ordered by. */
  String byArrays() {
    return list(part -> array(part) + part.ordering());
  }

  private static String column(Part part) {
    return Identifiers.quote(part.name());
  }

  private static String array(Part part) {
    return "r.c" + (part.position() + 1);
  }

  private String list(Function<Part, String> text) {
    return parts.stream().map(text).collect(Collectors.joining(", "));
  }
}
