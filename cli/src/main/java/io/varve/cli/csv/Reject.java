package io.varve.cli.csv;

/** A row that cannot be written. Expected in numbers, so it carries no stack trace. */
public final class Reject extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final long line;
  private final String column;
  private final String value;

  /**
   * @param line where the row starts
   * @param column the column at fault; empty where it is the row
   * @param value the field as it stands in the file
   * @param reason what is wrong with it, to be read after the value
   */
  public Reject(long line, String column, String value, String reason) {
    super(reason, null, false, false);
    this.line = line;
    this.column = column;
    this.value = value;
  }

  public long line() {
    return line;
  }

  public String column() {
    return column;
  }

  public String value() {
    return value;
  }

  public String reason() {
    return String.valueOf(getMessage());
  }
}
