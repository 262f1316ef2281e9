package io.varve.query;

import io.varve.MappingException;
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
    long unit = kind == Kind.DATE ? Micros.PER_DAY : 1;
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

  /** The columns' ends tell where a line is broken only where it is broken between columns. */
  private boolean isPreselected(Grid grid) {
    return grid.isSigned()
        && (how.longestStep() == 0 || Long.compareUnsigned(how.longestStep(), grid.width()) >= 0);
  }

  private Points points(Line line, Grid grid) {
    return new Reduction(how, grid).reduce(line).points(isInstant(selection));
  }

  // Every row

  private List<SeriesPoints> streamed(Grid grid) {
    List<SeriesPoints> answer = new ArrayList<>();
    @Nullable Row series = null;
    Line line = new Line(how.longestStep());
    try (Stream<Answer> rows = reads.stream(task, sql.rows(grid), reader(false))) {
      for (Iterator<Answer> all = rows.iterator(); all.hasNext(); ) {
        Answer row = all.next();
        if (series != null && !series.equals(row.series)) {
          finish(answer, series, line, grid);
          line = new Line(how.longestStep());
        }
        series = row.series;
        add(line, row);
      }
    }
    if (series != null) {
      finish(answer, series, line, grid);
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
    Map<Row, Selected> all = new LinkedHashMap<>();
    long missing = 0;
    for (Answer row :
        reads.all(task, sql.preselection(grid, how.preselected(), ends), reader(true))) {
      Selected selected = all.computeIfAbsent(row.series, it -> new Selected());
      if (row.time == null) {
        selected.count = row.points;
        missing += row.rows - row.points;
      } else {
        selected.points.add(new Points.Point(row.time, Objects.requireNonNull(row.value)));
      }
    }
    all.values().forEach(selected -> selected.points.sort(POINTS));
    if (missing > 0) {
      addGaps(grid, all);
    }
    List<SeriesPoints> answer = new ArrayList<>();
    all.forEach(
        (series, selected) ->
            answer.add(new SeriesPoints(series, points(selected.line(how.longestStep()), grid))));
    return answer;
  }

  private void addGaps(Grid grid, Map<Row, Selected> all) {
    try (Stream<Answer> rows = reads.stream(task, sql.gaps(grid), reader(false))) {
      rows.forEach(
          row -> {
            Selected selected = all.get(row.series);
            if (selected != null) {
              selected.gap(Objects.requireNonNull(row.time));
            }
          });
    }
  }

  private static final Comparator<Points.Point> POINTS =
      Comparator.comparingLong(Points.Point::time).thenComparingDouble(Points.Point::value);

  /** The points of a series the server has selected, and the first gap between each two. */
  private static final class Selected {

    private final List<Points.Point> points = new ArrayList<>();
    private final Map<Integer, Long> gaps = new HashMap<>();
    private long count;

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

  /** A point, a gap, or a series' counts. */
  private record Answer(
      Row series, @Nullable Long time, @Nullable Double value, long points, long rows) {}

  private RowReader<Answer> reader(boolean counted) {
    List<String> keys = dimensions.stream().<String>map(Column::name).toList();
    List<String> names = new ArrayList<>(keys);
    List<Cell> cells = new ArrayList<>();
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
    Row series = count == 0 ? whole : new Row(keys, Arrays.copyOf(values, count));
    Long points = counted ? (Long) values[count + 2] : null;
    Long rows = counted ? (Long) values[count + 3] : null;
    return new Answer(
        series,
        (Long) values[count],
        (Double) values[count + 1],
        points == null ? 0 : points,
        rows == null ? 0 : rows);
  }
}
