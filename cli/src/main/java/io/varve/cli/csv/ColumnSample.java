package io.varve.cli.csv;

import java.util.HashSet;
import java.util.List;

/**
 * What the sample holds of one column.
 *
 * @param name the column
 * @param values its values, none null, in order
 * @param nulls how many were null
 */
public record ColumnSample(String name, List<String> values, long nulls) {

  public ColumnSample {
    values = List.copyOf(values);
  }

  /** The same where a blank text means nothing, as for every type but text. */
  public ColumnSample withBlanksAsNulls() {
    List<String> filled = values.stream().filter(value -> !value.isBlank()).toList();
    return new ColumnSample(name, filled, nulls + values.size() - filled.size());
  }

  /** Whether each value comes at least twice on average, and none is missing. */
  public boolean isRepeating() {
    return nulls == 0 && !values.isEmpty() && new HashSet<>(values).size() * 2L <= values.size();
  }
}
