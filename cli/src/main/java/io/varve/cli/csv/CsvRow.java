package io.varve.cli.csv;

import org.jspecify.annotations.Nullable;

/**
 * One row of a file.
 *
 * @param line the line it starts on, from 1
 * @param fields its fields; null where the field means null; none where it is no CSV
 * @param flaw why it is no CSV, or null
 */
public record CsvRow(long line, @Nullable String[] fields, @Nullable Flaw flaw) {

  /**
   * A row that is no CSV.
   *
   * @param text as it stands in the file
   * @param reason what is wrong with it
   */
  public record Flaw(String text, String reason) {}

  /** A row of fields. */
  public CsvRow(long line, @Nullable String[] fields) {
    this(line, fields, null);
  }

  /** How long its fields are together. */
  public int characters() {
    int sum = flaw == null ? 0 : flaw.text().length();
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
