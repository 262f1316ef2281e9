package io.varve.cli.ingest;

import io.varve.cli.csv.RowParser;
import io.varve.model.Row;
import io.varve.model.Table;
import java.util.List;

/**
 * What becomes of a file.
 *
 * @param table where the rows go
 * @param isNew whether the table has to be created
 * @param columns one per column of the table, in its order
 * @param fields how many fields a row of the file has
 * @param chunk width of a chunk of a new table, as text
 */
public record IngestPlan(
    Table<Row> table, boolean isNew, List<PlannedColumn> columns, int fields, String chunk) {

  public IngestPlan {
    columns = List.copyOf(columns);
  }

  /** Makes the table's values of the file's rows. */
  public RowParser parser() {
    return new RowParser(fields, columns.stream().map(PlannedColumn::slot).toList());
  }

  /** The position of the time among the table's columns. */
  public int timeIndex() {
    String time = table.time().name();
    for (int i = 0; i < columns.size(); i++) {
      if (columns.get(i).slot().column().equals(time)) {
        return i;
      }
    }
    throw new IllegalStateException("no time in " + columns);
  }
}
