package io.varve.ingest;

import io.varve.MappingException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The rows of one call that were refused, as its options want them treated. Not thread-safe; a call
 * that is tried again starts with a new one.
 */
final class RowRefusals<T> {

  private final WriteOptions<T> options;
  private final List<RowFailure> failures = new ArrayList<>();

  RowRefusals(WriteOptions<T> options) {
    this.options = options;
  }

  /** Whether the others are to be stored. */
  boolean isolating() {
    return options.onFailure() != FailurePolicy.FAIL_BATCH;
  }

  /** A row that does not fit the model: nothing of it was sent. Throws if that ends the call. */
  void refuse(@Nullable T row, RowFailure failure, MappingException e) {
    if (!isolating()) {
      throw e;
    }
    add(row, failure);
  }

  /** A row the server refused. */
  void add(@Nullable T row, RowFailure failure) {
    options.deadLetters().ifPresent(sink -> sink.accept(new DeadLetter<>(row, failure)));
    failures.add(failure);
  }

  List<RowFailure> failures() {
    return failures;
  }
}
