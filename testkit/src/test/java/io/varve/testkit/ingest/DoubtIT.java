package io.varve.testkit.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import io.varve.Preset;
import io.varve.Setting;
import io.varve.Varve;
import io.varve.ingest.Ingester;
import io.varve.ingest.IngesterOptions;
import io.varve.ingest.RowFailure;
import io.varve.ingest.RowOutcome;
import io.varve.ingest.WriteOptions;
import io.varve.ingest.WriteResult;
import io.varve.model.Dimension;
import io.varve.model.Measure;
import io.varve.model.Table;
import io.varve.model.Time;
import io.varve.model.TimeSeries;
import io.varve.testkit.DatabaseExtension;
import io.varve.testkit.TcpProxy;
import io.varve.testkit.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Batches whose commit goes through without an answer. */
@ExtendWith(DatabaseExtension.class)
final class DoubtIT {

  private static final Instant START = Instant.parse("2024-01-01T00:00:00Z");
  private static final int ROWS = 800;
  private static final int BAD = 77;

  @TimeSeries(table = "doubted", chunk = "1 day")
  record Doubted(@Time Instant time, @Dimension String device, @Measure double value) {}

  private final TestDatabase database;
  private TcpProxy proxy;
  private Varve varve;

  DoubtIT(TestDatabase database) {
    this.database = database;
  }

  @BeforeEach
  void create() throws SQLException {
    proxy = TcpProxy.before(database);
    varve =
        Varve.builder(Preset.DEVELOPMENT)
            .set(Setting.URL, proxy.url())
            .set(Setting.USER, proxy.user())
            .set(Setting.PASSWORD, proxy.password())
            .set(Setting.RETRY_ATTEMPTS, "10")
            .connect();
    varve.schema().create(Table.of(Doubted.class));
    try (Connection connection = database.jdbc();
        Statement statement = connection.createStatement()) {
      statement.execute("alter table doubted add constraint positive check (value >= 0)");
    }
    varve.table(Doubted.class).insert(new Doubted(START, "d", 1));
  }

  @AfterEach
  void drop() {
    varve.schema().drop(Table.of(Doubted.class).name());
    varve.close();
    proxy.close();
  }

  private static List<Doubted> rows() {
    return IntStream.range(0, ROWS)
        .mapToObj(i -> new Doubted(START.plusSeconds(i), "d", i == BAD ? -1 : 1))
        .toList();
  }

  @Test
  void refusedRowsOfARepeatedCallAreNamed() {
    proxy.cutAfterCommits(1);
    WriteResult result =
        varve
            .table(Doubted.class)
            .insertAll(rows(), WriteOptions.<Doubted>append().isolating().batch("doubted"));
    assertThat(proxy.cutsLeft()).isZero();
    assertThat(result.written()).isEqualTo(ROWS - 1);
    assertThat(result.failures()).extracting(RowFailure::index).containsExactly((long) BAD);
    assertThat(varve.from(Doubted.class).count()).isEqualTo(ROWS);
  }

  @Test
  void refusedRowsOfARepeatedBatchAreNotAcknowledged() {
    IngesterOptions<Doubted> options =
        IngesterOptions.<Doubted>defaults().linger(Duration.ofMinutes(30)).workers(1);
    try (Ingester<Doubted> ingester = varve.ingester(Table.of(Doubted.class), options)) {
      List<CompletionStage<RowOutcome>> stages = rows().stream().map(ingester::put).toList();
      proxy.cutAfterCommits(1);
      assertThat(ingester.flush().refused()).isEqualTo(1);
      assertThat(proxy.cutsLeft()).isZero();
      assertThat(stages.get(BAD).toCompletableFuture().join())
          .isInstanceOf(RowOutcome.Refused.class);
    }
    assertThat(varve.from(Doubted.class).count()).isEqualTo(ROWS);
  }
}
