package io.varve.cli.output;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Writes one result: {@link #begin}, then every row, then {@link #end}. What is written may stay in
 * a buffer until the end. Not thread-safe.
 *
 * <p>Values are of the classes of {@link io.varve.model.ColumnType#javaType()}.
 */
public interface RowsWriter {

  /** Starts a result. */
  void begin(List<OutputColumn> columns);

  /** Writes one row, one value per column. */
  void row(@Nullable Object[] values);

  /** Completes the result. */
  void end();
}
