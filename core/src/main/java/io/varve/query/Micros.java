package io.varve.query;

import io.varve.DataException;
import io.varve.jdbc.IsoTime;
import io.varve.model.ColumnType.Kind;
import java.nio.ByteBuffer;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGResultSetMetaData;
import org.postgresql.core.Field;

/**
 * Reads a time as microseconds since 1970, a bigint as it is. Of an answer in binary the server's
 * eight bytes are taken as they are: the objects of {@code java.time} would cost more than all the
 * rest of the row. One per answer: it remembers in which form that one comes.
 */
final class Micros implements Cell {

  private static final long PER_SECOND = 1_000_000;

  /** PostgreSQL counts from 2000. */
  private static final long EPOCH = LocalDate.of(2000, 1, 1).toEpochDay() * IsoTime.MICROS_PER_DAY;

  private final Kind kind;
  private @Nullable Boolean binary;

  Micros(Kind kind) {
    this.kind = kind;
  }

  static Instant instant(long micros) {
    return Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
  }

  /** As PostgreSQL reads it. */
  static String literal(Kind kind, long micros) {
    LocalDateTime time = LocalDateTime.ofInstant(instant(micros), ZoneOffset.UTC);
    return switch (kind) {
      case BIGINT -> Long.toString(micros);
      case DATE -> IsoTime.of(time.toLocalDate());
      case TIMESTAMPTZ -> IsoTime.of(time.toInstant(ZoneOffset.UTC));
      default -> IsoTime.of(time);
    };
  }

  @Override
  public @Nullable Object read(ResultSet row, int column) throws SQLException {
    if (kind == Kind.BIGINT) {
      long units = row.getLong(column);
      return row.wasNull() ? null : units;
    }
    try {
      return isBinary(row, column) ? raw(row.getBytes(column)) : parsed(row, column);
    } catch (ArithmeticException e) {
      throw new DataException(
          "a time after the year 294246; expected one that can be counted in microseconds since"
              + " 1970",
          null,
          e);
    }
  }

  private boolean isBinary(ResultSet row, int column) throws SQLException {
    Boolean known = binary;
    if (known == null) {
      known =
          row.getMetaData().unwrap(PGResultSetMetaData.class).getFormat(column)
              == Field.BINARY_FORMAT;
      binary = known;
    }
    return known;
  }

  private @Nullable Long raw(byte @Nullable [] bytes) {
    if (bytes == null) {
      return null;
    }
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    return kind == Kind.DATE
        ? Math.addExact(Math.multiplyExact(buffer.getInt(), IsoTime.MICROS_PER_DAY), EPOCH)
        : Math.addExact(buffer.getLong(), EPOCH);
  }

  private @Nullable Long parsed(ResultSet row, int column) throws SQLException {
    return switch (kind) {
      case DATE -> {
        LocalDate date = row.getObject(column, LocalDate.class);
        yield date == null ? null : Math.multiplyExact(date.toEpochDay(), IsoTime.MICROS_PER_DAY);
      }
      case TIMESTAMPTZ -> {
        OffsetDateTime time = row.getObject(column, OffsetDateTime.class);
        yield time == null ? null : of(time.toEpochSecond(), time.getNano());
      }
      default -> {
        LocalDateTime time = row.getObject(column, LocalDateTime.class);
        yield time == null ? null : of(time.toEpochSecond(ZoneOffset.UTC), time.getNano());
      }
    };
  }

  private static long of(long seconds, int nanos) {
    return Math.addExact(Math.multiplyExact(seconds, PER_SECOND), nanos / 1000);
  }
}
