package io.varve.ingest;

import io.varve.ErrorCode;
import io.varve.VarveException;
import io.varve.model.QualifiedName;
import java.time.Duration;
import java.util.Optional;

/**
 * Is told what becomes of every write: each {@code insert}, each {@code insertAll} and each batch
 * of an {@link Ingester} ends in exactly one {@link #written} or {@link #failed}. Give it to {@code
 * Varve.builder(…).writeListener(…)}; for Micrometer there is {@code
 * io.varve.micrometer.VarveMetrics}.
 *
 * <p>Implementations must be thread-safe and quick: they are called in the thread that writes, once
 * the transaction is over and before the caller, or the stage of a row, hears of it. What they
 * throw is logged, the first time as a warning, and does not change the outcome of the write.
 *
 * <p>A batch that goes to an ingester's spool is told of when it has been written from there, by
 * whichever process that is.
 *
 * <p>After a crash an ingester replays whole files of its spool: batches of the first one that were
 * replayed before are told of again. They are not stored again.
 *
 * <p>Rows an ingester drops, has not begun to write when it is closed, or cannot keep in its spool,
 * belong to no batch; they are in {@link Ingester#stats()}, the last also at the sink.
 */
public interface WriteListener {

  /** A call or batch was committed. By default does nothing. */
  default void written(Written call) {}

  /** A call or batch ended with an exception. By default does nothing. */
  default void failed(Failed call) {}

  /** A call or batch is sent again. By default does nothing. */
  default void retried(Retried call) {}

  /**
   * A call or batch that was committed, or had no rows.
   *
   * @param table where the rows went
   * @param mode how they were written
   * @param result what the caller gets; of a batch id that was stored before, what was stored then
   * @param attempts how often the rows were sent, at least 1
   * @param duration from the call to its end, with all attempts and the pauses between them
   */
  record Written(
      QualifiedName table, WriteMode mode, WriteResult result, int attempts, Duration duration) {}

  /**
   * A call or batch that ended with an exception.
   *
   * @param table where the rows were to go
   * @param mode how they were to be written
   * @param rows how many: all of a {@link java.util.Collection}, and of an iterator those it had
   *     given by then
   * @param error what the caller gets
   * @param attempts how often the rows were sent; 0 if the options did not go with the table
   * @param duration from the call to its end, with all attempts and the pauses between them
   */
  record Failed(
      QualifiedName table,
      WriteMode mode,
      long rows,
      Throwable error,
      int attempts,
      Duration duration) {

    /** The error's code; empty if it is not Varve's but the caller's own, such as an iterator's. */
    public Optional<ErrorCode> code() {
      return error instanceof VarveException known ? Optional.of(known.code()) : Optional.empty();
    }

    /** Whether the rows may be in the table nevertheless; otherwise they are not. */
    public boolean inDoubt() {
      return error instanceof VarveException known && known.inDoubt();
    }
  }

  /**
   * A call or batch that is sent again.
   *
   * @param table where the rows go
   * @param mode how they are written
   * @param attempt the attempt that begins, at least 2
   * @param error what ended the attempt before it
   */
  record Retried(QualifiedName table, WriteMode mode, int attempt, VarveException error) {}
}
