package io.varve.query;

import java.util.List;

/**
 * A statement: its text with a question mark for every value, and the values in the same order.
 * Values are never part of the text.
 */
record Sql(String text, List<Bind> binds) {

  Sql {
    binds = List.copyOf(binds);
  }
}
