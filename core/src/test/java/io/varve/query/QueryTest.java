package io.varve.query;

import static io.varve.query.Aggregate.avg;
import static io.varve.query.Aggregate.count;
import static io.varve.query.Aggregate.first;
import static io.varve.query.Aggregate.max;
import static io.varve.query.Aggregate.sum;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.varve.MappingException;
import io.varve.SchemaException;
import io.varve.jdbc.Connections;
import io.varve.jdbc.Database;
import io.varve.model.ColumnType;
import io.varve.model.ColumnType.Kind;
import io.varve.model.Row;
import io.varve.model.Table;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What is refused before anything is sent. */
final class QueryTest {

  private final Connections connections = new Connections();
  private final Query<Row> readings = query(Kind.TIMESTAMPTZ);

  private Query<Row> query(Kind time) {
    Table<Row> table =
        Table.builder("readings")
            .time("time", ColumnType.of(time))
            .dimension("device", ColumnType.of(Kind.TEXT))
            .measure("steps", ColumnType.of(Kind.BIGINT))
            .measure("valid", ColumnType.of(Kind.BOOLEAN))
            .measure("samples", ColumnType.arrayOf(Kind.DOUBLE))
            .chunk(time == Kind.BIGINT ? "100" : "7 days")
            .build();
    Database database = new Database(connections, connections, () -> {});
    return new TableQuery<>(
        new Reads(database, Pruning.usual()), SqlTest.DIALECT, Selection.all(table));
  }

  @AfterEach
  void nothingWasSent() {
    assertThat(connections.calls()).isEmpty();
  }

  @Test
  void instantForABigintTimeIsRefused() {
    String message =
        "table readings, time column \"time\" is of type bigint; expected range(long, long) in its"
            + " units, found an Instant";
    Query<Row> units = query(Kind.BIGINT);
    assertThatThrownBy(() -> units.range(Instant.EPOCH, Instant.EPOCH))
        .isInstanceOf(MappingException.class)
        .hasMessage(message);
    assertThatThrownBy(() -> units.since(Instant.EPOCH))
        .isInstanceOf(MappingException.class)
        .hasMessage(message);
    assertThatThrownBy(() -> units.before(Instant.EPOCH))
        .isInstanceOf(MappingException.class)
        .hasMessage(message);
  }

  @Test
  void unitsForAnotherTimeAreRefused() {
    assertThatThrownBy(() -> readings.range(1, 2))
        .isInstanceOf(MappingException.class)
        .hasMessage(
            "table readings, time column \"time\" is of type timestamp with time zone; expected"
                + " range(Instant, Instant), found a long");
  }

  @Test
  void rangeThatEndsBeforeItStartsIsRefused() {
    assertThatThrownBy(() -> readings.range(Instant.EPOCH.plusNanos(1), Instant.EPOCH))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "range from 1970-01-01T00:00:00.000000001Z to 1970-01-01T00:00:00Z ends before it"
                + " starts; expected from <= to");
    assertThatThrownBy(() -> query(Kind.BIGINT).range(2, 1))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  @SuppressWarnings("NullAway")
  void absentBoundIsNoOpenEnd() {
    assertThatThrownBy(() -> readings.since(null)).isInstanceOf(NullPointerException.class);
    assertThatThrownBy(() -> readings.range(Instant.EPOCH, null))
        .isInstanceOf(NullPointerException.class);
  }

  @Test
  @SuppressWarnings("NullAway")
  void nullIsComparedWithByItsOwnCondition() {
    assertThatThrownBy(() -> readings.where("steps", null))
        .isInstanceOf(MappingException.class)
        .hasMessage(
            "table readings, column \"steps\": it is compared with null, which nothing equals;"
                + " expected a value, or whereNull(\"steps\")");
    String message =
        "table readings, column \"device\": it is compared with null, which nothing equals;"
            + " expected a value, or a test for null of \"device\"";
    Condition.Subject<Object> device = Condition.column("device");
    for (Condition oneOf : List.of(device.in("a", null), device.in(Arrays.asList("a", null)))) {
      assertThatThrownBy(() -> readings.where(oneOf))
          .isInstanceOf(MappingException.class)
          .hasMessage(message);
    }
  }

  @Test
  void unknownColumnIsRefused() {
    String message =
        "table readings has no column \"colour\"; expected one of [time, device, steps, valid,"
            + " samples]";
    assertThatThrownBy(() -> readings.where("colour", "red"))
        .isInstanceOf(SchemaException.class)
        .hasMessage(message);
    assertThatThrownBy(() -> readings.whereNull("colour"))
        .isInstanceOf(SchemaException.class)
        .hasMessage(message);
    assertThatThrownBy(() -> hourly().groupBy("colour"))
        .isInstanceOf(SchemaException.class)
        .hasMessage(message);
    assertThatThrownBy(() -> hourly().select(avg("colour")))
        .isInstanceOf(SchemaException.class)
        .hasMessage(message);
  }

  @Test
  void negativeLimitIsRefused() {
    assertThatThrownBy(() -> readings.limit(-1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("limit -1; expected 0 or more");
    assertThatThrownBy(() -> hourly().limit(-1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("limit -1; expected 0 or more");
  }

  @Test
  void limitBeforeBucketIsRefused() {
    assertThatThrownBy(() -> readings.limit(10).bucket(Duration.ofHours(1)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage(
            "limit(10) before bucket would cut rows before they are grouped; expected it after"
                + " bucket");
  }

  @Test
  void aggregateThatDoesNotFitTheColumnIsRefused() {
    assertThatThrownBy(() -> hourly().select(sum("device")))
        .isInstanceOf(MappingException.class)
        .hasMessage(
            "device_sum: table readings, column \"device\" is of type text; expected a number");
    assertThatThrownBy(() -> hourly().select(avg("samples")))
        .isInstanceOf(MappingException.class)
        .hasMessageContaining("is of type double precision[]; expected a number");
    assertThatThrownBy(() -> hourly().select(max("valid")))
        .isInstanceOf(MappingException.class)
        .hasMessage(
            "valid_max: table readings, column \"valid\" is of type boolean; expected a number,"
                + " text, time or array");
  }

  @Test
  void aggregateOfNoColumnIsRefusedUnlessItCountsRows() {
    assertThatThrownBy(
            () ->
                new Aggregate(
                    Aggregate.Function.MAX, Optional.empty(), List.of(), Optional.empty()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("max of no column; expected one: only the count of rows has none");
  }

  @Test
  void resultNamesMustDiffer() {
    assertThatThrownBy(() -> hourly().select(max("steps"), count(), max("steps")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("two result columns are named \"steps_max\"; expected different names");
    assertThatThrownBy(() -> hourly().groupBy("device").groupBy("device"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("two result columns are named \"device\"; expected different names");
  }

  @Test
  void selectingNothingIsRefused() {
    assertThatThrownBy(() -> hourly().select())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("select of nothing; expected at least one aggregate");
    assertThatThrownBy(() -> hourly().groupBy("device").list())
        .isInstanceOf(IllegalStateException.class)
        .hasMessage(
            "aggregating readings: no aggregate was selected; expected select(…) before the answer");
  }

  @Test
  void aggregatesOfAnyColumnAreCountFirstAndLast() {
    hourly().select(count("valid"), first("samples"), first("valid"), max("samples"));
  }

  private BucketQuery hourly() {
    return readings.bucket(Duration.ofHours(1));
  }
}
