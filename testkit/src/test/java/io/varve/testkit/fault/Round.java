package io.varve.testkit.fault;

import io.varve.InDoubtException;
import io.varve.Varve;
import io.varve.VarveException;
import io.varve.ingest.IngestStats;
import io.varve.ingest.Ingester;
import io.varve.ingest.IngesterOptions;
import io.varve.ingest.Remainder;
import io.varve.ingest.RowFailure;
import io.varve.ingest.RowOutcome;
import io.varve.ingest.TableWriter;
import io.varve.ingest.WriteMode;
import io.varve.ingest.WriteOptions;
import io.varve.ingest.WriteResult;
import io.varve.model.Table;
import io.varve.testkit.OwnedServer;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** One fault, what was written meanwhile, and the account of it. */
final class Round<T extends Numbered> {

  private static final Instant START = Instant.parse("2024-01-01T00:00:00Z");
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** Makes a row. */
  @FunctionalInterface
  interface Maker<T> {
    T make(Instant time, String device, long number);
  }

  /**
   * What became of a round.
   *
   * @param problems where the table does not agree with what was said; empty if all is well
   */
  record Report(int offered, Map<Fate, Integer> totals, List<String> problems) {}

  /** A row with what was promised about it. */
  private record Pending<T>(T row, CompletableFuture<RowOutcome> outcome) {}

  private final Choices choices;
  private final Stage stage;
  private final Table<T> table;
  private final Maker<T> maker;
  private final Accounts accounts;
  private final AtomicInteger offered = new AtomicInteger();

  private Round(Choices choices, Stage stage, Table<T> table, Maker<T> maker) {
    this.choices = choices;
    this.stage = stage;
    this.table = table;
    this.maker = maker;
    this.accounts =
        new Accounts(
            choices.mode() != WriteMode.APPEND,
            choices.mode() == WriteMode.UPSERT || choices.way() == Choices.Way.CALLS);
  }

  static Report run(Choices choices, Stage stage) throws Exception {
    return choices.mode() == WriteMode.APPEND
        ? new Round<>(choices, stage, Table.of(Numbered.Event.class), Numbered.Event::new).run()
        : new Round<>(choices, stage, Table.of(Numbered.Sample.class), Numbered.Sample::new).run();
  }

  private Report run() throws Exception {
    create();
    try (Varve varve = stage.connect(choices)) {
      if (choices.way() == Choices.Way.CALLS) {
        call(varve);
      } else {
        ingest(varve);
      }
    }
    Map<Long, Integer> stored = stored();
    int told = accounts.totals().values().stream().mapToInt(Integer::intValue).sum();
    if (told != offered.get()) {
      accounts.problem("%d rows offered, but told of %d".formatted(offered.get(), told));
    }
    return new Report(offered.get(), accounts.totals(), accounts.compare(stored));
  }

  private void create() throws SQLException {
    try (Varve varve = stage.connect();
        Connection connection = stage.server().jdbc();
        Statement statement = connection.createStatement()) {
      if (varve.schema().hypertables().stream().anyMatch(e -> e.name().equals(table.name()))) {
        varve.schema().drop(table.name());
      }
      varve.schema().create(table);
      statement.execute(
          "alter table %s add constraint positive check (number >= 0)".formatted(table.name()));
    }
  }

  /** Rows of one writer; some are refused, and where there is a key, some have another's. */
  private List<T> rows(int writer, int count) {
    Random random = new Random(choices.seed() + writer);
    List<T> rows = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      long number = writer * 1_000_000L + i + 1;
      Instant time = START.plus(Duration.ofSeconds(100L * i / Math.max(1, count / 1_000)));
      String device = "d" + writer + "-" + i % 5;
      int draw = random.nextInt(100);
      if (draw == 0) {
        rows.add(maker.make(time, device, -number));
      } else if (draw < 4 && i > 10 && choices.mode() != WriteMode.APPEND) {
        T other = rows.get(i - 1 - random.nextInt(10));
        rows.add(
            other.isBad()
                ? maker.make(time.plusMillis(i), device, number)
                : maker.make(other.time(), other.device(), number));
      } else {
        rows.add(maker.make(time.plusMillis(i), device, number));
      }
    }
    return rows;
  }

  /** Runs the writers, and the fault once so many rows are under way. */
  private <R> List<R> race(int writers, IntFunction<R> writer) throws Exception {
    AtomicInteger left = new AtomicInteger(writers);
    ExecutorService threads = Executors.newFixedThreadPool(choices.threads());
    try {
      List<Future<R>> results = new ArrayList<>();
      for (int i = 0; i < writers; i++) {
        int number = i;
        results.add(
            threads.submit(
                () -> {
                  try {
                    return writer.apply(number);
                  } finally {
                    left.decrementAndGet();
                  }
                }));
      }
      while (offered.get() < choices.strike() && left.get() > 0) {
        LockSupport.parkNanos(100_000);
      }
      choices.fault().happen(stage, choices.repeats(), () -> left.get() == 0);
      List<R> all = new ArrayList<>();
      for (Future<R> result : results) {
        all.add(result.get());
      }
      return all;
    } finally {
      threads.shutdownNow();
    }
  }

  private WriteOptions<T> options() {
    return WriteOptions.<T>of(choices.mode()).isolating();
  }

  private void call(Varve varve) throws Exception {
    TableWriter<T> writer = varve.table(table);
    int size = choices.callRows();
    int calls = choices.rows() / size;
    List<List<T>> rows = IntStream.range(0, calls).mapToObj(i -> rows(i, size)).toList();
    List<Optional<VarveException>> failures =
        race(
            calls,
            i -> {
              offered.addAndGet(size);
              return send(writer, i, rows.get(i));
            });
    for (int i = 0; i < calls; i++) {
      Optional<VarveException> failure = failures.get(i);
      if (failure.isPresent() && i % 2 == 0) {
        failure = send(writer, i, rows.get(i));
        failure.ifPresent(e -> accounts.problem("sent again when all was well: " + e));
      }
      Fate fate = fate(failure);
      rows.get(i)
          .forEach(
              row ->
                  accounts.note(
                      row, fate == Fate.ACKNOWLEDGED && row.isBad() ? Fate.REFUSED : fate));
    }
  }

  /** Sends one batch; the failure, if it failed. */
  private Optional<VarveException> send(TableWriter<T> writer, int call, List<T> rows) {
    try {
      WriteResult result =
          writer.insertAll(rows, options().batch("%d/%d".formatted(choices.seed(), call)));
      if (result.written() + result.skipped() + result.failures().size() != rows.size()) {
        throw new AssertionError("call of %d rows: %s".formatted(rows.size(), result));
      }
      long bad = rows.stream().filter(Numbered::isBad).count();
      if (result.failures().size() != bad) {
        throw new AssertionError("%d bad rows: %s".formatted(bad, result));
      }
      return Optional.empty();
    } catch (VarveException e) {
      return Optional.of(e);
    }
  }

  private static Fate fate(Optional<? extends Throwable> failure) {
    if (failure.isEmpty()) {
      return Fate.ACKNOWLEDGED;
    }
    return failure.get() instanceof InDoubtException ? Fate.IN_DOUBT : Fate.ABSENT;
  }

  private void ingest(Varve varve) throws Exception {
    IngesterOptions<T> options =
        IngesterOptions.<T>defaults()
            .write(options())
            .workers(choices.workers())
            .batchRows(choices.batchRows())
            .queueBytes(choices.queueBytes())
            .overflow(choices.overflow())
            .linger(Duration.ofMillis(20))
            .retryBudget(choices.patience());
    Ingester<T> ingester = varve.ingester(table, options);
    int each = choices.rows() / choices.threads();
    List<Pending<T>> pending =
        race(
                choices.threads(),
                thread ->
                    rows(thread, each).stream()
                        .map(
                            row -> {
                              offered.incrementAndGet();
                              return new Pending<>(row, ingester.put(row).toCompletableFuture());
                            })
                        .toList())
            .stream()
            .flatMap(List::stream)
            .toList();
    Remainder<T> left = ingester.close(closing());
    pending.forEach(this::note);
    checkRemainder(left, pending);
    checkStats(ingester.stats());
  }

  /** Sometimes too short to write what waits. */
  private Duration closing() {
    return choices.repeats() == 3 ? Duration.ofMillis(5) : PATIENCE;
  }

  private void note(Pending<T> pending) {
    if (!pending.outcome().isDone()) {
      accounts.problem("never heard of: " + pending.row());
      accounts.note(pending.row(), Fate.IN_DOUBT);
      return;
    }
    try {
      RowOutcome outcome = pending.outcome().join();
      accounts.note(
          pending.row(), outcome instanceof RowOutcome.Refused ? Fate.REFUSED : Fate.ACKNOWLEDGED);
      if (outcome instanceof RowOutcome.Refused refused && isUnnamed(refused.failure())) {
        accounts.problem("refused without a reason: " + refused);
      }
    } catch (CompletionException e) {
      if (!(e.getCause() instanceof VarveException)) {
        accounts.problem("not an error of Varve's: " + e.getCause());
      }
      accounts.note(pending.row(), fate(Optional.of(e.getCause())));
    }
  }

  private static boolean isUnnamed(RowFailure failure) {
    return failure.index() < 0 || !"positive".equals(failure.constraint());
  }

  /** What is left says the same as the rows' stages. */
  private void checkRemainder(Remainder<T> left, List<Pending<T>> pending) {
    Map<T, CompletableFuture<RowOutcome>> outcomes = new IdentityHashMap<>();
    pending.forEach(each -> outcomes.put(each.row(), each.outcome()));
    for (T row : left.unwritten()) {
      if (!outcomes.get(row).isCompletedExceptionally()) {
        accounts.problem("left as unwritten, but its stage is none of a failure: " + row);
      }
    }
    Set<T> doubtful =
        left.inDoubt().stream()
            .filter(row -> !outcomes.get(row).isCompletedExceptionally())
            .collect(Collectors.toSet());
    doubtful.forEach(row -> accounts.problem("left in doubt, but not its stage: " + row));
  }

  private void checkStats(IngestStats stats) {
    Map<Fate, Integer> totals = accounts.totals();
    check("offered", offered.get(), stats.offered());
    check("acknowledged", totals.get(Fate.ACKNOWLEDGED), stats.written() + stats.skipped());
    check("refused", totals.get(Fate.REFUSED), stats.refused());
    check("absent", totals.get(Fate.ABSENT), stats.failed() + stats.dropped());
    check("in doubt", totals.get(Fate.IN_DOUBT), stats.inDoubt());
    check("waiting", 0, stats.waiting());
    check("waiting bytes", 0, stats.waitingBytes());
  }

  private void check(String what, long counted, long told) {
    if (counted != told) {
      accounts.problem("%s: %d, but the statistics say %d".formatted(what, counted, told));
    }
  }

  /** How often each number is in the table, once all other sessions have ended. */
  private Map<Long, Integer> stored() throws SQLException {
    OwnedServer server = stage.server();
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (others(server) > 0) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError("sessions stay open on " + server.url());
      }
      LockSupport.parkNanos(5_000_000);
    }
    Map<Long, Integer> stored = new HashMap<>();
    try (Connection connection = server.jdbc();
        Statement statement = connection.createStatement();
        ResultSet result =
            statement.executeQuery(
                "select number, count(*) from " + table.name() + " group by 1")) {
      while (result.next()) {
        stored.put(result.getLong(1), result.getInt(2));
      }
    }
    return stored;
  }

  private static int others(OwnedServer server) throws SQLException {
    try (Connection connection = server.jdbc();
        Statement statement = connection.createStatement();
        ResultSet result =
            statement.executeQuery(
                "select count(*) from pg_stat_activity"
                    + " where backend_type = 'client backend' and pid <> pg_backend_pid()")) {
      result.next();
      return result.getInt(1);
    }
  }
}
