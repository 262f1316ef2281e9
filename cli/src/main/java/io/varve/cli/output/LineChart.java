package io.varve.cli.output;

import io.varve.cli.shell.TextStyle;
import java.util.ArrayList;
import java.util.List;

/**
 * Draws series over time as lines of text.
 *
 * <p>Every point is drawn and joined to the next, so a single spike among a million values is still
 * there. What is missing stays missing: a null, or two points much farther apart than usual,
 * interrupts the line.
 */
final class LineChart {

  private static final double USUAL_JITTER = 3;
  private static final double BUCKET_JITTER = 1.5;
  private static final int LINES_PER_LABEL = 3;
  private static final int COLUMNS_PER_LABEL = 14;

  private final List<Series> series;
  private final ChartOptions options;
  private final TextStyle style;
  private long firstTime = Long.MAX_VALUE;
  private long lastTime = Long.MIN_VALUE;
  private double least = Double.POSITIVE_INFINITY;
  private double most = Double.NEGATIVE_INFINITY;

  LineChart(List<Series> series, ChartOptions options, TextStyle style) {
    this.series = series.stream().map(Series::sorted).toList();
    this.options = options;
    this.style = style;
    this.series.forEach(this::measure);
  }

  private void measure(Series line) {
    for (int i = 0; i < line.size(); i++) {
      firstTime = Math.min(firstTime, line.time(i));
      lastTime = Math.max(lastTime, line.time(i));
      if (!line.isGap(i)) {
        least = Math.min(least, line.value(i));
        most = Math.max(most, line.value(i));
      }
    }
  }

  /** The chart's lines; empty if there is no point to draw. */
  List<String> draw() {
    if (least > most) {
      return List.of();
    }
    ValueAxis values = ValueAxis.of(least, most, options.height() / LINES_PER_LABEL);
    int margin =
        values.ticks().stream().mapToInt(tick -> values.label(tick).length()).max().orElse(1);
    int columns = options.width() - margin - 2;
    Canvas canvas = new Canvas(columns, options.height(), series.size(), style);
    for (int i = 0; i < series.size(); i++) {
      draw(canvas, values, series.get(i), i);
    }
    List<String> lines = new ArrayList<>();
    addPlot(lines, canvas, values, margin);
    addTimes(lines, columns, margin);
    addLegend(lines, canvas, margin);
    return lines;
  }

  private void draw(Canvas canvas, ValueAxis values, Series line, int index) {
    double farthest = farthestJoined(line);
    for (int i = 0; i < line.size(); i++) {
      if (line.isGap(i)) {
        continue;
      }
      int x = column(canvas, line.time(i));
      int y = row(canvas, values, line.value(i));
      boolean joined = i > 0 && !line.isGap(i - 1) && line.time(i) - line.time(i - 1) <= farthest;
      if (joined) {
        int fromX = column(canvas, line.time(i - 1));
        int fromY = row(canvas, values, line.value(i - 1));
        canvas.line(fromX, fromY, x, y, index);
      } else {
        canvas.dot(x, y, index);
      }
    }
  }

  private double farthestJoined(Series line) {
    return options
        .spacing()
        .map(spacing -> spacing.toNanos() / 1000 * BUCKET_JITTER)
        .orElseGet(() -> line.typicalSpacing() * USUAL_JITTER);
  }

  private int column(Canvas canvas, long time) {
    double span = (double) lastTime - firstTime;
    double part = span == 0 ? 0.5 : ((double) time - firstTime) / span;
    return (int) Math.round(part * (canvas.width() - 1));
  }

  private static int row(Canvas canvas, ValueAxis values, double value) {
    return (int) Math.round((1 - values.position(value)) * (canvas.height() - 1));
  }

  private void addPlot(List<String> lines, Canvas canvas, ValueAxis values, int margin) {
    String[] labels = new String[options.height()];
    for (double tick : values.ticks()) {
      int line = (int) Math.round((1 - values.position(tick)) * (options.height() - 1));
      labels[line] = values.label(tick);
    }
    for (int i = 0; i < options.height(); i++) {
      boolean labelled = labels[i] != null;
      String label = labelled ? labels[i] : "";
      String axis = style.isUnicode() ? (labelled ? "┤" : "│") : (labelled ? "+" : "|");
      lines.add(" ".repeat(margin - label.length()) + label + " " + axis + canvas.text(i));
    }
  }

  private void addTimes(List<String> lines, int columns, int margin) {
    TimeAxis times = new TimeAxis(firstTime, lastTime, options.zone());
    char[] axis = (style.isUnicode() ? "─" : "-").repeat(columns).toCharArray();
    char[] labels = " ".repeat(columns + margin + 2).toCharArray();
    int free = 0;
    for (TimeAxis.Tick tick : times.ticks(Math.max(1, columns / COLUMNS_PER_LABEL))) {
      double span = (double) lastTime - firstTime;
      double part = span == 0 ? 0.5 : (tick.micros() - firstTime) / span;
      int column = (int) Math.round(part * (columns - 1));
      int start = Math.max(0, margin + 2 + column - tick.label().length() / 2);
      start = Math.min(start, labels.length - tick.label().length());
      axis[column] = style.isUnicode() ? '┬' : '+';
      if (start >= free) {
        tick.label().getChars(0, tick.label().length(), labels, start);
        free = start + tick.label().length() + 1;
      }
    }
    lines.add(" ".repeat(margin + 1) + (style.isUnicode() ? "└" : "+") + new String(axis));
    lines.add(new String(labels).stripTrailing());
    lines.add(" ".repeat(margin + 2) + style.dim(times.range()));
  }

  private void addLegend(List<String> lines, Canvas canvas, int margin) {
    StringBuilder legend = new StringBuilder(" ".repeat(margin + 2));
    for (int i = 0; i < series.size(); i++) {
      legend.append(i == 0 ? "" : "   ").append(canvas.sample(i, style)).append(' ');
      legend.append(TextWidth.printable(series.get(i).name()));
    }
    lines.add(legend.toString());
  }
}
