package io.varve.cli.ingest;

import io.varve.ingest.WriteMode;
import io.varve.ingest.WriteOptions;
import io.varve.model.Row;
import java.util.List;

/** What becomes of a row whose key is in the table. Named as on the command line. */
public enum OnConflict {
  /** It is left out. */
  skip,
  /** It replaces what is there, as far as the file has the columns. */
  update,
  /** It is rejected. */
  error;

  /** How such rows are written. */
  WriteOptions<Row> options(IngestPlan plan) {
    return switch (this) {
      case skip -> WriteOptions.of(WriteMode.SKIP_DUPLICATES);
      case update -> update(plan);
      case error -> WriteOptions.append();
    };
  }

  /** Columns the file does not have are left as they are. */
  private static WriteOptions<Row> update(IngestPlan plan) {
    List<String> columns =
        plan.columns().stream()
            .filter(column -> column.slot().parser() != null || column.slot().constant() != null)
            .map(column -> column.slot().column())
            .filter(column -> !plan.table().key().contains(column))
            .toList();
    return columns.isEmpty()
        ? WriteOptions.of(WriteMode.SKIP_DUPLICATES)
        : WriteOptions.upsert(columns.toArray(String[]::new));
  }
}
