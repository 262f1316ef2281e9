package io.varve.ingest;

import io.varve.VarveException;
import io.varve.ingest.WriteListener.Failed;
import io.varve.ingest.WriteListener.Retried;
import io.varve.ingest.WriteListener.Written;
import io.varve.model.QualifiedName;
import java.time.Duration;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What is told of one call, over all its attempts. Not thread-safe. */
final class WriteReport {

  private final WriteReports reports;
  private final QualifiedName table;
  private final WriteMode mode;
  private final LongSupplier nanoTime;
  private final long start;
  private int attempts;
  private @Nullable VarveException before;

  /**
   * @param nanoTime a clock, as {@link System#nanoTime}
   */
  WriteReport(WriteReports reports, QualifiedName table, WriteMode mode, LongSupplier nanoTime) {
    this.reports = reports;
    this.table = table;
    this.mode = mode;
    this.nanoTime = nanoTime;
    this.start = nanoTime.getAsLong();
  }

  /**
   * Runs the whole call and tells how it ended.
   *
   * @param rows how many there are, as far as is known when the call has failed
   */
  WriteResult of(LongSupplier rows, Supplier<WriteResult> call) {
    WriteResult result;
    try {
      result = call.get();
    } catch (RuntimeException | Error e) {
      failed(rows, e);
      throw e;
    }
    written(result);
    return result;
  }

  /** Tells that the call was committed. */
  void written(WriteResult result) {
    Duration duration = elapsed();
    reports.tell(
        listener -> listener.written(new Written(table, mode, result, attempts, duration)));
  }

  /** Tells that the call has failed. */
  void failed(LongSupplier rows, Throwable e) {
    Duration duration = elapsed();
    reports.tell(
        listener ->
            listener.failed(new Failed(table, mode, rows.getAsLong(), e, attempts, duration)));
  }

  /** Runs one attempt of the call; tells of it unless it is the first. */
  WriteResult attempt(Supplier<WriteResult> step) {
    attempts++;
    VarveException why = before;
    if (why != null) {
      reports.tell(listener -> listener.retried(new Retried(table, mode, attempts, why)));
    }
    try {
      return step.get();
    } catch (VarveException e) {
      before = e;
      throw e;
    }
  }

  /** How many attempts have begun. */
  int attempts() {
    return attempts;
  }

  private Duration elapsed() {
    return Duration.ofNanos(nanoTime.getAsLong() - start);
  }
}
