package io.varve.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.varve.ClosedException;
import io.varve.MappingException;
import io.varve.Preset;
import io.varve.Setting;
import io.varve.Varve;
import io.varve.model.ColumnType;
import io.varve.model.ColumnType.Kind;
import io.varve.model.Row;
import io.varve.model.Table;
import io.varve.query.Aggregate;
import io.varve.query.NamedSql;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.logging.Level;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.ds.PGSimpleDataSource;

/** In which state a cursor gives its connection back. */
@ExtendWith(DatabaseExtension.class)
@Timeout(120)
final class CursorConnectionIT {

  private static final int ROUNDS = 25;

  private final TestDatabase database;
  private final CapturedLog log = new CapturedLog();

  /** The common pool may have a single one. */
  private final ExecutorService threads = Executors.newCachedThreadPool();

  CursorConnectionIT(TestDatabase database) {
    this.database = database;
  }

  @AfterEach
  void stopListening() {
    threads.shutdownNow();
    log.stop();
  }

  private Varve connect(TestDatabase through, String parameters) {
    return Varve.builder(Preset.TEST)
        .set(Setting.URL, through.url() + parameters)
        .set(Setting.USER, through.user())
        .set(Setting.PASSWORD, through.password())
        .set(Setting.SSLMODE, "disable")
        .set(Setting.POOL_SIZE, "1")
        .set(Setting.FETCH_SIZE, "10")
        .set(Setting.STATEMENT_TIMEOUT, "0")
        .connect();
  }

  private static int session(Varve varve) {
    return varve
        .sql("SELECT pg_backend_pid() AS pid")
        .first()
        .orElseThrow()
        .value("pid", Integer.class);
  }

  /** One reads, another closes, and a third has been waiting for the connection. */
  @Test
  void closingFromAnotherThreadCancelsNobodyElsesStatement() throws Exception {
    try (Varve varve = connect(database, "")) {
      NamedSql counting = varve.sql("SELECT count(*) AS c FROM generate_series(1, 50000)");
      NamedSql endless =
          varve.sql(
              """
              SELECT (SELECT count(*) FROM generate_series(1, 50 + g % 7)) AS c
              FROM (SELECT generate_series(1, 1000000000) AS g) AS numbers
              """);
      for (int round = 0; round < ROUNDS; round++) {
        Stream<Row> stream = endless.stream();
        CompletableFuture<@Nullable Void> begun = new CompletableFuture<>();
        CompletableFuture<Void> closer = begun.thenRunAsync(stream::close, threads);
        CompletableFuture<Void> reader =
            CompletableFuture.runAsync(() -> stream.forEach(row -> begun.complete(null)), threads);
        assertThat(counting.list()).as("round %d", round).hasSize(1);
        closer.get(60, TimeUnit.SECONDS);
        assertThatThrownBy(() -> reader.get(60, TimeUnit.SECONDS))
            .hasCauseInstanceOf(ClosedException.class);
      }
    }
  }

  /** The driver stops waiting for the server to take a cancellation, or is refused at once. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void connectionOfAServerThatDoesNotAnswerIsClosedForGood(boolean accepts) throws Exception {
    try (TcpProxy proxy = TcpProxy.before(database);
        Varve varve = connect(proxy, "?cancelSignalTimeout=1")) {
      int before = session(varve);
      Stream<Row> stream =
          varve
              .sql(
                  "SELECT CASE WHEN g > 100 THEN pg_sleep(600)::text END AS s"
                      + " FROM generate_series(1, 200) g")
              .stream();
      CompletableFuture<Long> reader = CompletableFuture.supplyAsync(stream::count, threads);
      Sessions.awaitSleeping(database);
      proxy.silence();
      proxy.accept(accepts);
      CompletableFuture<Void> closer = CompletableFuture.runAsync(stream::close, threads);
      closer.get(60, TimeUnit.SECONDS);
      assertThatThrownBy(() -> reader.get(60, TimeUnit.SECONDS))
          .hasCauseInstanceOf(ClosedException.class);
      proxy.accept(true);
      proxy.resume();
      assertThat(session(varve)).isNotEqualTo(before);
    }
    // Where no cancellation came through, the server sleeps on.
    Sessions.execute(
        database,
        """
        select pg_terminate_backend(pid, 60000) from pg_stat_activity
        where datname = current_database() and query like '%pg_sleep(600)%' and pid <> pg_backend_pid()
        """);
  }

  @Test
  void streamOfAStatementThatWritesSaysSo() throws SQLException {
    Sessions.execute(database, "create table written (g bigint)");
    Sessions.execute(
        database,
        """
        create function write(g bigint) returns bigint language sql as
        'insert into written values (g) returning g'
        """);
    try (Varve varve = connect(database, "")) {
      NamedSql atOnce = varve.sql("SELECT write(g) AS g FROM generate_series(1, 100) g");
      assertThatThrownBy(atOnce::stream)
          .isInstanceOf(MappingException.class)
          .hasMessageContaining("a stream only reads, and the statement writes")
          .hasMessageEndingWith("expected list() or execute()");
      NamedSql later =
          varve.sql(
              "SELECT CASE WHEN g > 50 THEN write(g) END AS g FROM generate_series(1, 100) g");
      assertThatThrownBy(() -> later.useStream(Stream::toList))
          .isInstanceOf(MappingException.class)
          .hasMessageContaining("a stream only reads, and the statement writes");
      assertThat(atOnce.list()).hasSize(100);
    } finally {
      Sessions.execute(database, "drop function write(bigint)");
      Sessions.execute(database, "drop table written");
    }
  }

  /** The subscriber leaves while its connection is being borrowed. */
  @Test
  void cursorThatIsNeverOpenedHasNothingToRollBack() throws SQLException {
    Sessions.execute(database, "create table ticks (time timestamptz not null)");
    AtomicReference<@Nullable Taker> leaving = new AtomicReference<>();
    Source source =
        new Source(database) {
          @Override
          public Connection getConnection() throws SQLException {
            Taker taker = leaving.get();
            if (taker != null) {
              taker.cancel();
            }
            return super.getConnection();
          }
        };
    Table<Row> ticks = Table.builder("ticks").time("time", ColumnType.of(Kind.TIMESTAMPTZ)).build();
    try (Varve varve = Varve.of(source)) {
      Taker taker = new Taker();
      varve
          .from(ticks)
          .groupBy()
          .select(Aggregate.count())
          .publisher(Runnable::run)
          .subscribe(taker);
      log.start(Level.FINE);
      leaving.set(taker);
      taker.request(1);
      assertThat(log.text()).doesNotContain("the connection was lost");
      assertThat(taker.signals).isEmpty();
    } finally {
      Sessions.execute(database, "drop table ticks");
    }
  }

  /** Connections of the database, without a pool. */
  private static class Source extends PGSimpleDataSource {

    private static final long serialVersionUID = 1;

    Source(TestDatabase database) {
      setUrl(database.url());
      setUser(database.user());
      setPassword(database.password());
    }
  }
}
