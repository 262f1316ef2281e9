package io.varve.cli.ingest;

import java.util.Locale;

/**
 * Lines of a file on which rows start.
 *
 * @param first where the first row starts, from 1
 * @param last where the last row starts
 */
record LineRange(long first, long last) {

  @Override
  public String toString() {
    return String.format(Locale.ROOT, "lines %,d to %,d", first, last);
  }
}
