package io.varve.cli;

import io.varve.cli.shell.CommandException;
import io.varve.model.ColumnType.Kind;
import io.varve.model.Row;
import io.varve.model.Table;
import io.varve.query.Aggregate;
import io.varve.query.Bucket;
import io.varve.query.BucketQuery;
import io.varve.query.Fill;
import io.varve.query.Moving;
import io.varve.query.Query;
import io.varve.query.ResultColumn;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Period;
import java.time.ZoneId;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options that say how rows are grouped, and what becomes of the groups. */
final class BucketOptions {

  private static final Duration DAY = Duration.ofDays(1);

  @Option(
      names = "--bucket",
      paramLabel = "SPAN",
      description =
          "Group rows by time: 15m, 1h, 1d, 1w, 1mo, 1y; a number for a bigint time. Days and months"
              + " are those of --zone.")
  private @Nullable String bucket;

  @Option(
      names = "--offset",
      paramLabel = "SPAN",
      description = "Move all buckets: 6h, 1d; a number for a bigint time.")
  private @Nullable String offset;

  @Option(
      names = "--by",
      paramLabel = "COL",
      split = ",",
      description = "One row per bucket and value of these columns.")
  private List<String> by = List.of();

  @Option(
      names = "--having",
      paramLabel = "COL>VALUE",
      description = "Only result rows with this; several must all be met.")
  private List<String> having = List.of();

  @Option(
      names = "--fill",
      paramLabel = "[COL:]FILL",
      split = ",",
      description =
          "What stands in empty buckets of the range: none, null, previous, linear or a number; of"
              + " all columns or of one.")
  private List<String> fill = List.of();

  @Option(
      names = "--moving",
      paramLabel = "FUNCTION:COL:ROWS",
      split = ",",
      description =
          "A moving avg, sum, min, max or count of a result column: avg:temperature_avg:5.")
  private List<String> moving = List.of();

  @Option(
      names = "--top",
      paramLabel = "N:COL",
      description = "Of each bucket the N rows with the greatest value of a result column.")
  private @Nullable String top;

  boolean isBucketed() {
    return bucket != null;
  }

  boolean isFilled() {
    return !fill.isEmpty();
  }

  void refuseLooseOffset() {
    if (offset != null && bucket == null) {
      throw CommandException.usage(
          "--offset without --bucket has nothing to move", "give its width, such as --bucket 1d");
    }
  }

  /** Whether anything was asked for that only groups have. */
  boolean isGrouped() {
    return bucket != null
        || offset != null
        || top != null
        || !by.isEmpty()
        || !having.isEmpty()
        || !fill.isEmpty()
        || !moving.isEmpty();
  }

  List<String> by() {
    return by;
  }

  /** How far apart buckets are at most, if that is known. */
  Optional<Duration> spacing() {
    return Optional.ofNullable(bucket)
        .filter(Span::isSpan)
        .map(width -> Span.parse(width).atMost());
  }

  /** The query that was asked for. */
  BucketQuery query(Query<Row> rows, Table<Row> table, List<Aggregate> aggregates, ZoneId zone) {
    BucketQuery query = bucket == null ? rows.groupBy() : rows.bucket(bucket(bucket, table, zone));
    query = query.groupBy(by.toArray(String[]::new)).select(aggregates.toArray(Aggregate[]::new));
    BucketQuery selected = query;
    for (var condition :
        new WhereConditions("--having", it -> column(selected, it).type(), zone).read(having)) {
      query = query.having(condition);
    }
    Set<String> filled = new HashSet<>();
    for (String text : fill) {
      query = filled(query, text, filled);
    }
    for (String text : moving) {
      query = query.moving(moving(text));
    }
    return top == null ? query : top(query, top);
  }

  private static ResultColumn column(BucketQuery query, String name) {
    List<ResultColumn> columns = query.columns();
    return columns.stream()
        .filter(column -> column.name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                CommandException.usage(
                    "--having: the result has no column \"" + name + "\"",
                    "expected one of " + columns.stream().map(ResultColumn::name).toList()));
  }

  private Bucket bucket(String width, Table<Row> table, ZoneId zone) {
    Kind time = table.time().type().kind();
    if (time == Kind.BIGINT) {
      Bucket units = Bucket.of(QueryCommand.number("--bucket", width));
      return offset == null ? units : units.offset(QueryCommand.number("--offset", offset));
    }
    Bucket spans = bucket(Span.parse(width));
    spans = time == Kind.TIMESTAMPTZ ? spans.in(zone) : spans;
    return offset == null ? spans : moved(spans, Span.parse(offset));
  }

  /** Whole days are days of the calendar. */
  private static Bucket bucket(Span span) {
    if (span.isCalendar()) {
      return Bucket.of(span.calendar());
    }
    return isDays(span.fixed()) ? Bucket.of(days(span.fixed())) : Bucket.of(span.fixed());
  }

  private static Bucket moved(Bucket bucket, Span span) {
    if (span.isCalendar()) {
      return bucket.offset(span.calendar());
    }
    return isDays(span.fixed()) ? bucket.offset(days(span.fixed())) : bucket.offset(span.fixed());
  }

  private static boolean isDays(Duration span) {
    return span.toDays() <= Integer.MAX_VALUE && DAY.multipliedBy(span.toDays()).equals(span);
  }

  private static Period days(Duration span) {
    return Period.ofDays((int) span.toDays());
  }

  private static BucketQuery filled(BucketQuery query, String text, Set<String> filled) {
    int colon = text.lastIndexOf(':');
    Fill fill = fill(text, text.substring(colon + 1).strip());
    String column = text.substring(0, Math.max(0, colon));
    if (!filled.add(column)) {
      throw CommandException.usage(
          "--fill %s: %s filled already"
              .formatted(text, colon < 0 ? "all columns are" : "\"" + column + "\" is"),
          "give one fill for all columns, and one for each that differs");
    }
    return colon < 0 ? query.fill(fill) : query.fill(column, fill);
  }

  private static Fill fill(String text, String name) {
    return switch (name) {
      case "none" -> Fill.none();
      case "null" -> Fill.nulls();
      case "previous" -> Fill.previous();
      case "linear" -> Fill.linear();
      default -> constant(text, name);
    };
  }

  private static Fill constant(String text, String number) {
    try {
      return Fill.value(new BigDecimal(number));
    } catch (NumberFormatException e) {
      throw CommandException.usage(
          "--fill " + text + ": \"" + number + "\" is not known",
          "expected none, null, previous, linear or a number");
    }
  }

  private static Moving moving(String text) {
    String[] parts = text.split(":", -1);
    String expectation = "expected FUNCTION:COL:ROWS, such as avg:temperature_avg:5";
    if (parts.length != 3) {
      throw CommandException.usage("--moving " + text + ": a part is missing", expectation);
    }
    int rows = QueryCommand.count("--moving " + text, parts[2]);
    if (rows < 1) {
      throw CommandException.usage("--moving " + text + ": no rows", "expected 1 or more");
    }
    return switch (parts[0]) {
      case "avg" -> Moving.avg(parts[1], rows);
      case "sum" -> Moving.sum(parts[1], rows);
      case "min" -> Moving.min(parts[1], rows);
      case "max" -> Moving.max(parts[1], rows);
      case "count" -> Moving.count(parts[1], rows);
      default ->
          throw CommandException.usage(
              "--moving " + text + ": \"" + parts[0] + "\" is not known",
              "expected avg, sum, min, max or count, such as avg:temperature_avg:5");
    };
  }

  private static BucketQuery top(BucketQuery query, String text) {
    int colon = text.indexOf(':');
    int rows = colon < 0 ? 0 : QueryCommand.count("--top " + text, text.substring(0, colon));
    if (rows < 1) {
      throw CommandException.usage(
          "--top " + text + ": no number of rows and column",
          "expected N:COL, such as 3:value_max");
    }
    return query.top(rows, text.substring(colon + 1));
  }
}
