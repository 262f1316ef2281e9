package io.varve.cli.csv;

import java.time.Duration;
import java.util.List;

/**
 * How wide the chunks of a new table should be: the customary seven days, unless the rows span
 * decades, which would make thousands of chunks, or come so thick that a chunk would not fit into
 * memory.
 */
public final class ChunkWidth {

  private static final int MOST_CHUNKS = 200;
  private static final double MOST_ROWS = 25e6;
  private static final Duration USUAL = Duration.ofDays(7);

  private static final List<Duration> WIDTHS =
      List.of(
          Duration.ofHours(1),
          Duration.ofDays(1),
          USUAL,
          Duration.ofDays(30),
          Duration.ofDays(365),
          Duration.ofDays(3650));

  private ChunkWidth() {}

  /**
   * The width for rows that span so much time.
   *
   * @param span from the first row to the last
   * @param rows how many rows there may be
   */
  public static Duration choose(Duration span, double rows) {
    Duration best = WIDTHS.get(WIDTHS.size() - 1);
    for (int i = WIDTHS.size() - 1; i >= 0; i--) {
      Duration width = WIDTHS.get(i);
      boolean few = chunks(span, width) <= MOST_CHUNKS;
      boolean needed = width.compareTo(USUAL) >= 0 || rowsPerChunk(span, rows, best) > MOST_ROWS;
      if (few && needed) {
        best = width;
      }
    }
    return best;
  }

  private static double chunks(Duration span, Duration width) {
    return Math.ceil((double) span.toSeconds() / width.toSeconds());
  }

  private static double rowsPerChunk(Duration span, double rows, Duration width) {
    return rows / Math.max(1, (double) span.toSeconds() / width.toSeconds());
  }

  /** The width as the schema wants it: {@code 7 days}. */
  public static String text(Duration width) {
    long days = width.toDays();
    if (days == 0) {
      return "1 hour";
    }
    return days == 1 ? "1 day" : days + " days";
  }
}
