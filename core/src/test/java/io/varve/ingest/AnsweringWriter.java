package io.varve.ingest;

import io.varve.jdbc.Retry;
import io.varve.model.Table;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;

/** Stands where an ingester's batches go, and answers as a test says. Thread-safe. */
final class AnsweringWriter<T> implements BatchWriter<T> {

  private final Table<T> table;
  private final Function<IngestBatch<T>, WriteResult> answer;
  private final Consumer<List<String>> forget;

  /**
   * @param forget told of the batches whose names are given up
   */
  AnsweringWriter(
      Table<T> table, Function<IngestBatch<T>, WriteResult> answer, Consumer<List<String>> forget) {
    this.table = table;
    this.answer = answer;
    this.forget = forget;
  }

  /** Stores every row. */
  static <T> WriteResult all(IngestBatch<T> batch) {
    return new WriteResult(batch.rows().size(), 0, List.of());
  }

  @Override
  public WriteReport begin() {
    return WriteReports.none().begin(table.name(), WriteMode.APPEND);
  }

  @Override
  public WriteResult write(
      IngestBatch<T> batch,
      Optional<String> predecessor,
      Retry retry,
      WriteReport report,
      Runnable retried) {
    return answer.apply(batch);
  }

  @Override
  public void forget(List<String> batches) {
    forget.accept(batches);
  }
}
