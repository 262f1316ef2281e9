package io.varve.ingest;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What the attempts of one call had done when they sent their commits. Where one was not answered
 * and turns out to be stored, the ledger tells how many rows were refused, and which transaction it
 * was; this knows which rows. Not thread-safe.
 */
final class SentResults {

  private final Map<String, WriteResult> byTransaction = new HashMap<>();

  void add(Ledger.Entry entered, WriteResult result) {
    byTransaction.put(entered.transaction(), result);
  }

  /** The result of the attempt that was stored; empty if another call stored the batch. */
  Optional<WriteResult> find(Ledger.Entry stored) {
    return Optional.ofNullable(byTransaction.get(stored.transaction()));
  }
}
