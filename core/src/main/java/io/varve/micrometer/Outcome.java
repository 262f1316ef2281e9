package io.varve.micrometer;

import io.varve.ingest.IngestStats;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import java.util.function.ToLongFunction;

/** What can become of a row; as a call's, {@link #WRITTEN} means that it was committed. */
enum Outcome {
  WRITTEN(IngestStats::written),
  SKIPPED(IngestStats::skipped),
  REFUSED(IngestStats::refused),
  FAILED(IngestStats::failed),
  IN_DOUBT(IngestStats::inDoubt),
  DROPPED(IngestStats::dropped);

  static final String TAG = "outcome";

  /** All but what an ingester drops. */
  static final Set<Outcome> OF_ROWS_SENT = EnumSet.complementOf(EnumSet.of(DROPPED));

  private final ToLongFunction<IngestStats> rows;

  Outcome(ToLongFunction<IngestStats> rows) {
    this.rows = rows;
  }

  /** As a tag's value. */
  String tag() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** How many rows of an ingester met it so far. */
  long rows(IngestStats stats) {
    return rows.applyAsLong(stats);
  }
}
