package io.varve.query;

import io.varve.MappingException;
import io.varve.model.ColumnType;
import io.varve.model.ColumnType.Kind;
import io.varve.model.RecordRows;
import io.varve.model.Row;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.postgresql.jdbc.PgResultSet;

/** The shape of an answer whose columns only the server knows. */
final class AnswerShape<R> implements RowShape<R> {

  /** What is read as text: varchar, char, name, the answer of a function that has none. */
  private static final List<Map.Entry<Integer, ColumnType>> OTHERS =
      List.of(
          Map.entry(1043, new ColumnType(Kind.TEXT, false, "varchar")),
          Map.entry(1042, new ColumnType(Kind.TEXT, false, "char")),
          Map.entry(19, new ColumnType(Kind.TEXT, false, "name")),
          Map.entry(18, new ColumnType(Kind.TEXT, false, "\"char\"")),
          Map.entry(2278, new ColumnType(Kind.TEXT, false, "void")),
          Map.entry(114, new ColumnType(Kind.JSONB, false, "json")),
          Map.entry(26, new ColumnType(Kind.BIGINT, false, "oid")),
          Map.entry(1015, new ColumnType(Kind.TEXT, true, "varchar[]")),
          Map.entry(1003, new ColumnType(Kind.TEXT, true, "name[]")),
          Map.entry(199, new ColumnType(Kind.JSONB, true, "json[]")));

  private static final Map<Integer, ColumnType> TYPES =
      Stream.concat(
              Arrays.stream(Kind.values())
                  .flatMap(
                      kind ->
                          Stream.of(
                              Map.entry(kind.oid(), ColumnType.of(kind)),
                              Map.entry(kind.arrayOid(), ColumnType.arrayOf(kind)))),
              OTHERS.stream())
          .collect(Collectors.toUnmodifiableMap(Map.Entry::getKey, Map.Entry::getValue));

  /** What travels as text does, below arrays. A domain's values come as what it stands for. */
  private static final String LOOKUP =
      """
      SELECT pg_catalog.format_type(t.oid, NULL),
             coalesce(e.typtype, t.typtype) = 'e' OR coalesce(e.typname, t.typname) = 'citext',
             e.oid IS NOT NULL
        FROM pg_catalog.pg_type t
        LEFT JOIN pg_catalog.pg_type e ON e.oid = t.typelem AND e.typarray = t.oid
       WHERE t.oid = ?::pg_catalog.oid
      """;

  private final String task;
  private final Columns<R> maker;

  /** Makes a row's maker of the columns' names and types; refuses columns it cannot. */
  @FunctionalInterface
  private interface Columns<R> {
    Function<@Nullable Object[], R> maker(List<String> names, List<ColumnType> types);
  }

  private AnswerShape(String task, Columns<R> maker) {
    this.task = task;
    this.maker = maker;
  }

  /** Rows with the columns' names. */
  static AnswerShape<Row> rows(String task) {
    return new AnswerShape<>(task, (names, types) -> rowMaker(task, names));
  }

  /** Records whose components bear the columns' names. */
  static <R extends Record> AnswerShape<R> records(String task, Class<R> record) {
    RecordRows<R> rows = RecordRows.of(record);
    return new AnswerShape<>(task, (names, types) -> rows.maker(task, names, types));
  }

  private static Function<@Nullable Object[], Row> rowMaker(String task, List<String> names) {
    Set<String> seen = new HashSet<>();
    for (String name : names) {
      if (!seen.add(name)) {
        throw new MappingException(
            "%s: two columns \"%s\"; expected a name of its own for each: AS"
                .formatted(task, name));
      }
    }
    return values -> new Row(names, values);
  }

  @Override
  public RowReader<R> reader(ResultSet answer) throws SQLException {
    ResultSetMetaData columns = answer.getMetaData();
    List<String> names = new ArrayList<>();
    List<ColumnType> types = new ArrayList<>();
    for (int i = 1; i <= columns.getColumnCount(); i++) {
      names.add(columns.getColumnLabel(i));
      types.add(type(answer, i, columns.getColumnLabel(i)));
    }
    List<String> columnNames = List.copyOf(names);
    return new RowReader<>(task, columnNames, types, maker.maker(columnNames, types));
  }

  private ColumnType type(ResultSet answer, int column, String name) throws SQLException {
    int oid = answer.unwrap(PgResultSet.class).getColumnOID(column);
    ColumnType known = TYPES.get(oid);
    return known == null ? lookedUp(answer, oid, name) : known;
  }

  private ColumnType lookedUp(ResultSet answer, int oid, String name) throws SQLException {
    try (PreparedStatement lookup =
        answer.getStatement().getConnection().prepareStatement(LOOKUP)) {
      lookup.setLong(1, Integer.toUnsignedLong(oid));
      try (ResultSet type = lookup.executeQuery()) {
        boolean found = type.next();
        if (found && type.getBoolean(2)) {
          return new ColumnType(Kind.TEXT, type.getBoolean(3), type.getString(1));
        }
        throw new MappingException(
            "%s, column \"%s\": it is of type %s, which has no Java class here; expected a cast, such as ::text"
                .formatted(task, name, found ? type.getString(1) : oid));
      }
    }
  }

  /** Nobody knows before the answer is there. */
  @Override
  public boolean isWide() {
    return true;
  }
}
