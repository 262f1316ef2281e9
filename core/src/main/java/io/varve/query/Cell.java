package io.varve.query;

import io.varve.DataException;
import io.varve.model.ColumnType;
import io.varve.model.ColumnType.Kind;
import io.varve.model.Json;
import java.math.BigDecimal;
import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Reads one column of a result as its type's Java class.
 *
 * <p>Times are read through {@code java.time} throughout: the driver gives those in the proleptic
 * Gregorian calendar, which is PostgreSQL's, and without a look at the JVM's time zone; the
 * infinities are their {@code MAX} and {@code MIN}.
 */
@FunctionalInterface
interface Cell {

  @Nullable Object read(ResultSet row, int column) throws SQLException;

  static Cell of(ColumnType type) {
    Cell element = element(type.kind());
    return type.array() ? (row, column) -> list(row.getArray(column), element) : element;
  }

  private static Cell element(Kind kind) {
    return switch (kind) {
      case BOOLEAN -> (row, column) -> present(row, row.getBoolean(column));
      case SMALLINT -> (row, column) -> present(row, row.getShort(column));
      case INTEGER -> (row, column) -> present(row, row.getInt(column));
      case BIGINT -> (row, column) -> present(row, row.getLong(column));
      case REAL -> (row, column) -> present(row, row.getFloat(column));
      case DOUBLE -> (row, column) -> present(row, row.getDouble(column));
      case NUMERIC -> (row, column) -> row.getObject(column, BigDecimal.class);
      case TEXT -> ResultSet::getString;
      case UUID -> (row, column) -> row.getObject(column, UUID.class);
      case JSONB -> (row, column) -> json(row.getString(column));
      case BYTEA -> ResultSet::getBytes;
      case TIMESTAMPTZ -> (row, column) -> instant(row.getObject(column, OffsetDateTime.class));
      case TIMESTAMP -> (row, column) -> row.getObject(column, LocalDateTime.class);
      case DATE -> (row, column) -> row.getObject(column, LocalDate.class);
    };
  }

  private static @Nullable Object present(ResultSet row, Object value) throws SQLException {
    return row.wasNull() ? null : value;
  }

  private static @Nullable Json json(@Nullable String text) {
    return text == null ? null : new Json(text);
  }

  private static @Nullable Instant instant(@Nullable OffsetDateTime time) {
    if (time == null) {
      return null;
    }
    if (time.equals(OffsetDateTime.MAX)) {
      return Instant.MAX;
    }
    return time.equals(OffsetDateTime.MIN) ? Instant.MIN : time.toInstant();
  }

  /** The driver shows an array as rows of (position, element), which are read like any other. */
  private static @Nullable List<@Nullable Object> list(@Nullable Array array, Cell element)
      throws SQLException {
    if (array == null) {
      return null;
    }
    List<@Nullable Object> list = new ArrayList<>();
    try (ResultSet elements = array.getResultSet()) {
      if (elements.getMetaData().getColumnType(2) == Types.ARRAY) {
        throw new DataException("an array of several dimensions; expected one dimension");
      }
      while (elements.next()) {
        list.add(element.read(elements, 2));
      }
    }
    return Collections.unmodifiableList(list);
  }
}
