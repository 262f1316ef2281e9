package io.varve.testkit;

import static io.varve.query.Aggregate.count;
import static io.varve.query.Aggregate.max;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.varve.ClosedException;
import io.varve.DeadlineException;
import io.varve.MappingException;
import io.varve.Preset;
import io.varve.SchemaException;
import io.varve.Setting;
import io.varve.Varve;
import io.varve.model.ColumnType;
import io.varve.model.ColumnType.Kind;
import io.varve.model.Measure;
import io.varve.model.Row;
import io.varve.model.Table;
import io.varve.model.Time;
import io.varve.model.TimeSeries;
import io.varve.query.BucketQuery;
import io.varve.query.Query;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.Iterator;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Streams, with a single connection to go round: whoever keeps it is noticed. */
@ExtendWith(DatabaseExtension.class)
@Timeout(120)
final class QueryStreamIT {

  private static final Instant START = Instant.parse("2024-01-01T00:00:00Z");
  private static final int ROWS = 12_000;

  private final TestDatabase database;
  private final Varve varve;

  QueryStreamIT(TestDatabase database) {
    this.database = database;
    this.varve = connect(1);
  }

  private Varve connect(int poolSize) {
    return Varve.builder(Preset.TEST)
        .set(Setting.URL, database.url())
        .set(Setting.USER, database.user())
        .set(Setting.PASSWORD, database.password())
        .set(Setting.SSLMODE, "disable")
        .set(Setting.POOL_SIZE, Integer.toString(poolSize))
        .set(Setting.ACQUIRE_TIMEOUT, "2 s")
        .set(Setting.STATEMENT_TIMEOUT, "0")
        .connect();
  }

  @TimeSeries(table = "ticks", chunk = "1 hour")
  record Tick(@Time Instant time, @Measure int number, @Measure @Nullable Double value) {}

  /** The same table, read by somebody who does not expect nulls. */
  @TimeSeries(table = "ticks", chunk = "1 hour")
  record FullTick(@Time Instant time, @Measure int number, @Measure double value) {}

  @BeforeEach
  void writeTicks() {
    varve.schema().create(Table.of(Tick.class));
    varve
        .table(Tick.class)
        .insertAll(
            IntStream.range(0, ROWS)
                .mapToObj(i -> new Tick(START.plusSeconds(i), i, i == ROWS - 1000 ? null : i / 2.0))
                .toList());
  }

  @AfterEach
  void drop() throws SQLException {
    try (varve) {
      execute("drop view if exists watched");
      varve.schema().drop(Table.of(Tick.class).name());
    }
  }

  private Query<Tick> ticks() {
    return varve.from(Tick.class);
  }

  @Test
  void streamLeftEarlyGivesTheConnectionBackAtOnce() {
    for (int round = 0; round < 20; round++) {
      try (Stream<Tick> stream = ticks().oldestFirst().stream()) {
        assertThat(stream.limit(3).map(Tick::number)).containsExactly(0, 1, 2);
      }
      assertThat(ticks().count()).isEqualTo(ROWS);
    }
  }

  @Test
  void streamReadToItsEndGivesTheConnectionBackBeforeItIsClosed() {
    try (Stream<Tick> stream = ticks().stream()) {
      assertThat(stream.count()).isEqualTo(ROWS);
      assertThat(ticks().count()).isEqualTo(ROWS);
    }
  }

  @Test
  void streamNeverReadHoldsTheConnectionUntilItIsClosed() {
    try (Stream<Tick> stream = ticks().stream()) {
      assertThat(stream).isNotNull();
      assertThatThrownBy(() -> ticks().count()).isInstanceOf(DeadlineException.class);
    }
    assertThat(ticks().count()).isEqualTo(ROWS);
  }

  @Test
  void failingConsumerGivesTheConnectionBack() {
    assertThatThrownBy(
            () ->
                ticks()
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
    assertThat(ticks().count()).isEqualTo(ROWS);
  }

  @Test
  void rowThatCannotBeReadEndsTheStreamAndGivesTheConnectionBack() {
    try (Stream<FullTick> stream = varve.from(FullTick.class).oldestFirst().stream()) {
      Iterator<FullTick> rows = stream.iterator();
      assertThatThrownBy(() -> rows.forEachRemaining(row -> assertThat(row).isNotNull()))
          .isInstanceOf(MappingException.class)
          .hasMessageContaining("column \"value\" is null, which double cannot hold");
      assertThat(ticks().count()).isEqualTo(ROWS);
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
    assertThat(ticks().count()).isEqualTo(ROWS);
  }

  @Test
  void closedStreamGivesNoMoreRows() {
    Stream<Tick> untouched = ticks().stream();
    untouched.close();
    untouched.close();
    assertThatThrownBy(untouched::count).isInstanceOf(IllegalStateException.class);

    Stream<Tick> begun = ticks().stream();
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
    Stream<Tick> stream = ticks().stream();
    assertThatThrownBy(() -> stream.forEach(tick -> stream.close()))
        .isInstanceOf(ClosedException.class);
    assertThat(ticks().count()).isEqualTo(ROWS);
  }

  @Test
  void twoStreamsRunSideBySide() {
    try (Varve two = connect(2);
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
            ticks()
                .oldestFirst()
                .<List<Integer>>useStream(stream -> stream.parallel().map(Tick::number).toList()))
        .isEqualTo(IntStream.range(0, ROWS).boxed().toList());
  }

  @Test
  void streamSeesTheTableAsItWasAtItsStart() throws SQLException {
    try (Stream<Tick> stream = ticks().stream()) {
      execute("delete from ticks where number % 2 = 0");
      assertThat(stream.count()).isEqualTo(ROWS);
    }
    assertThat(ticks().count()).isEqualTo(ROWS / 2);
  }

  @Test
  void bucketsStreamThroughTheSameCursor() {
    try (Stream<Row> stream =
        ticks().bucket(Duration.ofSeconds(1)).select(count()).newestFirst().stream()) {
      assertThat(stream.iterator().next().value("bucket")).isEqualTo(START.plusSeconds(ROWS - 1));
    }
    assertThat(ticks().count()).isEqualTo(ROWS);
  }

  /** A view may look at its own transaction. */
  @Test
  void cursorRunsReadOnlyAndLeavesNothingBehind() throws SQLException {
    execute(
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
    Stream<Row> stream = varve.from(sleeping()).stream();
    CompletableFuture<Long> consumer = CompletableFuture.supplyAsync(stream::count);
    awaitSleepingSession();
    stream.close();
    assertThatThrownBy(() -> consumer.get(60, TimeUnit.SECONDS))
        .cause()
        .isInstanceOf(ClosedException.class)
        .hasMessage("reading watched: the stream has been closed");
    assertThat(ticks().count()).isEqualTo(ROWS);
  }

  /** A view may look at the statement that reads it. */
  @Test
  void firstRowIsAskedForAlone() throws SQLException {
    execute("create view watched as select time, current_query() as statement from ticks");
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
        ticks()
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

  /** Sleeps at one of its rows. */
  private Table<Row> sleeping() throws SQLException {
    execute(
        """
        create view watched as
        select time, number, case when number = 11000
          then (select 0.0 from pg_sleep(600 + number * 0)) else value end as value
        from ticks
        """);
    return Table.builder("watched")
        .time("time", ColumnType.of(Kind.TIMESTAMPTZ))
        .measure("number", ColumnType.of(Kind.INTEGER))
        .measure("value", ColumnType.of(Kind.DOUBLE))
        .build();
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
    assertThat(ticks().count()).isEqualTo(ROWS);
  }

  @Test
  void executorThatRefusesIsTheEndAndGivesTheConnectionBack() throws Exception {
    for (boolean cancelling : List.of(false, true)) {
      ExecutorService executor = Executors.newSingleThreadExecutor();
      Taker taker = new Taker(row -> {}, () -> {});
      numbers().publisher(executor).subscribe(taker);
      taker.request(1);
      executor.shutdown();
      assertThat(executor.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
      assertThat(taker.signals).containsExactly("row");
      if (cancelling) {
        taker.cancel();
        assertThat(taker.signals).containsExactly("row");
      } else {
        taker.request(1);
        assertThat(taker.signals).containsExactly("row", "RejectedExecutionException");
      }
      assertThat(ticks().count()).isEqualTo(ROWS);
    }
  }

  @Test
  void whateverASubscriberThrowsGivesTheConnectionBack() {
    for (boolean fatal : List.of(false, true)) {
      Taker taker =
          new Taker(
              row -> {
                if (fatal) {
                  throw new LinkageError("no such class");
                }
                throw new IllegalStateException("enough");
              },
              () -> {});
      Serving serving = new Serving();
      numbers().publisher(serving).subscribe(taker);
      taker.request(2);
      if (fatal) {
        assertThatThrownBy(serving::await).hasCauseInstanceOf(LinkageError.class);
        assertThat(taker.signals).containsExactly("row", "LinkageError");
      } else {
        assertThatCode(serving::await).doesNotThrowAnyException();
        assertThat(taker.signals).containsExactly("row", "IllegalStateException");
      }
      assertThat(ticks().count()).isEqualTo(ROWS);
    }
  }

  @Test
  void nothingFollowsACompleteAnswer() {
    Taker taker =
        new Taker(
            row -> {},
            () -> {
              throw new IllegalStateException("too much");
            });
    Serving serving = new Serving();
    numbers().limit(2).publisher(serving).subscribe(taker);
    taker.request(10);
    assertThatThrownBy(serving::await).hasRootCauseMessage("too much");
    assertThat(taker.signals).containsExactly("row", "row", "complete");
    assertThat(ticks().count()).isEqualTo(ROWS);
  }

  @Test
  void cancellationEndsARunningStatement() throws Exception {
    Taker taker = new Taker(row -> {}, () -> {});
    Serving serving = new Serving();
    varve
        .from(sleeping())
        .bucket(Duration.ofHours(1))
        .select(max("value"))
        .publisher(serving)
        .subscribe(taker);
    taker.request(1);
    awaitSleepingSession();
    taker.cancel();
    serving.await();
    assertThat(taker.signals).isEmpty();
    assertThat(ticks().count()).isEqualTo(ROWS);
  }

  @Test
  void nothingIsHandedOverBeforeTheSubscriberHasItsSubscription() throws Exception {
    Serving serving = new Serving();
    Taker taker = new Taker(row -> {}, () -> {});
    numbers()
        .publisher(serving)
        .subscribe(
            taker.beginning(
                subscription -> {
                  subscription.request(2);
                  serving.await();
                  taker.signals.add("subscribed");
                }));
    serving.await();
    assertThat(taker.signals).containsExactly("subscribed", "row", "row");
    taker.cancel();
    serving.await();
    assertThat(ticks().count()).isEqualTo(ROWS);
  }

  @Test
  void cancellationWhileSubscribingSendsNothing() throws Exception {
    Serving serving = new Serving();
    Taker taker = new Taker(row -> {}, () -> {});
    numbers()
        .publisher(serving)
        .subscribe(
            taker.beginning(
                subscription -> {
                  subscription.request(2);
                  subscription.cancel();
                }));
    serving.await();
    assertThat(taker.signals).isEmpty();
    assertThat(ticks().count()).isEqualTo(ROWS);
  }

  @Test
  void asManyRowsAsThereAreAreTheEnd() throws Exception {
    for (int rows : List.of(1, 3)) {
      Serving serving = new Serving();
      Taker taker = new Taker(row -> {}, () -> {});
      numbers().limit(rows).publisher(serving).subscribe(taker);
      for (int i = 0; i < rows; i++) {
        assertThat(taker.signals).hasSize(i).doesNotContain("complete");
        taker.request(1);
        serving.await();
      }
      assertThat(taker.signals).hasSize(rows + 1).endsWith("row", "complete");
      assertThat(ticks().count()).isEqualTo(ROWS);
    }
  }

  @Test
  void noRowsAreTheEndOfTheFirstRequest() throws Exception {
    Serving serving = new Serving();
    Taker taker = new Taker(row -> {}, () -> {});
    numbers().limit(0).publisher(serving).subscribe(taker);
    taker.request(1);
    serving.await();
    assertThat(taker.signals).containsExactly("complete");
    assertThat(ticks().count()).isEqualTo(ROWS);
  }

  private BucketQuery numbers() {
    return ticks().bucket(Duration.ofSeconds(1)).select(count());
  }

  /** Runs each task in a thread and waits for all, with what they throw. */
  private static final class Serving implements Executor {

    private final Queue<CompletableFuture<Void>> tasks = new ConcurrentLinkedQueue<>();

    @Override
    public void execute(Runnable task) {
      tasks.add(CompletableFuture.runAsync(task));
    }

    void await() throws Exception {
      for (CompletableFuture<Void> task : tasks) {
        task.get(60, TimeUnit.SECONDS);
      }
    }
  }

  /** What a subscriber does with its subscription at once. */
  @FunctionalInterface
  private interface Beginning {
    void with(Flow.Subscription subscription) throws Exception;
  }

  /** Notes what it is told. */
  private static final class Taker implements Flow.Subscriber<Row> {

    final Queue<String> signals = new ConcurrentLinkedQueue<>();
    private final AtomicReference<Flow.Subscription> subscription = new AtomicReference<>();
    private Beginning beginning = started -> {};
    private final Consumer<Row> onRow;
    private final Runnable onEnd;

    Taker(Consumer<Row> onRow, Runnable onEnd) {
      this.onRow = onRow;
      this.onEnd = onEnd;
    }

    void request(long rows) {
      subscription.get().request(rows);
    }

    void cancel() {
      subscription.get().cancel();
    }

    /** The same, with something to do as soon as it has its subscription. */
    Taker beginning(Beginning first) {
      beginning = first;
      return this;
    }

    @Override
    public void onSubscribe(Flow.Subscription started) {
      subscription.set(started);
      try {
        beginning.with(started);
      } catch (Exception e) {
        throw new IllegalStateException("the subscriber could not begin", e);
      }
    }

    @Override
    public void onNext(Row row) {
      signals.add("row");
      onRow.accept(row);
    }

    @Override
    public void onError(Throwable error) {
      signals.add(error.getClass().getSimpleName());
    }

    @Override
    public void onComplete() {
      signals.add("complete");
      onEnd.run();
    }
  }

  private void awaitSleepingSession() throws SQLException {
    try (Connection connection = database.jdbc();
        Statement statement = connection.createStatement()) {
      boolean sleeping = false;
      while (!sleeping) {
        try (ResultSet found =
            statement.executeQuery(
                """
                select count(*) from pg_stat_activity
                where datname = current_database() and wait_event = 'PgSleep'
                """)) {
          found.next();
          sleeping = found.getInt(1) > 0;
        }
        Thread.onSpinWait();
      }
    }
  }

  @Test
  void lostConnectionIsReportedAndReplaced() throws SQLException {
    try (Stream<Tick> stream = ticks().stream()) {
      Iterator<Tick> rows = stream.iterator();
      assertThat(rows.next()).isNotNull();
      execute(
          """
          select pg_terminate_backend(pid, 60000) from pg_stat_activity
          where datname = current_database() and state = 'idle in transaction'
          """);
      assertThatThrownBy(() -> rows.forEachRemaining(row -> assertThat(row).isNotNull()))
          .isInstanceOf(io.varve.ConnectionException.class)
          .hasMessageStartingWith("reading ticks: ");
    }
    assertThat(ticks().count()).isEqualTo(ROWS);
  }

  private void execute(String sql) throws SQLException {
    try (Connection connection = database.jdbc();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
