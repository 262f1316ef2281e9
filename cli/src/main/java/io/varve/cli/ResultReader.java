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
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Takes values out of any result; types it does not know are text, as the server prints them. */
final class ResultReader {

  private final ResultSet result;
  private final ResultSetMetaData types;

  ResultReader(ResultSet result) throws SQLException {
    this.result = result;
    this.types = result.getMetaData();
  }

  List<OutputColumn> columns() throws SQLException {
    List<OutputColumn> columns = new ArrayList<>();
    for (int i = 1; i <= types.getColumnCount(); i++) {
      boolean number =
          switch (types.getColumnType(i)) {
            case Types.SMALLINT,
                Types.INTEGER,
                Types.BIGINT,
                Types.REAL,
                Types.DOUBLE,
                Types.NUMERIC ->
                true;
            default -> false;
          };
      columns.add(new OutputColumn(types.getColumnLabel(i), number));
    }
    return columns;
  }

  /** The values of the current row. */
  @Nullable Object[] row() throws SQLException {
    @Nullable Object[] values = new @Nullable Object[types.getColumnCount()];
    for (int i = 0; i < values.length; i++) {
      values[i] = value(i + 1);
    }
    return values;
  }

  private @Nullable Object value(int column) throws SQLException {
    if (result.getString(column) == null) {
      return null;
    }
    return switch (types.getColumnTypeName(column)) {
      case "bool" -> result.getBoolean(column);
      case "int2", "int4", "int8", "oid" -> result.getLong(column);
      case "float4" -> result.getFloat(column);
      case "float8" -> result.getDouble(column);
      case "numeric" -> numeric(result.getString(column));
      case "timestamptz" -> instant(result.getObject(column, OffsetDateTime.class));
      case "timestamp" -> result.getObject(column, LocalDateTime.class);
      case "date" -> result.getObject(column, LocalDate.class);
      case "uuid" -> result.getObject(column, UUID.class);
      case "bytea" -> result.getBytes(column);
      case "json", "jsonb" -> new Json(result.getString(column));
      default -> other(column);
    };
  }

  private static Object numeric(String text) {
    return switch (text) {
      case "NaN" -> Double.NaN;
      case "Infinity" -> Double.POSITIVE_INFINITY;
      case "-Infinity" -> Double.NEGATIVE_INFINITY;
      default -> new BigDecimal(text);
    };
  }

  /** The driver's way to say infinity becomes Varve's. */
  private static Instant instant(OffsetDateTime time) {
    if (time.equals(OffsetDateTime.MAX)) {
      return Instant.MAX;
    }
    return time.equals(OffsetDateTime.MIN) ? Instant.MIN : time.toInstant();
  }

  private Object other(int column) throws SQLException {
    if (types.getColumnType(column) == Types.ARRAY && isPlainArray(column)) {
      Array array = result.getArray(column);
      return Arrays.asList((Object[]) array.getArray());
    }
    return result.getString(column);
  }

  /** Whether the driver turns the elements into classes we can show; others stay text. */
  private boolean isPlainArray(int column) throws SQLException {
    return switch (types.getColumnTypeName(column)) {
      case "_int2", "_int4", "_int8", "_float4", "_float8", "_text", "_varchar", "_bool", "_uuid" ->
          true;
      default -> false;
    };
  }
}
