package io.varve.query;

import io.varve.MappingException;
import io.varve.jdbc.IsoTime;
import io.varve.model.Column;
import io.varve.model.ColumnType;
import io.varve.model.ColumnType.Kind;
import io.varve.model.Row;
import io.varve.model.Table;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Thins out the points of a selection.
 *
 * <p>Selecting by columns is done by the server where an index leads to the rows of a line at a
 * given time, and where there are many rows for each point that is kept. Otherwise, and for LTTB,
 * which needs every point, all rows come through a cursor into arrays of numbers. The grid comes
 * from a statement of its own; what follows reads no rows beyond it, so that a row stored in
 * between changes what is selected, but nothing of the rules.
 */
final class Downsampling {

  /** A look-up costs the server as much as a hundred rows that are sent. */
  private static final long ROWS_PER_POINT = 100;

  private final Reads reads;
  private final Downsample how;
  private final Selection<?> selection;
  private final List<? extends Column<?, ?>> dimensions;
  private final DownsampleSql sql;
  private final String task;

  private Downsampling(
      Reads reads, Selection<?> selection, Column<?, ?> column, Downsample how, boolean each) {
    this.reads = reads;
    this.how = how;
    this.selection = selection;
    this.dimensions = each ? selection.table().dimensions() : List.of();
    this.sql = new DownsampleSql(new PointSql(selection, column, dimensions));
    this.task = "downsampling " + selection.table().name();
  }

  /** All rows as one line. */
  static Points one(Reads reads, Selection<?> selection, Column<?, ?> column, Downsample how) {
    return new Downsampling(reads, selection, column, fit(selection, how), false)
        .run(false).stream()
            .map(SeriesPoints::points)
            .findFirst()
            .orElseGet(() -> new Points(isInstant(selection), new long[0], new double[0]));
  }

  /** One line per series. */
  static List<SeriesPoints> each(
      Reads reads, Selection<?> selection, Column<?, ?> column, Downsample how) {
    return new Downsampling(reads, selection, column, fit(selection, how), true).run(true);
  }

  private static boolean isInstant(Selection<?> selection) {
    return selection.table().time().type().kind() != Kind.BIGINT;
  }

  private static Downsample fit(Selection<?> selection, Downsample how) {
    Table<?> table = selection.table();
    boolean instant = isInstant(selection);
    if (instant ? how.gapUnits().isPresent() : how.gap().isPresent()) {
      throw new MappingException(
          "table %s, time column \"%s\" is of type %s; expected gapsLongerThan(%s)"
              .formatted(
                  table.name(),
                  table.time().name(),
                  table.time().type().sql(),
                  instant ? "Duration" : "long"));
    }
    return how;
  }

  private List<SeriesPoints> run(boolean each) {
    Bounds bounds = bounds(each);
    if (bounds.from == null || bounds.to == null) {
      return List.of();
    }
    Kind kind = selection.table().time().type().kind();
    long unit = kind == Kind.DATE ? IsoTime.MICROS_PER_DAY : 1;
    Grid grid = Grid.of(bounds.from, bounds.to, how.columns(), unit);
    return bounds.many && isPreselected(grid) ? preselected(grid) : streamed(grid);
  }

  /**
   * What is known of the rows beforehand.
   *
   * @param many whether the server can select well and there are enough rows for it to pay
   */
  private record Bounds(@Nullable Long from, @Nullable Long to, boolean many) {}

  private Bounds bounds(boolean each) {
    Kind kind = selection.table().time().type().kind();
    RowReader<Bounds> reader =
        new RowReader<>(
            task,
            List.of("min", "max", "many"),
            new Cell[] {new Micros(kind), new Micros(kind), Cell.of(ColumnType.of(Kind.BOOLEAN))},
            values ->
                new Bounds((Long) values[0], (Long) values[1], Boolean.TRUE.equals(values[2])));
    return reads
        .all(
            task,
            connection ->
                how.method() != Downsample.Method.LTTB
                        && TimeIndex.leadsTo(connection, selection, each)
                    ? sql.bounds(ROWS_PER_POINT * how.preselected())
                    : sql.bounds(),
            reader)
        .get(0);
  }

  /**
   * A key that is an array cannot be sent; the columns' ends tell where a line is broken only where
   * it is broken between columns.
   */
  private boolean isPreselected(Grid grid) {
    return grid.isSigned()
        && dimensions.stream().noneMatch(dimension -> dimension.type().array())
        && (how.longestStep() == 0 || Long.compareUnsigned(how.longestStep(), grid.width()) >= 0);
  }

  private Points points(Line line, Grid grid) {
    return new Reduction(how, grid).reduce(line).points(isInstant(selection));
  }

  // Every row

  private List<SeriesPoints> streamed(Grid grid) {
    List<SeriesPoints> answer = new ArrayList<>();
    @Nullable Answer first = null;
    Line line = new Line(how.longestStep());
    try (Stream<Answer> rows = reads.stream(task, sql.rows(grid), reader(false))) {
      for (Iterator<Answer> all = rows.iterator(); all.hasNext(); ) {
        Answer row = all.next();
        if (first == null) {
          first = row;
        } else if (first.number != row.number) {
          finish(answer, first.series, line, grid);
          line = new Line(how.longestStep());
          first = row;
        }
        add(line, row);
      }
    }
    if (first != null) {
      finish(answer, first.series, line, grid);
    }
    return answer;
  }

  private static void add(Line line, Answer row) {
    long time = Objects.requireNonNull(row.time);
    if (row.value == null) {
      line.gap(time);
    } else {
      line.add(time, row.value);
    }
  }

  private void finish(List<SeriesPoints> answer, Row series, Line line, Grid grid) {
    if (line.size() > 0) {
      answer.add(new SeriesPoints(series, points(line, grid)));
    }
  }

  // What the server has selected

  private List<SeriesPoints> preselected(Grid grid) {
    boolean ends = how.method() == Downsample.Method.M4 || how.longestStep() > 0;
    Map<Long, Selected> all = new LinkedHashMap<>();
    long missing = 0;
    for (Answer row :
        reads.all(task, sql.preselection(grid, how.preselected(), ends), reader(true))) {
      Selected selected = all.computeIfAbsent(row.number, it -> new Selected(row.series));
      if (row.time == null) {
        selected.count = row.points;
        missing += row.rows - row.points;
      } else {
        selected.points.add(new Points.Point(row.time, Objects.requireNonNull(row.value)));
      }
    }
    all.values().forEach(selected -> selected.points.sort(POINTS));
    if (missing > 0) {
      addGaps(grid, List.copyOf(all.values()));
    }
    List<SeriesPoints> answer = new ArrayList<>();
    for (Selected selected : all.values()) {
      answer.add(new SeriesPoints(selected.series, points(selected.line(how.longestStep()), grid)));
    }
    return answer;
  }

  /** The server is told the series, and says of each gap to which of them it belongs. */
  private void addGaps(Grid grid, List<Selected> all) {
    Sql gaps =
        dimensions.isEmpty()
            ? sql.gaps(grid)
            : sql.gaps(
                grid, SeriesKeys.of(selection.table(), all.stream().map(Selected::key).toList()));
    try (Stream<Gap> rows = reads.stream(task, gaps, gapReader())) {
      rows.forEach(row -> all.get((int) row.number - 1).gap(row.time));
    }
  }

  private static final Comparator<Points.Point> POINTS =
      Comparator.comparingLong(Points.Point::time).thenComparingDouble(Points.Point::value);

  /** The points of a series the server has selected, and the first gap between each two. */
  private static final class Selected {

    private final Row series;
    private final List<Points.Point> points = new ArrayList<>();
    private final Map<Integer, Long> gaps = new HashMap<>();
    private long count;

    Selected(Row series) {
      this.series = series;
    }

    List<@Nullable Object> key() {
      return new ArrayList<>(series.asMap().values());
    }

    /** Gaps come in the order of time. */
    void gap(long time) {
      int low = 0;
      int high = points.size();
      while (low < high) {
        int middle = (low + high) >>> 1;
        if (points.get(middle).time() <= time) {
          low = middle + 1;
        } else {
          high = middle;
        }
      }
      gaps.putIfAbsent(low, time);
    }

    Line line(long longestStep) {
      Line line = new Line(longestStep);
      for (int i = 0; i < points.size(); i++) {
        Long gap = gaps.get(i);
        if (gap != null) {
          line.gap(gap);
        }
        line.add(points.get(i).time(), points.get(i).value());
      }
      line.selectedOf(count);
      return line;
    }
  }

  // Rows of the answers

  /**
   * A point, a gap, or a series' counts.
   *
   * @param number of the series: what is one to the server may come in several spellings, as the
   *     numerics 1.0 and 1.00, which Java takes for different
   */
  private record Answer(
      long number,
      Row series,
      @Nullable Long time,
      @Nullable Double value,
      long points,
      long rows) {}

  private record Gap(long number, long time) {}

  private RowReader<Gap> gapReader() {
    return new RowReader<>(
        task,
        List.of("series", "time"),
        new Cell[] {
          Cell.of(ColumnType.of(Kind.BIGINT)), new Micros(selection.table().time().type().kind())
        },
        values -> new Gap(whole(values[0]), whole(values[1])));
  }

  private static long whole(@Nullable Object value) {
    return (Long) Objects.requireNonNull(value);
  }

  private RowReader<Answer> reader(boolean counted) {
    List<String> keys = dimensions.stream().<String>map(Column::name).toList();
    List<String> names = new ArrayList<>(List.of("series"));
    names.addAll(keys);
    List<Cell> cells = new ArrayList<>();
    cells.add(Cell.of(ColumnType.of(Kind.BIGINT)));
    dimensions.forEach(column -> cells.add(Cell.of(column.type())));
    names.addAll(List.of("time", "value"));
    cells.add(new Micros(selection.table().time().type().kind()));
    cells.add(Cell.of(ColumnType.of(Kind.DOUBLE)));
    if (counted) {
      names.addAll(List.of("points", "rows"));
      cells.add(Cell.of(ColumnType.of(Kind.BIGINT)));
      cells.add(Cell.of(ColumnType.of(Kind.BIGINT)));
    }
    Row whole = new Row(List.of());
    return new RowReader<>(
        task, names, cells.toArray(Cell[]::new), values -> answer(keys, whole, values, counted));
  }

  private static Answer answer(
      List<String> keys, Row whole, @Nullable Object[] values, boolean counted) {
    int count = keys.size();
    Row series = count == 0 ? whole : new Row(keys, Arrays.copyOfRange(values, 1, count + 1));
    Long points = counted ? (Long) values[count + 3] : null;
    Long rows = counted ? (Long) values[count + 4] : null;
    return new Answer(
        whole(values[0]),
        series,
        (Long) values[count + 1],
        (Double) values[count + 2],
        points == null ? 0 : points,
        rows == null ? 0 : rows);
  }
}
