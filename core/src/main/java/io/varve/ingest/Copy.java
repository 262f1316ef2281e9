package io.varve.ingest;

import java.sql.SQLException;

/** A COPY that is going on. Not thread-safe. */
interface Copy {

  /** Sends whole tuples. */
  void write(CopyBuffer tuples) throws SQLException;

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
