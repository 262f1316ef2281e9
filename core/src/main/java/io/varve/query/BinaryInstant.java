package io.varve.query;

import io.varve.model.ColumnType.Kind;
import java.nio.ByteBuffer;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGResultSetMetaData;
import org.postgresql.core.Field;
import org.postgresql.jdbc.PgResultSet;

/**
 * Reads a timestamptz of an answer in binary: the server's microseconds since 2000, without the
 * four objects the driver makes on its way to an {@link Instant}.
 */
final class BinaryInstant implements Cell {

  private static final long PER_SECOND = 1_000_000;

  /** From 1970 to 2000, in seconds. */
  private static final long EPOCH = Instant.parse("2000-01-01T00:00:00Z").getEpochSecond();

  /** Whether the column comes as one. */
  static boolean reads(PgResultSet answer, int column) throws SQLException {
    return answer.getColumnOID(column) == Kind.TIMESTAMPTZ.oid()
        && answer.getMetaData().unwrap(PGResultSetMetaData.class).getFormat(column)
            == Field.BINARY_FORMAT;
  }

  @Override
  public @Nullable Object read(ResultSet row, int column) throws SQLException {
    byte[] bytes = row.getBytes(column);
    return bytes == null ? null : instant(ByteBuffer.wrap(bytes).getLong());
  }

  private static Instant instant(long micros) {
    if (micros == Long.MAX_VALUE) {
      return Instant.MAX;
    }
    return micros == Long.MIN_VALUE
        ? Instant.MIN
        : Instant.ofEpochSecond(
            EPOCH + Math.floorDiv(micros, PER_SECOND), Math.floorMod(micros, PER_SECOND) * 1000);
  }
}
