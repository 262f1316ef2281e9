package io.varve.ingest;

import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;

/** Monotonic counts of an ingester's rows and batches. Thread-safe. */
final class IngestCounters {

  final LongAdder offered = new LongAdder();
  final LongAdder written = new LongAdder();
  final LongAdder skipped = new LongAdder();
  final LongAdder refused = new LongAdder();
  final LongAdder failed = new LongAdder();
  final LongAdder inDoubt = new LongAdder();
  final LongAdder dropped = new LongAdder();
  final LongAdder recovered = new LongAdder();
  final LongAdder batches = new LongAdder();
  final LongAdder retries = new LongAdder();

  /**
   * What has become of rows is read before what waits in the spool, and that before what was
   * offered: a row on its way from one to the next is not counted twice, but as one that waits.
   *
   * @param spooled how many rows are in the spool
   */
  IngestStats stats(long waitingBytes, LongSupplier spooled) {
    long isWritten = written.sum();
    long isSkipped = skipped.sum();
    long isRefused = refused.sum();
    long isFailed = failed.sum();
    long isInDoubt = inDoubt.sum();
    long isDropped = dropped.sum();
    long spooledRows = spooled.getAsLong();
    long wasOffered = offered.sum();
    long settled =
        isWritten + isSkipped + isRefused + isFailed + isInDoubt + isDropped + spooledRows;
    return new IngestStats(
        Math.max(wasOffered, settled),
        isWritten,
        isSkipped,
        isRefused,
        isFailed,
        isInDoubt,
        isDropped,
        Math.max(0, wasOffered - settled),
        waitingBytes,
        batches.sum(),
        retries.sum(),
        spooledRows,
        recovered.sum());
  }
}
