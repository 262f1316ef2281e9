package io.varve.cli.output;

import java.time.Duration;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Optional;

/**
 * How a chart is laid out.
 *
 * @param width columns of the whole chart
 * @param height lines of the plot
 * @param zone in which times are shown
 * @param spacing how far apart points are; farther ones are a gap. Found from the data if not given
 */
public record ChartOptions(int width, int height, ZoneId zone, Optional<Duration> spacing) {

  private static final int LEAST_WIDTH = 30;
  private static final int HEIGHT = 15;

  public ChartOptions {
    width = Math.max(LEAST_WIDTH, width);
  }

  /** A chart of the usual height in UTC. */
  public static ChartOptions wide(int width) {
    return new ChartOptions(width, HEIGHT, ZoneOffset.UTC, Optional.empty());
  }

  /** The same in another zone. */
  public ChartOptions in(ZoneId other) {
    return new ChartOptions(width, height, other, spacing);
  }

  /** The same with points known to be so far apart. */
  public ChartOptions spaced(Duration apart) {
    return new ChartOptions(width, height, zone, Optional.of(apart));
  }
}
