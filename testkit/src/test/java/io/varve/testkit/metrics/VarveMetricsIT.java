package io.varve.testkit.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.varve.ConstraintException;
import io.varve.InDoubtException;
import io.varve.Preset;
import io.varve.Setting;
import io.varve.Varve;
import io.varve.ingest.Ingester;
import io.varve.ingest.IngesterOptions;
import io.varve.ingest.OverflowPolicy;
import io.varve.ingest.SpoolOptions;
import io.varve.ingest.TableWriter;
import io.varve.ingest.WriteOptions;
import io.varve.micrometer.VarveMetrics;
import io.varve.model.Dimension;
import io.varve.model.Measure;
import io.varve.model.Table;
import io.varve.model.Time;
import io.varve.model.TimeSeries;
import io.varve.testkit.DatabaseExtension;
import io.varve.testkit.TcpProxy;
import io.varve.testkit.TestDatabase;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Writes as two kinds of registry show them, by way of a network that breaks. */
@ExtendWith(DatabaseExtension.class)
final class VarveMetricsIT {

  private static final Instant START = Instant.parse("2024-01-01T00:00:00Z");

  @TimeSeries(
      table = "metered",
      chunk = "1 day",
      key = {"device", "time"})
  record Metered(@Time Instant time, @Dimension String device, @Measure double value) {}

  private final TestDatabase database;
  private final SimpleMeterRegistry simple = new SimpleMeterRegistry();
  private final PrometheusMeterRegistry prometheus =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final MeterRegistry registry = new CompositeMeterRegistry().add(simple).add(prometheus);
  private VarveMetrics metrics;
  private TcpProxy proxy;
  private Varve varve;
  private TableWriter<Metered> writer;

  VarveMetricsIT(TestDatabase database) {
    this.database = database;
  }

  @BeforeEach
  void create() throws SQLException {
    metrics = new VarveMetrics(registry, Tags.of("database", "test"));
    proxy = TcpProxy.before(database);
    varve =
        Varve.builder(Preset.DEVELOPMENT)
            .set(Setting.URL, proxy.url())
            .set(Setting.USER, proxy.user())
            .set(Setting.PASSWORD, proxy.password())
            .set(Setting.RETRY_ATTEMPTS, "10")
            .writeListener(metrics)
            .connect();
    varve.schema().create(Table.of(Metered.class));
    execute("alter table metered add constraint positive check (value >= 0)");
    writer = varve.table(Metered.class);
  }

  @AfterEach
  void drop() {
    varve.schema().drop(Table.of(Metered.class).name());
    varve.close();
    proxy.close();
  }

  private void execute(String sql) throws SQLException {
    try (Connection connection = database.jdbc();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static Metered row(int i, double value) {
    return new Metered(START.plusSeconds(i), "d", value);
  }

  private static List<Metered> rows(int from, int to) {
    return IntStream.range(from, to).mapToObj(i -> row(i, i == 77 ? -1 : 1)).toList();
  }

  private double rows(String outcome) {
    return simple
        .get("varve.write.rows")
        .tags("database", "test", "table", "metered", "outcome", outcome)
        .counter()
        .count();
  }

  private Timer calls(String outcome) {
    return simple.get("varve.write").tags("table", "metered", "outcome", outcome).timer();
  }

  private double retries() {
    return simple.get("varve.write.retries").tags("table", "metered").counter().count();
  }

  @Test
  void callsAndRowsAreCountedByOutcome() {
    writer.insertAll(rows(0, 50));
    writer.insertAll(rows(0, 60), WriteOptions.skipDuplicates());
    writer.insertAll(rows(70, 80), WriteOptions.<Metered>upsert().isolating());
    assertThatThrownBy(() -> writer.insertAll(rows(70, 80)))
        .isInstanceOf(ConstraintException.class);
    assertThat(rows("written")).isEqualTo(50 + 10 + 9);
    assertThat(rows("skipped")).isEqualTo(50);
    assertThat(rows("refused")).isEqualTo(1);
    assertThat(rows("failed")).isEqualTo(10);
    assertThat(rows("in_doubt")).isZero();
    assertThat(retries()).isZero();
    assertThat(calls("written").count()).isEqualTo(3);
    assertThat(calls("written").totalTime(TimeUnit.NANOSECONDS)).isPositive();
    assertThat(calls("failed").count()).isEqualTo(1);
    assertThat(prometheus.scrape())
        .contains(
            "varve_write_rows_total{database=\"test\",outcome=\"skipped\",table=\"metered\"} 50")
        .contains(
            "varve_write_seconds_bucket{database=\"test\",outcome=\"written\",table=\"metered\"")
        .contains(
            "varve_write_seconds_count{database=\"test\",outcome=\"written\",table=\"metered\"} 3")
        .contains("varve_write_retries_total{database=\"test\",table=\"metered\"} 0");
  }

  @Test
  void whatIsSentAgainIsCountedOnceAndItsRetriesBesides() {
    writer.insertAll(rows(0, 10), WriteOptions.upsert());
    proxy.cutBeforeCommits(2);
    writer.insertAll(rows(0, 20), WriteOptions.<Metered>upsert());
    assertThat(proxy.cutsLeft()).isZero();
    assertThat(rows("written")).isEqualTo(30);
    assertThat(calls("written").count()).isEqualTo(2);
    assertThat(retries()).isEqualTo(2);
    assertThat(rows("in_doubt")).isZero();
  }

  @Test
  void rowsInDoubtAreCountedAsSuch() {
    writer.insertAll(rows(0, 10));
    proxy.cutAfterCommits(1);
    assertThatThrownBy(() -> writer.insertAll(rows(10, 30))).isInstanceOf(InDoubtException.class);
    assertThat(rows("written")).isEqualTo(10);
    assertThat(rows("in_doubt")).isEqualTo(20);
    assertThat(rows("failed")).isZero();
    assertThat(calls("in_doubt").count()).isEqualTo(1);
    assertThat(retries()).isZero();
  }

  @Test
  void anIngesterShowsItsQueueAndWhatBecameOfItsRows() throws SQLException {
    IngesterOptions<Metered> options =
        IngesterOptions.<Metered>defaults()
            .linger(Duration.ofMinutes(30))
            .queueBytes(10_000)
            .overflow(OverflowPolicy.DROP_NEWEST);
    Ingester<Metered> ingester = varve.ingester(Table.of(Metered.class), options);
    metrics.bind("main", ingester);
    int put = 500;
    try (Connection locker = database.jdbc();
        Statement statement = locker.createStatement()) {
      locker.setAutoCommit(false);
      statement.execute("lock table metered in access exclusive mode");
      rows(1_000, 1_000 + put).forEach(ingester::put);
      assertThat(queue("bytes")).isEqualTo(ingester.stats().waitingBytes()).isPositive();
      assertThat(queue("rows")).isEqualTo(ingester.stats().waiting()).isPositive();
      locker.rollback();
    }
    proxy.cutAfterCommits(1);
    ingester.flush();
    assertThat(proxy.cutsLeft()).isZero();
    assertThat(queue("rows")).isZero();
    assertThat(ingested("written") + ingested("dropped")).isEqualTo(put);
    assertThat(ingested("dropped")).isPositive();
    assertThat(rows("written")).isEqualTo(ingested("written"));
    assertThat(rows("in_doubt")).isZero();
    assertThat(retries()).isEqualTo(ingester.stats().retries()).isEqualTo(1);
    assertThat(prometheus.scrape())
        .contains("varve_ingest_queue_bytes{database=\"test\",ingester=\"main\"} 0")
        .contains(
            "varve_ingest_rows_total{database=\"test\",ingester=\"main\",outcome=\"dropped\"}");
    ingester.close();
  }

  private double queue(String unit) {
    Gauge gauge = simple.get("varve.ingest.queue." + unit).tags("ingester", "main").gauge();
    return gauge.value();
  }

  private double ingested(String outcome) {
    FunctionCounter counter =
        simple
            .get("varve.ingest.rows")
            .tags("ingester", "main", "outcome", outcome)
            .functionCounter();
    return counter.count();
  }

  @Test
  void anIngesterTakesThePlaceOfAnotherUnderItsName() {
    try (Ingester<Metered> first = varve.ingester(Metered.class);
        Ingester<Metered> second = varve.ingester(Metered.class)) {
      metrics.bind("main", first);
      first.put(row(1, 1));
      first.flush();
      assertThat(ingested("written")).isEqualTo(1);
      metrics.bind("main", second);
      assertThat(ingested("written")).isZero();
      second.put(row(2, 1));
      second.put(row(3, 1));
      second.flush();
      assertThat(ingested("written")).isEqualTo(2);
    }
  }

  @Test
  void anIngesterShowsWhatWaitsInItsSpool(@TempDir Path directory) throws Exception {
    IngesterOptions<Metered> options =
        IngesterOptions.<Metered>defaults()
            .write(WriteOptions.<Metered>append().deadLetters(letter -> {}))
            .spool(SpoolOptions.in(directory).after(Duration.ZERO));
    Ingester<Metered> ingester = varve.ingester(Table.of(Metered.class), options);
    metrics.bind("main", ingester);
    assertThat(spool("rows")).isZero();
    assertThat(spool("age")).isZero();
    try (Connection locker = database.jdbc();
        Statement statement = locker.createStatement()) {
      locker.setAutoCommit(false);
      statement.execute("lock table metered in access exclusive mode");
      rows(1_000, 1_500).forEach(ingester::put);
      ingester.flush();
      assertThat(spool("rows")).isEqualTo(500);
      assertThat(spool("bytes")).isPositive();
      assertThat(spool("age")).isPositive();
      locker.rollback();
    }
    while (ingester.health().batches() > 0) {
      LockSupport.parkNanos(1_000_000);
    }
    assertThat(spool("rows")).isZero();
    assertThat(rows("written")).isEqualTo(500);
    assertThat(rows("failed")).isZero();
    ingester.close();
  }

  private double spool(String what) {
    return simple.get("varve.ingest.spool." + what).tags("ingester", "main").gauge().value();
  }
}
