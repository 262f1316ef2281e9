package io.varve.cli;

import io.varve.MappingException;
import io.varve.SchemaException;
import io.varve.Varve;
import io.varve.VarveException;
import io.varve.cli.output.OutputColumn;
import io.varve.cli.output.OutputFormat;
import io.varve.cli.output.RowsWriter;
import io.varve.cli.output.Values;
import io.varve.cli.shell.CommandException;
import io.varve.cli.shell.ExitCode;
import io.varve.cli.shell.Shell;
import io.varve.model.Column;
import io.varve.model.ColumnType.Kind;
import io.varve.model.Role;
import io.varve.model.Row;
import io.varve.model.Table;
import io.varve.query.Aggregate;
import io.varve.query.BucketQuery;
import io.varve.query.Condition;
import io.varve.query.Explanation;
import io.varve.query.Query;
import io.varve.query.ResultColumn;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code varve query}: rows or buckets of one table. */
@Command(
    name = "query",
    description = "Read rows of a table, or aggregates per time bucket.",
    sortOptions = false,
    footer = {
      "",
      "Examples:",
      "  varve query demo_sensors --latest",
      "  varve query demo_co2 --bucket 1y --avg co2 --format chart",
      "  varve query demo_sensors --where sensor=s01 --from 2024-01-01 --format csv"
    })
final class QueryCommand extends BaseCommand {

  /** Which rows come first. */
  enum Order {
    oldest,
    newest
  }

  @Parameters(paramLabel = "TABLE", description = "The table, or schema.table.")
  private String table = "";

  @Option(names = "--from", paramLabel = "TIME", description = "Rows at or after this time.")
  private @Nullable String from;

  @Option(names = "--to", paramLabel = "TIME", description = "Rows before this time.")
  private @Nullable String to;

  @Option(
      names = "--last",
      paramLabel = "SPAN|COL",
      split = ",",
      description =
          "Rows of the last span, such as 7d; or the latest value of a column per bucket.")
  private List<String> last = List.of();

  @Option(
      names = "--where",
      paramLabel = "COL=VALUE",
      description = "Rows with this value, or != <> < <= > >= it; several must all be met.")
  private List<String> where = List.of();

  @Mixin private final BucketOptions buckets = new BucketOptions();

  @Mixin private final AggregateOptions aggregates = new AggregateOptions();

  @Option(names = "--latest", description = "The newest row of each series.")
  private boolean latest;

  @Option(
      names = "--downsample",
      paramLabel = "COL:METHOD:N",
      description =
          "The points of a chart: m4 for N pixels, or minmax, lttb or minmaxlttb for N points, of"
              + " each series; gaps stay gaps.")
  private @Nullable String downsample;

  @Option(names = "--limit", paramLabel = "N", description = "At most so many rows.")
  private @Nullable Long limit;

  @Option(
      names = "--order",
      paramLabel = "ORDER",
      description = "oldest or newest first (default: oldest).")
  private @Nullable Order order;

  @Option(
      names = "--explain",
      description = "How the server answers, instead of the answer: the steps and what they took.")
  private boolean explain;

  @Mixin private final OutputOptions output = new OutputOptions();

  @Override
  ExitCode run(Shell shell) {
    refuseContradictions();
    try (Varve opened = open(shell)) {
      CancellableDataSource connections = new CancellableDataSource(opened.dataSource());
      try (Varve varve = Varve.of(connections)) {
        shell.interruption().during(connections::cancel, () -> answer(shell, varve));
      }
    }
    return ExitCode.OK;
  }

  private void answer(Shell shell, Varve varve) {
    try {
      Table<Row> described = table(varve, table);
      Query<Row> query = narrowed(varve.from(described), described);
      long rows =
          write(shell, query, described, output.writer(shell, root().isJson(), buckets.spacing()));
      if (lastSpan().isPresent() && (rows == 0 || isAggregated() && query.first().isEmpty())) {
        sayNewest(shell, filtered(varve.from(described), described), described);
      }
    } catch (VarveException e) {
      shell.interruption().check();
      throw e;
    } catch (IllegalStateException e) {
      // The library refuses what would read or make too much.
      throw CommandException.usage(String.valueOf(e.getMessage()), "see varve query --help");
    }
  }

  private void sayNewest(Shell shell, Query<Row> all, Table<Row> described) {
    all.newestFirst()
        .first()
        .map(row -> row.value(described.columns().indexOf(described.time())))
        .ifPresent(
            time ->
                shell.say(
                    "the newest row is of %s; --last counts from now"
                        .formatted(new Values(output.zone()).text(time))));
  }

  private void refuseContradictions() {
    if (last.stream().filter(Span::isSpan).count() > 1) {
      throw CommandException.usage(
          "--last %s: more than one span".formatted(String.join(",", last)), "give one");
    }
    if (lastSpan().isPresent() && (from != null || to != null)) {
      throw CommandException.usage("--last and --from or --to contradict each other", "give one");
    }
    if (latest && (isAggregated() || explain)) {
      throw CommandException.usage(
          "--latest and %s contradict each other"
              .formatted(buckets.isBucketed() ? "--bucket" : explain ? "--explain" : "aggregates"),
          "give one");
    }
    refuseLooseOrder();
    if (downsample != null && (latest || explain || limit != null || isAggregated())) {
      throw CommandException.usage(
          "--downsample and %s contradict each other"
              .formatted(
                  latest
                      ? "--latest"
                      : explain ? "--explain" : limit != null ? "--limit" : "aggregates"),
          "give one");
    }
    refuseOpenFill();
    buckets.refuseLooseOffset();
    if (limit != null && limit < 0) {
      throw CommandException.usage("--limit " + limit + " is negative", "expected 0 or more");
    }
  }

  /** The newest rows and the points of a chart come series by series, groups by their columns. */
  private void refuseLooseOrder() {
    if (order != null && (latest || downsample != null)) {
      throw CommandException.usage(
          "%s and --order contradict each other".formatted(latest ? "--latest" : "--downsample"),
          "give one");
    }
    if (order != null && isAggregated() && !buckets.isBucketed()) {
      throw CommandException.usage(
          "--order without --bucket has no times to order", "give its width, such as --bucket 1d");
    }
  }

  private void refuseOpenFill() {
    if (buckets.isFilled() && !buckets.isBucketed()) {
      throw CommandException.usage(
          "--fill without --bucket has nothing to fill", "give its width, such as --bucket 1d");
    }
    if (buckets.isFilled() && lastSpan().isEmpty() && (from == null || to == null)) {
      throw CommandException.usage(
          "--fill needs both ends of the range", "give --from and --to, or --last");
    }
  }

  private boolean isAggregated() {
    return buckets.isGrouped() || !aggregates.isEmpty() || !lastColumns().isEmpty();
  }

  private Optional<Span> lastSpan() {
    return last.stream().filter(Span::isSpan).map(Span::parse).findFirst();
  }

  private List<String> lastColumns() {
    return last.stream().filter(text -> !Span.isSpan(text)).toList();
  }

  private Query<Row> narrowed(Query<Row> all, Table<Row> described) {
    return filtered(inRange(all, described), described);
  }

  private Query<Row> filtered(Query<Row> all, Table<Row> described) {
    WhereConditions conditions =
        new WhereConditions("--where", name -> column(described, name).type(), output.zone());
    Query<Row> query = all;
    for (Condition condition : conditions.read(where)) {
      query = query.where(condition);
    }
    return query;
  }

  private Query<Row> inRange(Query<Row> all, Table<Row> described) {
    if (described.time().type().kind() == Kind.BIGINT) {
      return inNumberRange(all);
    }
    ZoneId zone = zoneOfBounds(described.time().type().kind());
    Instant now = Instant.now();
    Instant start =
        lastSpan()
            .map(span -> span.before(now, zone))
            .orElseGet(() -> from == null ? null : TimeOption.parse("--from", from, zone));
    Query<Row> query = start == null ? all : all.since(start);
    if (to == null) {
      return lastSpan().isPresent() && buckets.isFilled() ? query.before(now) : query;
    }
    Instant end = TimeOption.parse("--to", to, zone);
    refuseReversed(start != null && start.isAfter(end));
    return query.before(end);
  }

  /** Times without a zone are the same in every zone; the library takes them as UTC. */
  private ZoneId zoneOfBounds(Kind time) {
    return time == Kind.TIMESTAMPTZ ? output.zone() : ZoneOffset.UTC;
  }

  private Query<Row> inNumberRange(Query<Row> all) {
    if (lastSpan().isPresent()) {
      throw CommandException.usage(
          "--last needs a time, and table " + table + " counts in plain numbers",
          "give --from and --to");
    }
    if (from == null && to == null) {
      return all;
    }
    long start = from == null ? Long.MIN_VALUE : number("--from", from);
    long end = to == null ? Long.MAX_VALUE : number("--to", to);
    refuseReversed(start > end);
    return all.range(start, end);
  }

  private void refuseReversed(boolean isReversed) {
    if (isReversed) {
      throw CommandException.usage(
          "--from " + from + " is after --to " + to, "give the earlier one as --from");
    }
  }

  static long number(String option, String text) {
    try {
      return Long.parseLong(text.strip());
    } catch (NumberFormatException e) {
      throw CommandException.usage(
          option + ": \"" + text + "\" is no whole number",
          "the table's time is a bigint; expected a number in its units");
    }
  }

  /** A number of rows or points. */
  static int count(String option, String text) {
    try {
      return Integer.parseInt(text.strip());
    } catch (NumberFormatException e) {
      throw CommandException.usage(
          option + ": \"" + text + "\" is no number of rows or points",
          "expected a whole number from 1 to " + Integer.MAX_VALUE);
    }
  }

  private long write(Shell shell, Query<Row> query, Table<Row> described, RowsWriter writer) {
    Query<Row> ordered = order == Order.newest ? query.newestFirst() : query.oldestFirst();
    long rows;
    if (isAggregated()) {
      rows = writeGroups(shell, ordered, described, writer);
    } else if (downsample != null) {
      Downsampled points = Downsampled.parse(downsample);
      column(described, points.column());
      rows = points.write(shell, query, described, writer);
    } else if (latest) {
      writer.begin(columns(described));
      List<Row> found = query.latest();
      rows = write(shell, found.stream().limit(limit == null ? Long.MAX_VALUE : limit), writer);
    } else {
      Query<Row> limited = limit == null ? ordered : ordered.limit(limit);
      if (explain) {
        return write(shell, limited.explain(), writer);
      }
      writer.begin(columns(described));
      rows = write(shell, limited.stream(), writer);
    }
    sayCount(shell, rows);
    return rows;
  }

  private void sayCount(Shell shell, long rows) {
    if (explain) {
      return;
    }
    if (output.format(root().isJson()) == OutputFormat.table) {
      shell.say(rows == 1 ? "1 row" : "%,d rows".formatted(rows));
    } else if (rows == 0 && output.format(root().isJson()) == OutputFormat.chart) {
      shell.say("no rows");
    }
  }

  private long writeGroups(Shell shell, Query<Row> query, Table<Row> described, RowsWriter writer) {
    buckets.by().forEach(column -> column(described, column));
    List<Aggregate> selected = aggregates.selected(described, lastColumns());
    selected.forEach(each -> each.column().ifPresent(column -> column(described, column)));
    BucketQuery groups = groups(query, described, selected);
    if (explain) {
      return write(shell, groups.explain(), writer);
    }
    int keys = buckets.by().size() + (buckets.isBucketed() ? 1 : 0);
    List<OutputColumn> columns = new ArrayList<>();
    for (ResultColumn column : groups.columns()) {
      columns.add(AggregateOptions.shown(column, columns.size() < keys));
    }
    writer.begin(columns);
    return write(shell, groups.stream(), writer);
  }

  /** What does not fit together is the user's to mend, and the library says how. */
  private BucketQuery groups(Query<Row> query, Table<Row> described, List<Aggregate> selected) {
    try {
      BucketQuery groups = buckets.query(query, described, selected, output.zone());
      return limit == null ? groups : groups.limit(limit);
    } catch (IllegalArgumentException
        | IllegalStateException
        | MappingException
        | SchemaException e) {
      throw CommandException.usage(String.valueOf(e.getMessage()), "see varve query --help");
    }
  }

  /** The steps are the answer; the statement and the times of the whole are said beside it. */
  private static long write(Shell shell, Explanation explanation, RowsWriter writer) {
    shell.say(explanation.sql());
    for (int i = 0; i < explanation.values().size(); i++) {
      shell.say("  $%d = %s".formatted(i + 1, explanation.values().get(i)));
    }
    writer.begin(
        List.of(
            OutputColumn.of("step"),
            OutputColumn.of("table"),
            OutputColumn.number("rows"),
            OutputColumn.number("ms")));
    for (Explanation.Step step : explanation.steps()) {
      writer.row(
          new @Nullable Object[] {
            "  ".repeat(step.depth()) + step.operation(),
            step.table().orElse(null),
            step.rows(),
            millis(step.time())
          });
    }
    writer.end();
    shell.say(
        "planned in %s ms, answered in %s ms, %d tables or chunks read"
            .formatted(
                millis(explanation.planning()),
                millis(explanation.execution()),
                explanation.tables().size()));
    return explanation.steps().size();
  }

  private static BigDecimal millis(Duration time) {
    return BigDecimal.valueOf(time.toNanos() / 1000, 3);
  }

  private static List<OutputColumn> columns(Table<Row> described) {
    List<OutputColumn> columns = new ArrayList<>();
    for (Column<Row, ?> column : described.columns()) {
      boolean number = column.role() == Role.MEASURE && column.type().isNumeric();
      columns.add(new OutputColumn(column.name(), number));
    }
    return columns;
  }

  private static long write(Shell shell, Stream<Row> rows, RowsWriter writer) {
    long count = 0;
    try (rows) {
      for (Iterator<Row> it = rows.iterator(); it.hasNext(); count++) {
        shell.interruption().check();
        Row row = it.next();
        @Nullable Object[] values = new @Nullable Object[row.size()];
        for (int i = 0; i < values.length; i++) {
          values[i] = row.value(i);
        }
        writer.row(values);
      }
    }
    writer.end();
    return count;
  }
}
