package io.varve.ingest;

import io.varve.MappingException;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * How rows are written. Immutable; start from {@link #append}, {@link #skipDuplicates} or {@link
 * #upsert}.
 *
 * @param mode what becomes of a row whose key is there already
 * @param updates the columns an upsert replaces; empty for all that are not part of the key
 * @param onFailure what a refused row does to the others
 * @param deadLetters where refused rows go; present exactly if {@code onFailure} is {@code
 *     DEAD_LETTER}. Called in the thread that writes; if it throws, nothing of the call is stored
 * @param batchId a name that makes the call repeatable: it is kept in the ledger in the transaction
 *     that stores the rows, and a later call with the same name stores nothing and returns what the
 *     first one returned, with failures that name no rows unless it is the same call that tries
 *     again. A call for another table, or with another number of rows as far as that is known
 *     before they are sent, is refused with a {@link io.varve.ConstraintException}. Unique per
 *     user; 1 to 200 characters
 * @param claim the token of a claim without which the batch is not stored, see {@link
 *     #batch(String, Batches.Claim)}
 */
public record WriteOptions<T>(
    WriteMode mode,
    List<String> updates,
    FailurePolicy onFailure,
    Optional<Consumer<? super DeadLetter<T>>> deadLetters,
    Optional<String> batchId,
    Optional<String> claim) {

  private static final int MAX_BATCH_ID = 200;

  public WriteOptions {
    updates = List.copyOf(updates);
    if (!updates.isEmpty() && mode != WriteMode.UPSERT) {
      throw new MappingException(
          "columns to update %s with mode %s; expected mode UPSERT".formatted(updates, mode));
    }
    if (deadLetters.isPresent() != (onFailure == FailurePolicy.DEAD_LETTER)) {
      throw new MappingException(
          "a sink for dead letters goes with the failure policy DEAD_LETTER, and with no other");
    }
    batchId.ifPresent(WriteOptions::checkBatchId);
    if (claim.isPresent() && batchId.isEmpty()) {
      throw new MappingException("a claim without a batch id; expected both, see batch(id, claim)");
    }
  }

  private static void checkBatchId(String id) {
    if (id.isBlank() || id.length() > MAX_BATCH_ID || id.indexOf('\0') >= 0) {
      throw new MappingException(
          "batch id \"%s\" is not usable; expected 1 to %d characters, not all blank"
              .formatted(id, MAX_BATCH_ID));
    }
  }

  /** Every row is new; a row that is refused fails the call. */
  public static <T> WriteOptions<T> append() {
    return of(WriteMode.APPEND);
  }

  /** Rows whose key is there are left out. */
  public static <T> WriteOptions<T> skipDuplicates() {
    return of(WriteMode.SKIP_DUPLICATES);
  }

  /** Rows whose key is there are replaced. */
  public static <T> WriteOptions<T> upsert() {
    return of(WriteMode.UPSERT);
  }

  /** Rows whose key is there get these columns; new rows get all. */
  public static <T> WriteOptions<T> upsert(String... columns) {
    return WriteOptions.<T>upsert().with(List.of(columns));
  }

  /** That mode, with everything else as it is by default. */
  public static <T> WriteOptions<T> of(WriteMode mode) {
    return new WriteOptions<>(
        mode,
        List.of(),
        FailurePolicy.FAIL_BATCH,
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  private WriteOptions<T> with(List<String> columns) {
    return new WriteOptions<>(mode, columns, onFailure, deadLetters, batchId, claim);
  }

  /** A refused row does not hold up the others; the result tells of it. */
  public WriteOptions<T> isolating() {
    return with(FailurePolicy.ISOLATE, Optional.empty());
  }

  /** A refused row does not hold up the others; it goes to the sink. */
  public WriteOptions<T> deadLetters(Consumer<? super DeadLetter<T>> sink) {
    return with(FailurePolicy.DEAD_LETTER, Optional.of(sink));
  }

  private WriteOptions<T> with(
      FailurePolicy policy, Optional<Consumer<? super DeadLetter<T>>> sink) {
    return new WriteOptions<>(mode, updates, policy, sink, batchId, claim);
  }

  /** The call may be repeated under that name without storing anything twice. */
  public WriteOptions<T> batch(String id) {
    return with(id, Optional.empty());
  }

  /**
   * The same, for a batch of a group that has been claimed: once the claim is closed, or somebody
   * else has claimed the group, the batch is refused with a {@link io.varve.ClosedException}. That
   * is decided in the transaction that stores the rows, so a claim that was lost unnoticed does no
   * harm.
   */
  public WriteOptions<T> batch(String id, Batches.Claim holder) {
    return with(id, Optional.of(holder.token()));
  }

  private WriteOptions<T> with(String id, Optional<String> token) {
    return new WriteOptions<>(mode, updates, onFailure, deadLetters, Optional.of(id), token);
  }

  /**
   * Whether a call whose outcome is unknown may be sent again: with a batch id it is stored once,
   * and rows that are there already are left out or replaced. Plain appends would be doubled.
   */
  boolean isRepeatable() {
    return batchId.isPresent() || mode != WriteMode.APPEND;
  }
}
