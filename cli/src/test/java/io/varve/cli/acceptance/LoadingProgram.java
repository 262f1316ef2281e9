package io.varve.cli.acceptance;

import io.varve.Varve;
import io.varve.model.Measure;
import io.varve.model.Table;
import io.varve.model.Time;
import io.varve.model.TimeSeries;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Iterator;
import java.util.stream.LongStream;

/**
 * A program that uses the library: writes batches into the local database of a directory until it
 * is killed, and says how far it is: {@code offered N} within a batch, {@code committed N} after
 * it.
 */
final class LoadingProgram {

  static final int BATCH = 10_000;
  static final String COMMITTED = "committed ";

  private static final int ROWS_PER_LINE = 1_000;
  private static final Instant START = Instant.parse("2024-01-01T00:00:00Z");

  @TimeSeries(table = "readings", chunk = "1 day")
  record Reading(@Time Instant time, @Measure long number) {}

  private LoadingProgram() {}

  public static void main(String[] arguments) {
    try (Varve varve = Varve.embedded(Path.of(arguments[0]))) {
      varve.schema().create(Table.of(Reading.class));
      for (long first = 0; ; first += BATCH) {
        varve.table(Reading.class).insertAll(readings(first));
        say(COMMITTED + (first + BATCH));
      }
    }
  }

  private static Iterator<Reading> readings(long first) {
    return LongStream.range(first, first + BATCH).mapToObj(LoadingProgram::reading).iterator();
  }

  private static Reading reading(long number) {
    if (number % ROWS_PER_LINE == 0) {
      say("offered " + number);
    }
    return new Reading(START.plusSeconds(60 * number), number);
  }

  private static void say(String line) {
    System.out.println(line);
    System.out.flush();
  }
}
