package io.varve.ingest;

import java.sql.SQLException;

/** A way into a table for many rows, within one transaction that the caller ends. */
interface RowLoad<T> {

  /** Takes the row of that index; a row that is refused leaves nothing behind. */
  void add(T row, long index) throws SQLException;

  /** Sends what is left; returns how many rows the server stored in all. */
  long finish() throws SQLException;

  /** Gives up what is going on, so that the connection can roll back. */
  void cancel();
}
