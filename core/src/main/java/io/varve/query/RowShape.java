package io.varve.query;

import java.sql.ResultSet;
import java.sql.SQLException;

/**
 * What becomes of an answer's rows: known beforehand ({@link RowReader}), or as soon as its columns
 * are.
 */
interface RowShape<R> {

  /** What makes rows of that answer's columns; refuses columns it cannot. */
  RowReader<R> reader(ResultSet answer) throws SQLException;

  /** Whether a row may take up more than a few hundred bytes. */
  boolean isWide();
}
