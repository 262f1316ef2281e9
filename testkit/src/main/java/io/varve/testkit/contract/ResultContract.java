package io.varve.testkit.contract;

import static io.varve.query.Aggregate.avg;
import static io.varve.query.Aggregate.count;
import static io.varve.query.Aggregate.histogram;
import static io.varve.query.Aggregate.max;
import static io.varve.query.Aggregate.sum;
import static io.varve.query.Condition.column;
import static io.varve.testkit.contract.Gauges.NOON;
import static io.varve.testkit.contract.Gauges.gauge;
import static io.varve.testkit.contract.Gauges.values;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import io.varve.Preset;
import io.varve.Setting;
import io.varve.Varve;
import io.varve.model.ColumnType;
import io.varve.model.Row;
import io.varve.model.Table;
import io.varve.query.BucketQuery;
import io.varve.query.Columns;
import io.varve.query.Explanation;
import io.varve.query.Fill;
import io.varve.query.Moving;
import io.varve.query.Query;
import io.varve.testkit.DatabaseExtension;
import io.varve.testkit.TestDatabase;
import io.varve.testkit.contract.Gauges.Gauge;
import java.math.BigDecimal;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.Period;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What becomes of groups: windows, orders, joins, and the forms of a result. */
@ExtendWith({DatabaseExtension.class, VarveExtension.class})
final class ResultContract {

  private final TestDatabase database;
  private final Varve varve;
  private final Gauges gauges;

  ResultContract(TestDatabase database, Varve varve) {
    this.database = database;
    this.varve = varve;
    this.gauges = Gauges.create(varve);
  }

  @Test
  void movingWindowsFollowTheirGroup() {
    gauges.write(
        gauge(0, "a", 1.0), gauge(3600, "a", 3.0), gauge(7200, "a", 8.0), gauge(0, "b", 5.0));
    BucketQuery query =
        gauges
            .hourly()
            .groupBy("device")
            .select(sum("value"))
            .moving(
                Moving.avg("value_sum", 2),
                Moving.total("value_sum"),
                Moving.difference("value_sum"),
                Moving.max("value_sum", 2).as("peak"));
    assertThat(values(query, "value_sum_moving_avg", "a")).containsExactly(1.0, 2.0, 5.5);
    assertThat(values(query, "value_sum_total", "a")).containsExactly(1.0, 4.0, 12.0);
    assertThat(values(query, "value_sum_difference", "a")).containsExactly(null, 2.0, 5.0);
    assertThat(values(query, "peak", "b")).containsExactly(5.0);
  }

  @Test
  void greatestOfEachBucketAreKept() {
    gauges.write(
        gauge(0, "a", 1.0),
        gauge(1, "b", 3.0),
        gauge(2, "c", 2.0),
        gauge(3600, "a", 9.0),
        gauge(3601, "c", null));
    BucketQuery query = gauges.hourly().groupBy("device").select(max("value")).top(2, "value_max");
    assertThat(query.list())
        .extracting(row -> row.value("device"))
        .containsExactly("b", "c", "a", "c");
    assertThat(query.having(column("value_max").gt(2.0)).list())
        .extracting(row -> row.value("device"))
        .containsExactly("b", "a");
  }

  @Test
  void twoSeriesStandSideBySide() {
    gauges.write(
        gauge(0, "a", 1.0), gauge(3600, "a", 2.0), gauge(3600, "b", 5.0), gauge(7200, "b", 6.0));
    BucketQuery a = gauges.all().where("device", "a").bucket(Duration.ofHours(1));
    BucketQuery b = gauges.all().where("device", "b").bucket(Duration.ofHours(1));
    assertThat(a.select(avg("value").as("a")).join(b.select(avg("value").as("b"))).list())
        .extracting(Row::toString)
        .containsExactly("{bucket=2024-01-01T13:00:00Z, a=2.0, b=5.0}");
    assertThat(a.select(avg("value").as("a")).fullJoin(b.select(avg("value").as("b"))).list())
        .extracting(Row::toString)
        .containsExactly(
            "{bucket=2024-01-01T12:00:00Z, a=1.0, b=null}",
            "{bucket=2024-01-01T13:00:00Z, a=2.0, b=5.0}",
            "{bucket=2024-01-01T14:00:00Z, a=null, b=6.0}");
    assertThatThrownBy(() -> a.select(avg("value")).join(b.select(avg("value"))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "both sides of the join have a column \"value_avg\"; expected different names: as(…)");
  }

  @Test
  void totalsStandSideBySide() {
    gauges.write(gauge(0, "a", 1.0), gauge(1, "b", 5.0));
    BucketQuery one = gauges.all().where("device", "a").groupBy().select(sum("value").as("one"));
    BucketQuery other =
        gauges.all().where("device", "b").groupBy().select(sum("value").as("other"));
    assertThat(one.join(other).list()).hasToString("[{one=1.0, other=5.0}]");
    assertThat(one.having(column("one").gt(9.0)).fullJoin(other).list())
        .hasToString("[{one=null, other=5.0}]");
  }

  @Test
  void resultsInEveryForm() throws ExecutionException, InterruptedException {
    gauges.write(gauge(0, "a", 1.0), gauge(3600, "a", null), gauge(7200, "b", 3.0));
    BucketQuery query = gauges.hourly().groupBy("device").select(avg("value"), count());
    Columns arrays = query.arrays();
    assertThat(arrays.size()).isEqualTo(3);
    assertThat(arrays.longs("bucket"))
        .containsExactly(
            NOON.getEpochSecond() * 1_000_000,
            (NOON.getEpochSecond() + 3600) * 1_000_000,
            (NOON.getEpochSecond() + 7200) * 1_000_000);
    assertThat(arrays.doubles("value_avg")).containsExactly(1.0, Double.NaN, 3.0);
    assertThat(arrays.nulls("value_avg").stream()).containsExactly(1);
    assertThat(arrays.longs("count")).containsExactly(1, 1, 1);
    assertThat(arrays.objects("device").toString()).isEqualTo("[a, a, b]");
    assertThat(query.maps().get(0))
        .containsExactly(
            entry("bucket", NOON),
            entry("device", "a"),
            entry("value_avg", 1.0),
            entry("count", 1L));
    assertThat(query.list(Hourly.class).get(2))
        .isEqualTo(new Hourly(NOON.plusSeconds(7200), "b", 3.0, 1));
    assertThat(query.first().orElseThrow().value("bucket")).isEqualTo(NOON);
    assertThat(published(query)).isEqualTo(query.list());
  }

  record Hourly(Instant bucket, String device, @Nullable Double valueAvg, long count) {}

  @Test
  void explanationNamesStatementStepsAndChunks() {
    gauges.write(gauge(0, "a", 1.0), gauge(86_400, "a", 2.0), gauge(2 * 86_400, "a", 3.0));
    Explanation explanation =
        gauges
            .all()
            .range(NOON, NOON.plusSeconds(90_000))
            .where("device", "a")
            .bucket(Duration.ofHours(1))
            .select(avg("value"))
            .explain();
    assertThat(explanation.sql()).startsWith("SELECT ").doesNotContain("'a'");
    assertThat(explanation.values()).hasSize(3).contains("a");
    assertThat(explanation.tables()).hasSize(2);
    assertThat(explanation.steps().get(0).depth()).isZero();
    assertThat(explanation.steps().get(0).rows()).isEqualTo(2);
    assertThat(explanation.execution()).isPositive();
    assertThat(gauges.all().explain().tables()).hasSize(3);
    assertThat(gauges.all().where("device", "a\u0001\ufffe").explain().values())
        .containsExactly("a\u0001\ufffe");
  }

  @Test
  void explanationTellsTablesOfTheSameNameApart() throws SQLException {
    String columns = " (time timestamptz NOT NULL, value double precision)";
    Sql.execute(
        database,
        "CREATE SCHEMA elsewhere",
        "CREATE TABLE elsewhere.plain" + columns,
        "CREATE TABLE public.plain" + columns);
    try {
      BucketQuery here = varve.from(plain("plain")).groupBy().select(max("value").as("here"));
      BucketQuery there =
          varve.from(plain("elsewhere.plain")).groupBy().select(max("value").as("there"));
      assertThat(here.join(there).explain().tables())
          .containsExactlyInAnyOrder("plain", "elsewhere.plain");
    } finally {
      Sql.execute(database, "DROP SCHEMA elsewhere CASCADE", "DROP TABLE public.plain");
    }
  }

  private static Table<Row> plain(String name) {
    return Table.builder(name)
        .time("time", ColumnType.of(ColumnType.Kind.TIMESTAMPTZ))
        .measure("value", ColumnType.of(ColumnType.Kind.DOUBLE))
        .build();
  }

  @Test
  void queriesThatReadTooManyChunksAreRefusedIfAskedTo() {
    gauges.write(gauge(0, "a", 1.0), gauge(86_400, "a", 2.0), gauge(2 * 86_400, "a", 3.0));
    try (Varve strict =
        Varve.builder(Preset.TEST)
            .set(Setting.URL, database.url())
            .set(Setting.USER, database.user())
            .set(Setting.PASSWORD, database.password())
            .set(Setting.UNBOUNDED_QUERIES, "refuse")
            .set(Setting.UNBOUNDED_CHUNKS, "2")
            .connect()) {
      Query<Gauge> all = strict.from(Gauge.class);
      String refusal =
          "reading gauges: no bound in time, so all its 3 chunks are read; expected range(…),"
              + " since(…) or a limit, or a greater unbounded-chunks than 2";
      assertThatThrownBy(all::list).isInstanceOf(IllegalStateException.class).hasMessage(refusal);
      assertThatThrownBy(all::stream).hasMessage(refusal);
      assertThatThrownBy(all::count).hasMessage(refusal);
      assertThatThrownBy(() -> all.bucket(Duration.ofHours(1)).select(count()).list())
          .hasMessage(refusal);
      assertThat(all.since(NOON).list()).hasSize(3);
      assertThat(all.where(column("time").eq(NOON)).list()).hasSize(1);
      assertThat(all.limit(2).list()).hasSize(2);
      assertThat(all.latest()).hasSize(1);
    }
  }

  @Test
  void whatCannotBeFilledJoinedOrBinnedIsRefused() {
    BucketQuery byDevice = gauges.hourly().groupBy("device").select(count());
    assertThatThrownBy(() -> byDevice.fill("device", Fill.nulls()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "fill of \"device\", which rows are grouped by; expected an aggregate's column");
    assertThatThrownBy(() -> byDevice.join(gauges.hourly().groupBy("value").select(sum("value"))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("text")
        .hasMessageContaining("double precision");
    BucketQuery wider = gauges.all().bucket(Duration.ofHours(2)).groupBy("device");
    assertThatThrownBy(() -> byDevice.join(wider.select(sum("value"))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageEndingWith("buckets are of 1 hour and 2 hours; expected the same width");
    BucketQuery months = gauges.all().bucket(Period.ofMonths(1)).select(count());
    BucketQuery days = gauges.all().bucket(Period.ofDays(30)).select(sum("value"));
    assertThatThrownBy(() -> months.join(days))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageEndingWith("expected the same width");
    BucketQuery hours = gauges.all().bucket(Duration.ofHours(720)).select(max("value"));
    assertThat(days.join(hours).list()).isEmpty();
    assertThatThrownBy(() -> histogram("value", -1.7e308, 1.7e308, 10))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("whose difference a double can hold");
    assertThatThrownBy(() -> Fill.value(new BigDecimal("1e999999999")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("more than 400 digits");
    assertThatThrownBy(() -> Fill.value(Double.NaN))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("fill with NaN; expected a finite number");
  }

  /** Asks for one row at a time. */
  private static List<Row> published(BucketQuery query)
      throws ExecutionException, InterruptedException {
    ExecutorService executor = Executors.newSingleThreadExecutor();
    try {
      List<Row> rows = new ArrayList<>();
      CompletableFuture<List<Row>> all = new CompletableFuture<>();
      query
          .publisher(executor)
          .subscribe(
              new Flow.Subscriber<>() {
                private Flow.@Nullable Subscription subscription;

                @Override
                public void onSubscribe(Flow.Subscription started) {
                  subscription = started;
                  started.request(1);
                }

                @Override
                public void onNext(Row row) {
                  rows.add(row);
                  subscription.request(1);
                }

                @Override
                public void onError(Throwable error) {
                  all.completeExceptionally(error);
                }

                @Override
                public void onComplete() {
                  all.complete(rows);
                }
              });
      return all.get();
    } finally {
      executor.shutdownNow();
    }
  }
}
