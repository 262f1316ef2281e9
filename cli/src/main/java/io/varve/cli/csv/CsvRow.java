package io.varve.cli.csv;

import org.jspecify.annotations.Nullable;

/**
 * One row of a file.
 *
 * @param line the line it starts on, from 1
 * @param fields its fields; null where the field means null
 */
public record CsvRow(long line, @Nullable String[] fields) {

  /** How long its fields are together. */
  public int characters() {
    int sum = 0;
    for (String field : fields) {
      sum += field == null ? 0 : field.length();
    }
    return sum;
  }

  /** The row for a person, as it may have stood in the file. */
  public String display() {
    StringBuilder text = new StringBuilder();
    for (String field : fields) {
      text.append(text.isEmpty() ? "" : ",").append(field == null ? "" : field);
    }
    return text.toString();
  }
}
