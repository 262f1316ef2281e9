package io.varve.ingest;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What the attempts of one call had done when they sent their commits. Where one was not answered
 * and turns out to be stored, the ledger tells how many rows were refused; this knows which. Not
 * thread-safe.
 */
final class SentResults {

  private final List<WriteResult> results = new ArrayList<>();

  void add(WriteResult result) {
    results.add(result);
  }

  /** The result of the attempt that was stored; empty if another call stored the batch. */
  Optional<WriteResult> find(Ledger.Entry stored) {
    return results.stream()
        .filter(
            result ->
                result.written() == stored.written()
                    && result.skipped() == stored.skipped()
                    && result.failures().size() == stored.failed())
        .findFirst();
  }
}
