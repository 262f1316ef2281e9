package io.varve.cli.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.varve.testkit.OwnedServer;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/**
 * A file of {@link NumberedRows} in which one row of 200 has a value that cannot be read, and
 * another one that a CHECK constraint of the table refuses.
 */
final class FaultyRows {

  private static final int APART = 200;
  private static final int UNREADABLE = 17;
  private static final int REFUSED = 117;

  private FaultyRows() {}

  /** Makes the table; there is no row in it. */
  static void createTable(OwnedServer server, String table) throws SQLException {
    try (Connection connection = server.jdbc();
        Statement statement = connection.createStatement()) {
      statement.execute(
          "alter table %s add constraint positive check (value >= 0)".formatted(table));
      statement.execute("delete from " + table);
    }
  }

  static String row(long number) {
    int kind = (int) (number % APART);
    String row = NumberedRows.row(number);
    return switch (kind) {
      case UNREADABLE -> row.replaceFirst("[^,]+\n$", "much\n");
      case REFUSED -> row.replaceFirst("[^,]+\n$", "-1.5\n");
      default -> row;
    };
  }

  static Path write(Path file, long rows) throws IOException {
    try (BufferedWriter writer = Files.newBufferedWriter(file)) {
      writer.write(NumberedRows.HEADER);
      for (long number = 0; number < rows; number++) {
        writer.write(row(number));
      }
    }
    return file;
  }

  static boolean isGood(long number) {
    return number % APART != UNREADABLE && number % APART != REFUSED;
  }

  /** How many of so many are good. */
  static long good(long rows) {
    return rows - bad(rows).size();
  }

  private static List<Long> bad(long rows) {
    List<Long> numbers = new ArrayList<>();
    for (long number = 0; number < rows; number++) {
      if (!isGood(number)) {
        numbers.add(number);
      }
    }
    return numbers;
  }

  /** The table has the good ones of so many rows, each once, and nothing else. */
  static void assertStored(OwnedServer server, String table, long rows) throws SQLException {
    StringBuilder expected = new StringBuilder();
    for (long number = 0; number < rows; number++) {
      if (isGood(number)) {
        expected.append(NumberedRows.row(number));
      }
    }
    String found =
        """
        select string_agg(format(E'%%s,%%s,%%s\\n',
               to_char(time at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), number, value),
               '' order by number, time)
          from %s
        """
            .formatted(table);
    try (Connection connection = server.jdbc();
        Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(found)) {
      result.next();
      boolean isSame = expected.toString().equals(result.getString(1));
      assertThat(isSame).describedAs("table %s equals the file", table).isTrue();
    }
  }

  /** The rejects file has the bad ones of so many rows, each once, with line and column. */
  static void assertRejected(Path rejects, long rows) throws IOException {
    List<String> expected =
        bad(rows).stream()
            .map(number -> NumberedRows.line(number) + ",value," + row(number).strip())
            .sorted()
            .toList();
    List<String> found =
        Files.readAllLines(rejects).stream()
            .skip(1)
            .map(line -> line.replaceFirst("^(\\d+,\\w*),.*,(2\\d{3}-.*Z,\\d+,[^,]+)$", "$1,$2"))
            .sorted()
            .toList();
    assertThat(found).isEqualTo(expected);
  }
}
