package io.varve.schema;

import io.varve.model.Chunk;
import io.varve.model.HypertableInfo;
import io.varve.model.QualifiedName;
import io.varve.model.Row;
import io.varve.model.Table;
import java.util.List;

/** Hypertables: creating, describing, listing. Thread-safe. See {@code Varve.schema()}. */
public interface Schema {

  /**
   * Creates the table as a hypertable, with its indexes, unless it is there already: safe when
   * several processes do it at once. An existing hypertable must have the table's columns and
   * types; a table that is not a hypertable is refused. Returns whether it was created.
   */
  boolean create(Table<?> table);

  /** Describes an existing hypertable; refuses an absent table and one that is not a hypertable. */
  Table<Row> inspect(QualifiedName name);

  /** Whether a hypertable of that name exists. */
  boolean exists(QualifiedName name);

  /** All hypertables the user may see, by name. */
  List<HypertableInfo> hypertables();

  /** The chunks of a hypertable, oldest first. */
  List<Chunk> chunks(QualifiedName name);

  /**
   * Creates the chunks that cover the given span, {@code [from, to)} in the time column's units,
   * ahead of the writes. On TimescaleDB, which does so by itself, nothing happens. Returns how many
   * were made. A span that would need more chunks than a hypertable may have is refused before any
   * is made.
   *
   * @throws IllegalArgumentException if the span ends before it begins
   * @throws io.varve.CapacityException if the hypertable would have more than 1,000 chunks
   */
  int createChunks(QualifiedName name, long from, long to);

  /** Drops a hypertable with its chunks. */
  void drop(QualifiedName name);
}
