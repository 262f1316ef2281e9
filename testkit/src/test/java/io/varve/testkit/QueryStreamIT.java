package io.varve.testkit;

import static io.varve.query.Aggregate.count;
import static io.varve.query.Aggregate.max;
import static io.varve.testkit.Ticks.ROWS;
import static io.varve.testkit.Ticks.START;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.varve.ClosedException;
import io.varve.DeadlineException;
import io.varve.MappingException;
import io.varve.SchemaException;
import io.varve.Varve;
import io.varve.model.ColumnType;
import io.varve.model.ColumnType.Kind;
import io.varve.model.Measure;
import io.varve.model.Row;
import io.varve.model.Table;
import io.varve.model.Time;
import io.varve.model.TimeSeries;
import io.varve.query.BucketQuery;
import io.varve.testkit.Ticks.Tick;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Streams, with a single connection to go round: whoever keeps it is noticed. */
@ExtendWith(DatabaseExtension.class)
@Timeout(120)
final class QueryStreamIT {

  private final TestDatabase database;
  private final Ticks ticks;
  private final Varve varve;

  QueryStreamIT(TestDatabase database) {
    this.database = database;
    this.ticks = new Ticks(database);
    this.varve = ticks.varve();
  }

  @BeforeEach
  void writeTicks() {
    ticks.write();
  }

  @AfterEach
  void drop() throws SQLException {
    ticks.close();
  }

  /** The same table, read by somebody who does not expect nulls. */
  @TimeSeries(table = "ticks", chunk = "1 hour")
  record FullTick(@Time Instant time, @Measure int number, @Measure double value) {}

  @Test
  void streamLeftEarlyGivesTheConnectionBackAtOnce() {
    for (int round = 0; round < 20; round++) {
      try (Stream<Tick> stream = ticks.all().oldestFirst().stream()) {
        assertThat(stream.limit(3).map(Tick::number)).containsExactly(0, 1, 2);
      }
      assertThat(ticks.all().count()).isEqualTo(ROWS);
    }
  }

  @Test
  void streamReadToItsEndGivesTheConnectionBackBeforeItIsClosed() {
    try (Stream<Tick> stream = ticks.all().stream()) {
      assertThat(stream.count()).isEqualTo(ROWS);
      assertThat(ticks.all().count()).isEqualTo(ROWS);
    }
  }

  @Test
  void streamNeverReadHoldsTheConnectionUntilItIsClosed() {
    try (Stream<Tick> stream = ticks.all().stream()) {
      assertThat(stream).isNotNull();
      assertThatThrownBy(() -> ticks.all().count()).isInstanceOf(DeadlineException.class);
    }
    assertThat(ticks.all().count()).isEqualTo(ROWS);
  }

  @Test
  void failingConsumerGivesTheConnectionBack() {
    assertThatThrownBy(
            () ->
                ticks
                    .all()
                    .useStream(
                        stream -> {
                          stream.forEach(
                              tick -> {
                                if (tick.number() % 7_000 == 6_999) {
                                  throw new IllegalStateException("enough");
                                }
                              });
                          return null;
                        }))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("enough");
    assertThat(ticks.all().count()).isEqualTo(ROWS);
  }

  @Test
  void rowThatCannotBeReadEndsTheStreamAndGivesTheConnectionBack() {
    try (Stream<FullTick> stream = varve.from(FullTick.class).oldestFirst().stream()) {
      Iterator<FullTick> rows = stream.iterator();
      assertThatThrownBy(() -> rows.forEachRemaining(row -> assertThat(row).isNotNull()))
          .isInstanceOf(MappingException.class)
          .hasMessageContaining("column \"value\" is null, which double cannot hold");
      assertThat(ticks.all().count()).isEqualTo(ROWS);
      assertThatThrownBy(rows::next)
          .isInstanceOf(ClosedException.class)
          .hasMessage("reading ticks: the stream has been closed");
    }
  }

  @Test
  void statementThatFailsGivesTheConnectionBack() throws SQLException {
    Table<Row> missing =
        Table.builder("missing").time("time", ColumnType.of(Kind.TIMESTAMPTZ)).build();
    for (int round = 0; round < 3; round++) {
      assertThatThrownBy(() -> varve.from(missing).stream())
          .isInstanceOf(SchemaException.class)
          .hasMessageStartingWith("reading missing: relation \"public.missing\" does not exist");
      assertThatThrownBy(() -> varve.from(missing).list()).isInstanceOf(SchemaException.class);
    }
    assertThat(ticks.all().count()).isEqualTo(ROWS);
  }

  @Test
  void closedStreamGivesNoMoreRows() {
    Stream<Tick> untouched = ticks.all().stream();
    untouched.close();
    untouched.close();
    assertThatThrownBy(untouched::count).isInstanceOf(IllegalStateException.class);

    Stream<Tick> begun = ticks.all().stream();
    Iterator<Tick> rows = begun.iterator();
    assertThat(rows.next()).isNotNull();
    begun.close();
    assertThatThrownBy(
            () -> {
              while (rows.hasNext()) {
                rows.next();
              }
            })
        .isInstanceOf(ClosedException.class)
        .hasMessage("reading ticks: the stream has been closed");
  }

  @Test
  void closingFromWithinTheConsumerEndsTheStream() {
    Stream<Tick> stream = ticks.all().stream();
    assertThatThrownBy(() -> stream.forEach(tick -> stream.close()))
        .isInstanceOf(ClosedException.class);
    assertThat(ticks.all().count()).isEqualTo(ROWS);
  }

  @Test
  void twoStreamsRunSideBySide() {
    try (Varve two = Ticks.connect(database, 2);
        Stream<Tick> oldest = two.from(Tick.class).oldestFirst().stream();
        Stream<Tick> newest = two.from(Tick.class).newestFirst().stream()) {
      Iterator<Tick> up = oldest.iterator();
      Iterator<Tick> down = newest.iterator();
      for (int i = 0; i < ROWS; i++) {
        assertThat(up.next().number()).isEqualTo(i);
        assertThat(down.next().number()).isEqualTo(ROWS - 1 - i);
      }
      assertThat(up.hasNext()).isFalse();
      assertThat(down.hasNext()).isFalse();
    }
  }

  @Test
  void parallelStreamGivesTheSameRowsInOrder() {
    assertThat(
            ticks
                .all()
                .oldestFirst()
                .<List<Integer>>useStream(stream -> stream.parallel().map(Tick::number).toList()))
        .isEqualTo(IntStream.range(0, ROWS).boxed().toList());
  }

  @Test
  void streamSeesTheTableAsItWasAtItsStart() throws SQLException {
    try (Stream<Tick> stream = ticks.all().stream()) {
      Sessions.execute(database, "delete from ticks where number % 2 = 0");
      assertThat(stream.count()).isEqualTo(ROWS);
    }
    assertThat(ticks.all().count()).isEqualTo(ROWS / 2);
  }

  @Test
  void bucketsStreamThroughTheSameCursor() {
    try (Stream<Row> stream =
        ticks.all().bucket(Duration.ofSeconds(1)).select(count()).newestFirst().stream()) {
      assertThat(stream.iterator().next().value("bucket")).isEqualTo(START.plusSeconds(ROWS - 1));
    }
    assertThat(ticks.all().count()).isEqualTo(ROWS);
  }

  /** A view may look at its own transaction. */
  @Test
  void cursorRunsReadOnlyAndLeavesNothingBehind() throws SQLException {
    Sessions.execute(
        database,
        """
        create view watched as
        select now() as time, current_setting('transaction_read_only') as read_only,
               current_setting('plan_cache_mode') as plan_cache_mode
        """);
    Table<Row> watched =
        Table.builder("watched")
            .time("time", ColumnType.of(Kind.TIMESTAMPTZ))
            .measure("read_only", ColumnType.of(Kind.TEXT))
            .measure("plan_cache_mode", ColumnType.of(Kind.TEXT))
            .build();
    assertThat(varve.from(watched).<List<Row>>useStream(Stream::toList))
        .extracting(row -> row.value("read_only"), row -> row.value("plan_cache_mode"))
        .containsExactly(org.assertj.core.groups.Tuple.tuple("on", "force_custom_plan"));
    assertThat(varve.from(watched).first())
        .hasValueSatisfying(
            row -> {
              assertThat(row.value("read_only")).isEqualTo("off");
              assertThat(row.value("plan_cache_mode")).isEqualTo("auto");
            });
    varve.table(Tick.class).insert(new Tick(START, -1, null));
  }

  /** Half way the server falls asleep; the close does not wait for it to wake up. */
  @Test
  void closingFromAnotherThreadCancelsTheServersWork() throws Exception {
    Stream<Row> stream = varve.from(ticks.sleeping()).stream();
    CompletableFuture<Long> consumer = CompletableFuture.supplyAsync(stream::count);
    Sessions.awaitSleeping(database);
    stream.close();
    assertThatThrownBy(() -> consumer.get(60, TimeUnit.SECONDS))
        .cause()
        .isInstanceOf(ClosedException.class)
        .hasMessage("reading watched: the stream has been closed");
    assertThat(ticks.all().count()).isEqualTo(ROWS);
  }

  /** A view may look at the statement that reads it. */
  @Test
  void firstRowIsAskedForAlone() throws SQLException {
    Sessions.execute(
        database, "create view watched as select time, current_query() as statement from ticks");
    Table<Row> watched =
        Table.builder("watched")
            .time("time", ColumnType.of(Kind.TIMESTAMPTZ))
            .dimension("statement", ColumnType.of(Kind.TEXT))
            .build();
    BucketQuery query =
        varve
            .from(watched)
            .range(START, START.plusSeconds(10))
            .bucket(Duration.ofSeconds(1))
            .groupBy("statement")
            .select(count());
    BucketQuery other =
        ticks
            .all()
            .range(START, START.plusSeconds(10))
            .bucket(Duration.ofSeconds(1))
            .groupBy("number")
            .select(max("value"));
    assertThat(query.list()).hasSize(10);
    assertThat(query.first().orElseThrow().value("statement", String.class))
        .containsPattern(" LIMIT \\$[0-9]+$");
    assertThat(other.limit(0).first()).isEmpty();
    assertThat(other.first().orElseThrow().value("bucket")).isEqualTo(START);
    BucketQuery maxima =
        varve
            .from(watched)
            .bucket(Duration.ofSeconds(1))
            .groupBy("statement")
            .select(count().as("rows"));
    assertThat(query.fullJoin(maxima).first().orElseThrow().value("statement", String.class))
        .containsPattern(" LIMIT \\$[0-9]+$");
  }

  @TimeSeries(table = "ticks")
  record Observed(@Time Instant time, @Measure int number) {

    static final AtomicReference<Runnable> MADE = new AtomicReference<>();

    Observed {
      MADE.get().run();
    }
  }

  /** A record's constructor is the caller's code: nothing of the cursor is held while it runs. */
  @Test
  void closingWhileARecordIsMadeDoesNotWaitForIt() throws Exception {
    Stream<Observed> stream = varve.from(Observed.class).stream();
    Observed.MADE.set(
        () -> {
          try {
            CompletableFuture.runAsync(stream::close).get(60, TimeUnit.SECONDS);
          } catch (Exception e) {
            throw new IllegalStateException("the close waits for the row", e);
          }
        });
    Iterator<Observed> rows = stream.iterator();
    assertThat(rows.next().number()).isNotNegative();
    assertThatThrownBy(rows::hasNext).isInstanceOf(ClosedException.class);
    assertThat(ticks.all().count()).isEqualTo(ROWS);
  }

  @Test
  void lostConnectionIsReportedAndReplaced() throws SQLException {
    try (Stream<Tick> stream = ticks.all().stream()) {
      Iterator<Tick> rows = stream.iterator();
      assertThat(rows.next()).isNotNull();
      Sessions.execute(
          database,
          """
          select pg_terminate_backend(pid, 60000) from pg_stat_activity
          where datname = current_database() and state = 'idle in transaction'
          """);
      assertThatThrownBy(() -> rows.forEachRemaining(row -> assertThat(row).isNotNull()))
          .isInstanceOf(io.varve.ConnectionException.class)
          .hasMessageStartingWith("reading ticks: ");
    }
    assertThat(ticks.all().count()).isEqualTo(ROWS);
  }
}
