package io.varve.guide;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.varve.Preset;
import io.varve.Setting;
import io.varve.Varve;
import io.varve.VarveBuilder;
import io.varve.health.Health;
import io.varve.ingest.Batches;
import io.varve.ingest.DeadLetter;
import io.varve.ingest.IngestHealth;
import io.varve.ingest.IngestStats;
import io.varve.ingest.Ingester;
import io.varve.ingest.IngesterOptions;
import io.varve.ingest.OverflowPolicy;
import io.varve.ingest.Remainder;
import io.varve.ingest.RowFailure;
import io.varve.ingest.RowOutcome;
import io.varve.ingest.SpoolOptions;
import io.varve.ingest.StoredBatch;
import io.varve.ingest.TableWriter;
import io.varve.ingest.WriteListener;
import io.varve.ingest.WriteOptions;
import io.varve.ingest.WriteResult;
import io.varve.micrometer.VarveMetrics;
import io.varve.model.Dimension;
import io.varve.model.Measure;
import io.varve.model.Table;
import io.varve.model.Time;
import io.varve.model.TimeSeries;
import io.varve.testkit.DatabaseExtension;
import io.varve.testkit.TestDatabase;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** {@code docs/ingest.md}: its Java is this class's, line for line. */
@ExtendWith(DatabaseExtension.class)
class IngestIT {

  @TimeSeries(
      table = "conditions",
      chunk = "1 day",
      key = {"device", "time"})
  record Reading(@Time Instant time, @Dimension String device, @Measure double temperature) {}

  private static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");

  @Test
  void whatTheGuideShowsWorks(TestDatabase database) {
    try (Varve varve = database.connect()) {
      varve.schema().create(Table.of(Reading.class));
      List<Reading> readings =
          List.of(new Reading(NOON, "attic", 21.5), new Reading(NOON, "cellar", 11.0));

      TableWriter<Reading> writer = varve.table(Reading.class);
      writer.insertAll(readings, WriteOptions.skipDuplicates());
      writer.insertAll(readings, WriteOptions.upsert());
      writer.insertAll(readings, WriteOptions.upsert("temperature"));
      assertThat(varve.from(Reading.class).list()).containsExactlyInAnyOrderElementsOf(readings);

      List<Reading> mixed =
          List.of(
              new Reading(NOON.plusSeconds(1), "attic", 22),
              new Reading(NOON.plusNanos(1), "attic", 23));

      WriteResult result = writer.insertAll(mixed, WriteOptions.<Reading>upsert().isolating());
      for (RowFailure failure : result.failures()) {
        System.out.println(failure.index() + ": " + failure.message());
      }
      assertThat(result.written()).isEqualTo(1);
      assertThat(result.failures()).hasSize(1);

      List<DeadLetter<Reading>> put = new ArrayList<>();
      writer.insertAll(mixed, WriteOptions.<Reading>upsert().deadLetters(put::add));
      assertThat(put).hasSize(1);

      WriteOptions<Reading> once = WriteOptions.<Reading>upsert().batch("2026-03-01/7");
      writer.insertAll(readings, once);
      writer.insertAll(readings, once); // stores nothing, returns what the first call returned

      List<StoredBatch> stored = varve.batches().stored("2026-03-01");
      long forgotten = varve.batches().forget("2026-03-01");
      assertThat(forgotten).isEqualTo(stored.size()).isEqualTo(1);

      try (Batches.Claim claim = varve.batches().claim("2026-03-02")) {
        writer.insertAll(readings, WriteOptions.<Reading>upsert().batch("2026-03-02/1", claim));
      }
      assertThat(varve.batches().stored("2026-03-02")).hasSize(1);

      varve.schema().drop(Table.of(Reading.class).name());
    }
  }

  @Test
  void rowsOneByOne(TestDatabase database) {
    try (Varve varve = database.connect()) {
      varve.schema().create(Table.of(Reading.class));

      IngesterOptions<Reading> options =
          IngesterOptions.<Reading>defaults()
              .write(WriteOptions.<Reading>skipDuplicates().isolating())
              .linger(Duration.ofMillis(200))
              .queueBytes(128L << 20)
              .overflow(OverflowPolicy.BLOCK);
      Ingester<Reading> ingester = varve.ingester(Table.of(Reading.class), options);

      CompletionStage<RowOutcome> stage = ingester.put(new Reading(NOON, "roof", 3.5));
      stage.whenComplete(
          (outcome, error) -> {
            if (outcome instanceof RowOutcome.Refused refused) {
              System.out.println(refused.failure().message());
            }
          });

      IngestStats stats = ingester.flush();
      assertThat(stats.waiting()).isZero();
      assertThat(stage.toCompletableFuture()).isCompleted();

      Remainder<Reading> left = ingester.close(Duration.ofSeconds(30));
      assertThat(left.isEmpty()).isTrue();

      varve.schema().drop(Table.of(Reading.class).name());
    }
  }

  @Test
  void watchingIt(TestDatabase database) {
    WriteListener listener =
        new WriteListener() {
          @Override
          public void failed(Failed call) {
            System.out.println(
                call.table()
                    + ": "
                    + call.rows()
                    + " rows, "
                    + (call.inDoubt() ? "in doubt" : "not in"));
          }
        };
    assertThat(Varve.builder(Preset.PRODUCTION).writeListener(listener)).isNotNull();

    SimpleMeterRegistry registry = new SimpleMeterRegistry();
    VarveMetrics metrics = new VarveMetrics(registry);
    VarveBuilder builder = Varve.builder(Preset.PRODUCTION).writeListener(metrics);

    builder
        .set(Setting.URL, database.url())
        .set(Setting.USER, database.user())
        .set(Setting.PASSWORD, database.password())
        .set(Setting.SSLMODE, "prefer");
    try (Varve varve = builder.connect()) {
      varve.schema().create(Table.of(Reading.class));
      Ingester<Reading> ingester = varve.ingester(Reading.class);

      metrics.bind("readings", ingester);

      ingester.put(new Reading(NOON, "roof", 3.5));
      ingester.close();
      assertThat(registry.get("varve.write.rows").tag("outcome", "written").counter().count())
          .isEqualTo(1);
      assertThat(registry.get("varve.ingest.queue.bytes").gauge().value()).isZero();
      varve.schema().drop(Table.of(Reading.class).name());
    }
  }

  @Test
  void rowsByWayOfTheSpool(TestDatabase database, @TempDir Path directory) {
    try (Varve varve = database.connect()) {
      varve.schema().create(Table.of(Reading.class));
      List<DeadLetter<Reading>> put = new ArrayList<>();

      IngesterOptions<Reading> durable =
          IngesterOptions.<Reading>defaults()
              .write(WriteOptions.<Reading>upsert().deadLetters(put::add))
              .spool(SpoolOptions.in(directory).maxBytes(4L << 30).after(Duration.ofSeconds(2)));
      Ingester<Reading> spooling = varve.ingester(Table.of(Reading.class), durable);

      IngestHealth health = spooling.health();
      if (health.status() == Health.Status.DEGRADED) {
        System.out.println(health.rows() + " rows wait since " + health.oldest());
      }
      assertThat(health.status()).isEqualTo(Health.Status.UP);
      spooling.put(new Reading(NOON, "roof", 3.5));
      spooling.close();
      assertThat(put).isEmpty();

      varve.schema().drop(Table.of(Reading.class).name());
    }
  }

  @Test
  void everySnippetOfTheGuideIsInThisClass() throws IOException {
    Snippets.assertRunBy(IngestIT.class, "ingest.md");
  }
}
