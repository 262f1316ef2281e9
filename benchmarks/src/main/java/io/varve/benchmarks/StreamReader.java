package io.varve.benchmarks;

import io.varve.Varve;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.OffsetDateTime;

/** The child of {@link StreamBenchmark}: reads every row, prints how many there were. */
final class StreamReader {

  enum Mode {
    VARVE,
    CURSOR
  }

  private StreamReader() {}

  public static void main(String[] args) throws SQLException {
    try (Varve varve = Varve.fromEnv()) {
      long rows =
          switch (Mode.valueOf(args[0])) {
            case VARVE -> readStream(varve);
            case CURSOR -> readCursor(varve);
          };
      System.out.println(rows);
    }
  }

  private static long readStream(Varve varve) {
    return varve.from(Reading.class).useStream(rows -> rows.mapToLong(StreamReader::touch).sum());
  }

  private static long readCursor(Varve varve) throws SQLException {
    long rows = 0;
    try (Connection connection = varve.dataSource().getConnection()) {
      connection.setAutoCommit(false);
      try (Statement statement = connection.createStatement()) {
        statement.setFetchSize(5_000);
        try (ResultSet result =
            statement.executeQuery("SELECT time, device, temperature FROM bench_reading")) {
          while (result.next()) {
            Instant time = result.getObject(1, OffsetDateTime.class).toInstant();
            rows += touch(new Reading(time, result.getString(2), result.getDouble(3)));
          }
        }
      }
    }
    return rows;
  }

  /** Uses every field, so that no reading can be optimised away; 1 for each row. */
  private static long touch(Reading row) {
    boolean plausible =
        !row.time().isBefore(Reading.START)
            && !row.device().isEmpty()
            && !Double.isNaN(row.temperature());
    return plausible ? 1 : 0;
  }
}
