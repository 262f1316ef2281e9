package io.varve.cli.ingest;

import io.varve.cli.csv.RowParser;
import io.varve.model.ColumnType;
import io.varve.model.Role;

/**
 * What becomes of one column.
 *
 * @param slot where its values come from
 * @param from the column's title in the file, or how else it gets its value
 * @param type its type
 * @param role what it is for
 * @param note what a person should know, may be empty
 */
public record PlannedColumn(
    RowParser.Slot slot, String from, ColumnType type, Role role, String note) {

  /** Ends the note of a column whose type was inferred, and which others may not fit. */
  public static final String WHOLE_NUMBERS = "='double precision' takes fractions";
}
