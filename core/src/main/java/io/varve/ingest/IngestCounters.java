package io.varve.ingest;

import java.util.concurrent.atomic.LongAdder;

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
   * @param spooledRows in the spool now
   */
  IngestStats stats(long waitingBytes, long spooledRows) {
    long isWritten = written.sum();
    long isSkipped = skipped.sum();
    long isRefused = refused.sum();
    long isFailed = failed.sum();
    long isInDoubt = inDoubt.sum();
    long isDropped = dropped.sum();
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
