package io.varve.cli;

import io.varve.Varve;
import io.varve.VarveException;
import io.varve.cli.csv.LocalZone;
import io.varve.cli.csv.TimeFormat;
import io.varve.cli.csv.Unfit;
import io.varve.cli.csv.ValueParser;
import io.varve.cli.csv.ValueParser.Rounding;
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
import io.varve.query.Query;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
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
      "  varve query demo_sensors --where sensor=s01 --from 2024-01-01 --to 2024-02-01 --format csv"
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
      description = "Rows with this value; several must all be met.")
  private List<String> where = List.of();

  @Option(
      names = "--bucket",
      paramLabel = "SPAN",
      description = "Group rows by time: 15m, 1h, 1d, 1w, 1mo, 1y; a number for a bigint time.")
  private @Nullable String bucket;

  @Mixin private final AggregateOptions aggregates = new AggregateOptions();

  @Option(
      names = "--by",
      paramLabel = "COL",
      split = ",",
      description = "One row per bucket and value of these columns.")
  private List<String> by = List.of();

  @Option(names = "--latest", description = "The newest row of each series.")
  private boolean latest;

  @Option(names = "--limit", paramLabel = "N", description = "At most so many rows.")
  private @Nullable Long limit;

  @Option(
      names = "--order",
      paramLabel = "ORDER",
      description = "oldest or newest first (default: oldest).")
  private Order order = Order.oldest;

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
      long rows = write(shell, query, described, output.writer(shell, root().isJson(), spacing()));
      if (rows == 0 && lastSpan().isPresent()) {
        sayNewest(shell, filtered(varve.from(described), described), described);
      }
    } catch (VarveException e) {
      shell.interruption().check();
      throw e;
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
    if (lastSpan().isPresent() && (from != null || to != null)) {
      throw CommandException.usage("--last and --from or --to contradict each other", "give one");
    }
    if (latest && bucket != null) {
      throw CommandException.usage("--latest and --bucket contradict each other", "give one");
    }
    boolean aggregated = !aggregates.isEmpty() || !by.isEmpty() || !lastColumns().isEmpty();
    if (aggregated && bucket == null) {
      throw CommandException.usage(
          "aggregates need a time bucket", "give its width, such as --bucket 1d");
    }
    if (limit != null && limit < 0) {
      throw CommandException.usage("--limit " + limit + " is negative", "expected 0 or more");
    }
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
    Query<Row> query = all;
    Map<String, String> seen = new HashMap<>();
    for (String condition : where) {
      int equals = condition.indexOf('=');
      if (equals <= 0) {
        throw CommandException.usage(
            "--where " + condition + ": no column and value", "expected --where COL=VALUE");
      }
      Column<Row, ?> column = column(described, condition.substring(0, equals));
      String other = seen.put(column.name(), condition);
      if (other != null && !other.equals(condition)) {
        throw CommandException.usage(
            "--where %s and --where %s contradict each other: a row has one value"
                .formatted(other, condition),
            "give one, or ask for several with varve sql");
      }
      query = query.where(column.name(), value(column, condition.substring(equals + 1)));
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
      return query;
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

  private static long number(String option, String text) {
    try {
      return Long.parseLong(text.strip());
    } catch (NumberFormatException e) {
      throw CommandException.usage(
          option + ": \"" + text + "\" is no whole number",
          "the table's time is a bigint; expected a number in its units");
    }
  }

  private Object value(Column<Row, ?> column, String text) {
    try {
      boolean holdsTimes = column.type().isTime() && column.type().kind() != Kind.BIGINT;
      ValueParser parser =
          holdsTimes
              ? ValueParser.times(
                  column.type(), TimeFormat.named("iso"), new LocalZone(output.zone()))
              : ValueParser.of(column.type(), Rounding.NEAREST);
      return Objects.requireNonNullElse(parser.parse(text), "");
    } catch (Unfit | IllegalArgumentException e) {
      throw CommandException.usage(
          "--where %s: \"%s\" %s".formatted(column.name(), text, e.getMessage()),
          "the column is of type " + column.type().sql());
    }
  }

  private Optional<Duration> spacing() {
    return bucket == null || !Span.isSpan(bucket)
        ? Optional.empty()
        : Optional.of(Span.parse(bucket).atMost());
  }

  private long write(Shell shell, Query<Row> query, Table<Row> described, RowsWriter writer) {
    long rows;
    if (bucket != null) {
      rows = writeBuckets(shell, query, described, bucket, writer);
    } else if (latest) {
      writer.begin(columns(described));
      List<Row> found = query.latest();
      rows = write(shell, found.stream().limit(limit == null ? Long.MAX_VALUE : limit), writer);
    } else {
      writer.begin(columns(described));
      Query<Row> ordered = order == Order.newest ? query.newestFirst() : query.oldestFirst();
      rows = write(shell, (limit == null ? ordered : ordered.limit(limit)).stream(), writer);
    }
    if (output.format(root().isJson()) == OutputFormat.table) {
      shell.say(rows == 1 ? "1 row" : "%,d rows".formatted(rows));
    } else if (rows == 0 && output.format(root().isJson()) == OutputFormat.chart) {
      shell.say("no rows");
    }
    return rows;
  }

  private long writeBuckets(
      Shell shell, Query<Row> query, Table<Row> described, String width, RowsWriter writer) {
    by.forEach(column -> column(described, column));
    List<Aggregate> selected = aggregates.selected(described, lastColumns());
    selected.forEach(each -> each.column().ifPresent(column -> column(described, column)));
    BucketQuery buckets =
        bucketed(query, described, width)
            .groupBy(by.toArray(new String[0]))
            .select(selected.toArray(new Aggregate[0]));
    buckets = order == Order.newest ? buckets.newestFirst() : buckets;
    List<OutputColumn> columns = new ArrayList<>(List.of(OutputColumn.of("bucket")));
    by.forEach(column -> columns.add(OutputColumn.of(column)));
    selected.forEach(aggregate -> columns.add(aggregates.column(aggregate, described)));
    writer.begin(columns);
    return write(shell, (limit == null ? buckets : buckets.limit(limit)).stream(), writer);
  }

  private static BucketQuery bucketed(Query<Row> query, Table<Row> described, String width) {
    if (described.time().type().kind() == Kind.BIGINT) {
      return query.bucket(number("--bucket", width));
    }
    Span span = Span.parse(width);
    return span.isCalendar() ? query.bucket(span.calendar()) : query.bucket(span.fixed());
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
