package io.varve.ingest;

/**
 * What has become of the rows an {@link Ingester} was offered: offered = written + skipped +
 * refused + failed + inDoubt + dropped + waiting + spooled.
 *
 * @param offered rows taken, or dropped on arrival, or found in the spool
 * @param written rows committed
 * @param skipped rows left out on purpose: their key was there, or a later row has it
 * @param refused rows the table refused
 * @param failed rows of batches that could not be written within the time for trying
 * @param inDoubt rows of batches whose commit may or may not have gone through
 * @param dropped rows dropped because the queue was full
 * @param waiting rows queued or being written
 * @param waitingBytes what they take in memory, estimated
 * @param batches transactions committed
 * @param retries batches sent again
 * @param spooled rows in the spool now
 * @param recovered rows found in the spool when it was opened; after a crash also such as were
 *     replayed before but whose file was not, which count as written once more
 */
public record IngestStats(
    long offered,
    long written,
    long skipped,
    long refused,
    long failed,
    long inDoubt,
    long dropped,
    long waiting,
    long waitingBytes,
    long batches,
    long retries,
    long spooled,
    long recovered) {}
