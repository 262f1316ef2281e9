package io.varve.cli.output;

import io.varve.cli.shell.CommandException;
import io.varve.cli.shell.Shell;
import io.varve.cli.shell.StandardOutput;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Collects a result and draws it: the first column that holds times runs across, each column of
 * numbers is a line, for each combination of the other columns. Sixteen bytes are kept per point of
 * the first few series; of the others only how many there are.
 */
final class ChartRowsWriter implements RowsWriter {

  private static final int MOST_POINTS = 5_000_000;
  private static final int MOST_COUNTED = 10_000;

  private final Shell shell;
  private final ChartOptions options;
  private final Map<String, Series> series = new LinkedHashMap<>();
  private final Set<String> hidden = new HashSet<>();
  private List<OutputColumn> columns = List.of();
  private int timeColumn = -1;
  private long points;

  ChartRowsWriter(Shell shell, ChartOptions options) {
    this.shell = shell;
    this.options = options;
  }

  @Override
  public void begin(List<OutputColumn> columns) {
    this.columns = columns;
    series.clear();
    hidden.clear();
    timeColumn = -1;
    points = 0;
  }

  @Override
  public void row(@Nullable Object[] row) {
    if (timeColumn < 0) {
      timeColumn = findTime(row);
    }
    Object time = row[timeColumn];
    if (time == null || isInfinite(time)) {
      return;
    }
    String group = group(row);
    for (int i = 0; i < row.length; i++) {
      if (i != timeColumn && columns.get(i).isNumber()) {
        add(group, columns.get(i).name(), micros(time), number(row[i]));
      }
    }
  }

  private void add(String group, String column, long time, double value) {
    String name = group.isEmpty() ? column : group + " " + column;
    Series drawn = series.get(name);
    if (drawn == null && series.size() < Canvas.MOST_SERIES) {
      drawn = new Series(name);
      series.put(name, drawn);
    }
    if (drawn != null) {
      refuseTooMany();
      drawn.add(time, value);
    } else if (hidden.size() < MOST_COUNTED) {
      hidden.add(name);
    }
  }

  private void refuseTooMany() {
    if (++points > MOST_POINTS) {
      throw CommandException.failure(
          "more than %,d points are too many for a chart".formatted(MOST_POINTS),
          "draw averages with --bucket, or a shorter time with --from and --to");
    }
  }

  private static int findTime(@Nullable Object[] row) {
    for (int i = 0; i < row.length; i++) {
      if (row[i] instanceof Instant
          || row[i] instanceof LocalDateTime
          || row[i] instanceof LocalDate) {
        return i;
      }
    }
    throw CommandException.failure(
        "a chart needs a column of times and the result has none",
        "select the time, or use --format table");
  }

  private static boolean isInfinite(Object time) {
    return time.equals(Instant.MAX)
        || time.equals(Instant.MIN)
        || time.equals(LocalDateTime.MAX)
        || time.equals(LocalDateTime.MIN)
        || time.equals(LocalDate.MAX)
        || time.equals(LocalDate.MIN);
  }

  private static long micros(Object time) {
    Instant instant =
        time instanceof Instant exact
            ? exact
            : (time instanceof LocalDate date ? date.atStartOfDay() : (LocalDateTime) time)
                .toInstant(ZoneOffset.UTC);
    return instant.getEpochSecond() * 1_000_000 + instant.getNano() / 1000;
  }

  private static double number(@Nullable Object value) {
    return value instanceof Number number ? number.doubleValue() : Double.NaN;
  }

  private String group(@Nullable Object[] row) {
    StringBuilder group = new StringBuilder();
    for (int i = 0; i < row.length; i++) {
      if (i != timeColumn && !columns.get(i).isNumber()) {
        group.append(group.isEmpty() ? "" : " ").append(row[i] == null ? "null" : row[i]);
      }
    }
    return group.toString();
  }

  @Override
  public void end() {
    List<Series> shown = List.copyOf(series.values());
    List<String> lines = new LineChart(shown, options, shell.style()).draw();
    if (lines.isEmpty() && timeColumn >= 0) {
      shell.say("nothing to draw: no row has a number");
    }
    StandardOutput out = shell.out();
    lines.forEach(out::println);
    if (!hidden.isEmpty()) {
      out.println(
          "  the first %d of %s series are drawn; choose others with --where"
              .formatted(shown.size(), count()));
    }
    out.flush();
  }

  private String count() {
    return hidden.size() < MOST_COUNTED
        ? "%,d".formatted(series.size() + hidden.size())
        : "more than %,d".formatted(MOST_COUNTED);
  }
}
