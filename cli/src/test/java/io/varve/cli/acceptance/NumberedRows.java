package io.varve.cli.acceptance;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;

/**
 * CSV whose rows are numbered from 0, a minute apart. A table that holds each number once holds the
 * file.
 */
final class NumberedRows {

  static final String HEADER = "time,number,value\n";

  private static final Instant START = Instant.parse("2024-01-01T00:00:00Z");
  private static final int SECONDS_APART = 60;

  private NumberedRows() {}

  /** The row of that number, with its line break. */
  static String row(long number) {
    return "%s,%d,%d.5\n"
        .formatted(START.plusSeconds(SECONDS_APART * number), number, number % 100);
  }

  /** The line of the file that the row is on. */
  static long line(long number) {
    return number + 2;
  }

  /** Rows from a number on, up to but without another. */
  static String rows(long from, long to) {
    StringBuilder rows = new StringBuilder();
    for (long number = from; number < to; number++) {
      rows.append(row(number));
    }
    return rows.toString();
  }

  /** A file with so many rows. */
  static Path write(Path file, long rows) {
    try (BufferedWriter writer = Files.newBufferedWriter(file)) {
      writer.write(HEADER);
      for (long number = 0; number < rows; number++) {
        writer.write(row(number));
      }
      return file;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
