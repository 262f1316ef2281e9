package io.varve.cli;

import io.varve.cli.output.OutputColumn;
import io.varve.model.Json;
import java.math.BigDecimal;
import java.sql.Array;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Takes values out of any result; types it does not know are text, as the server prints them. */
final class ResultReader {

  /** Reads one column; what it returns for null does not matter. */
  private interface ColumnReader {
    @Nullable Object read(ResultSet result, int column) throws SQLException;
  }

  private final ResultSet result;
  private final List<OutputColumn> columns = new ArrayList<>();
  private final List<ColumnReader> readers = new ArrayList<>();

  ResultReader(ResultSet result) throws SQLException {
    this.result = result;
    ResultSetMetaData types = result.getMetaData();
    for (int i = 1; i <= types.getColumnCount(); i++) {
      columns.add(new OutputColumn(types.getColumnLabel(i), isNumber(types.getColumnType(i))));
      readers.add(reader(types, i));
    }
  }

  List<OutputColumn> columns() {
    return columns;
  }

  /** The values of the current row. */
  @Nullable Object[] row() throws SQLException {
    @Nullable Object[] values = new @Nullable Object[readers.size()];
    for (int i = 0; i < values.length; i++) {
      Object value = readers.get(i).read(result, i + 1);
      values[i] = result.wasNull() ? null : value;
    }
    return values;
  }

  private static boolean isNumber(int type) {
    return switch (type) {
      case Types.SMALLINT, Types.INTEGER, Types.BIGINT, Types.REAL, Types.DOUBLE, Types.NUMERIC ->
          true;
      default -> false;
    };
  }

  /** The whole numbers first: the driver calls some of them {@code serial}, others not. */
  private static ColumnReader reader(ResultSetMetaData types, int column) throws SQLException {
    return switch (types.getColumnType(column)) {
      case Types.SMALLINT, Types.INTEGER, Types.BIGINT -> ResultSet::getLong;
      case Types.ARRAY -> arrayReader(types.getColumnTypeName(column));
      default -> reader(types.getColumnTypeName(column));
    };
  }

  private static ColumnReader reader(String type) {
    return switch (type) {
      case "bool" -> ResultSet::getBoolean;
      case "float4" -> ResultSet::getFloat;
      case "float8" -> ResultSet::getDouble;
      case "numeric" -> (result, column) -> numeric(result.getString(column));
      case "timestamptz" ->
          (result, column) -> instant(result.getObject(column, OffsetDateTime.class));
      case "timestamp" -> (result, column) -> result.getObject(column, LocalDateTime.class);
      case "date" -> (result, column) -> result.getObject(column, LocalDate.class);
      case "uuid" -> (result, column) -> result.getObject(column, UUID.class);
      case "bytea" -> ResultSet::getBytes;
      case "json", "jsonb" -> (result, column) -> json(result.getString(column));
      default -> ResultSet::getString;
    };
  }

  /** Arrays whose elements the driver turns into classes we can show; others stay text. */
  private static ColumnReader arrayReader(String type) {
    return switch (type) {
      case "_int2", "_int4", "_int8", "_float4", "_float8", "_text", "_varchar", "_bool", "_uuid" ->
          (result, column) -> list(result.getArray(column));
      default -> ResultSet::getString;
    };
  }

  private static @Nullable Object numeric(@Nullable String text) {
    if (text == null) {
      return null;
    }
    return switch (text) {
      case "NaN" -> Double.NaN;
      case "Infinity" -> Double.POSITIVE_INFINITY;
      case "-Infinity" -> Double.NEGATIVE_INFINITY;
      default -> new BigDecimal(text);
    };
  }

  /** The driver's way to say infinity becomes Varve's. */
  private static @Nullable Instant instant(@Nullable OffsetDateTime time) {
    if (time == null) {
      return null;
    }
    if (time.equals(OffsetDateTime.MAX)) {
      return Instant.MAX;
    }
    return time.equals(OffsetDateTime.MIN) ? Instant.MIN : time.toInstant();
  }

  private static @Nullable Json json(@Nullable String text) {
    return text == null ? null : new Json(text);
  }

  private static @Nullable Object list(@Nullable Array array) throws SQLException {
    return array == null ? null : nested(array.getArray());
  }

  /** An array of several dimensions is a list of lists. */
  private static @Nullable Object nested(@Nullable Object value) {
    if (!(value instanceof @Nullable Object[] elements)) {
      return value;
    }
    List<@Nullable Object> list = new ArrayList<>(elements.length);
    for (Object element : elements) {
      list.add(nested(element));
    }
    return list;
  }
}
