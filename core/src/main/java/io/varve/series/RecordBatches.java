package io.varve.series;

import io.varve.ingest.RowFailure;
import io.varve.ingest.TableWriter;
import io.varve.ingest.WriteMode;
import io.varve.ingest.WriteOptions;
import io.varve.ingest.WriteResult;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Writes records batch by batch, each in a transaction; one that is refused fails no other. */
final class RecordBatches<T> {

  private final TableWriter<T> writer;
  private final Function<T, Optional<Problem>> rules;
  private final int batchSize;

  /**
   * @param rules what is refused before it is sent
   */
  RecordBatches(TableWriter<T> writer, Function<T, Optional<Problem>> rules, int batchSize) {
    this.writer = writer;
    this.rules = rules;
    this.batchSize = batchSize;
  }

  private Optional<Problem> problem(@Nullable T record) {
    return record == null
        ? Optional.of(new Problem(null, "the record is null; expected one"))
        : rules.apply(record);
  }

  boolean write(T record, WriteMode mode) {
    problem(record)
        .ifPresent(
            problem -> {
              throw problem.exception();
            });
    return writer.insert(record, WriteOptions.of(mode)).written() == 1;
  }

  BatchResult write(Iterable<? extends T> records, WriteMode mode) {
    Call call = new Call(mode);
    for (T record : records) {
      call.offer(record);
    }
    return call.finish();
  }

  /** One call: what is written so far, and the batch that fills up. */
  private final class Call {

    private final long start = System.nanoTime();
    private final WriteOptions<T> options;
    private final List<T> batch = new ArrayList<>();
    private final List<Long> positions = new ArrayList<>();
    private final List<RowFailure> failures = new ArrayList<>();
    private long offered;
    private long written;
    private long skipped;

    Call(WriteMode mode) {
      this.options = WriteOptions.<T>of(mode).isolating();
    }

    void offer(T record) {
      Optional<Problem> problem = problem(record);
      if (problem.isPresent()) {
        failures.add(
            new RowFailure(offered, problem.get().field(), null, null, problem.get().message()));
      } else {
        batch.add(record);
        positions.add(offered);
      }
      offered++;
      if (batch.size() == batchSize) {
        send();
      }
    }

    private void send() {
      WriteResult result = writer.insertAll(batch, options);
      written += result.written();
      skipped += result.skipped();
      for (RowFailure failure : result.failures()) {
        failures.add(
            new RowFailure(
                positions.get((int) failure.index()),
                failure.column(),
                failure.sqlState(),
                failure.constraint(),
                failure.message()));
      }
      batch.clear();
      positions.clear();
    }

    BatchResult finish() {
      if (!batch.isEmpty()) {
        send();
      }
      failures.sort(Comparator.comparingLong(RowFailure::index));
      return new BatchResult(
          written, skipped, failures, Duration.ofNanos(System.nanoTime() - start));
    }
  }
}
