package io.varve.cli;

import io.varve.cli.output.OutputColumn;
import io.varve.cli.output.RowsWriter;
import io.varve.cli.shell.CommandException;
import io.varve.cli.shell.Shell;
import io.varve.model.Column;
import io.varve.model.Row;
import io.varve.model.Table;
import io.varve.query.Downsample;
import io.varve.query.Points;
import io.varve.query.Query;
import io.varve.query.SeriesPoints;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The points of a chart's lines, one line per series.
 *
 * @param column of which column
 * @param how how points are chosen
 */
record Downsampled(String column, Downsample how) {

  private static final String EXPECTATION =
      "expected COL:METHOD:N with the method m4, minmax, lttb or minmaxlttb, such as"
          + " temperature:m4:800";

  static Downsampled parse(String text) {
    String[] parts = text.split(":", -1);
    if (parts.length != 3) {
      throw CommandException.usage("--downsample " + text + ": a part is missing", EXPECTATION);
    }
    int points = QueryCommand.count("--downsample " + text, parts[2]);
    if (points < 1 || points > Downsample.MAX_POINTS) {
      throw CommandException.usage(
          "--downsample " + text + ": " + points + " points",
          "expected 1 to " + Downsample.MAX_POINTS);
    }
    try {
      return new Downsampled(parts[0], how(text, parts[1], points));
    } catch (IllegalArgumentException e) {
      throw CommandException.usage("--downsample " + text + ": " + e.getMessage(), EXPECTATION);
    }
  }

  private static Downsample how(String text, String method, int points) {
    return switch (method) {
      case "m4" -> Downsample.m4(points);
      case "minmax" -> Downsample.minMax(points);
      case "lttb" -> Downsample.lttb(points);
      case "minmaxlttb" -> Downsample.minMaxLttb(points);
      default ->
          throw CommandException.usage(
              "--downsample " + text + ": \"" + method + "\" is not known", EXPECTATION);
    };
  }

  /** Writes the points; a gap is a point without a value. Returns how many there were. */
  long write(Shell shell, Query<Row> query, Table<Row> table, RowsWriter writer) {
    List<SeriesPoints> lines = query.downsampleEach(column, how);
    List<OutputColumn> columns = new ArrayList<>();
    columns.add(OutputColumn.of(table.time().name()));
    table.dimensions().forEach(dimension -> columns.add(OutputColumn.of(dimension.name())));
    columns.add(OutputColumn.number(column));
    writer.begin(columns);
    long count = 0;
    for (SeriesPoints line : lines) {
      for (int i = 0; i < line.points().size(); i++, count++) {
        shell.interruption().check();
        writer.row(row(table, line, i));
      }
    }
    writer.end();
    return count;
  }

  private static @Nullable Object[] row(Table<Row> table, SeriesPoints line, int index) {
    Points points = line.points();
    List<@Nullable Object> values = new ArrayList<>();
    values.add(time(table.time(), points, index));
    for (int i = 0; i < line.series().size(); i++) {
      values.add(line.series().value(i));
    }
    values.add(points.isGap(index) ? null : points.value(index));
    return values.toArray();
  }

  private static Object time(Column<Row, ?> time, Points points, int index) {
    return switch (time.type().kind()) {
      case BIGINT -> points.time(index);
      case TIMESTAMP -> LocalDateTime.ofInstant(points.instant(index), ZoneOffset.UTC);
      case DATE -> LocalDate.ofInstant(points.instant(index), ZoneOffset.UTC);
      default -> points.instant(index);
    };
  }
}
