package io.varve.ingest;

import java.sql.SQLException;

/** A COPY that is going on. Not thread-safe. */
interface Copy {

  /** Sends whole tuples: those between two positions. */
  void write(CopyBuffer tuples, int from, int to) throws SQLException;

  /** Sends whole tuples. */
  default void write(CopyBuffer tuples) throws SQLException {
    write(tuples, 0, tuples.size());
  }

  /** Ends the COPY; returns how many rows the server stored. */
  long end() throws SQLException;

  /** Gives up the COPY, if it is still going on; never throws. */
  void cancel();

  /** Starts one COPY at a time. */
  @FunctionalInterface
  interface Starter {

    /** Starts a COPY into the relation of that quoted name. */
    Copy start(String relation) throws SQLException;
  }
}
