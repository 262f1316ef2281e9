package io.varve.cli.csv;

/** A row that cannot be written. Expected in numbers, so it carries no stack trace. */
public final class Reject extends RuntimeException {

  private static final long serialVersionUID = 1L;

  static final String NOT_WHOLE = "is not a whole number";

  private final long line;
  private final String column;
  private final String value;
  private final boolean byServer;

  /**
   * @param line where the row starts
   * @param column the column at fault; empty where it is the row
   * @param value the field as it stands in the file
   * @param reason what is wrong with it, to be read after the value
   */
  public Reject(long line, String column, String value, String reason) {
    this(line, column, value, reason, false);
  }

  private Reject(long line, String column, String value, String reason, boolean byServer) {
    super(reason, null, false, false);
    this.line = line;
    this.column = column;
    this.value = value;
    this.byServer = byServer;
  }

  /**
   * A row that the database refused.
   *
   * @param column the column at fault, or columns; empty where that is unknown
   * @param reason its words, which need no value before them
   */
  public static Reject byServer(long line, String column, String reason) {
    return new Reject(line, column, "", reason, true);
  }

  /** Whether the database refused it. */
  public boolean isByServer() {
    return byServer;
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

  /** Whether it is a number that a column of whole numbers cannot hold. */
  public boolean isFraction() {
    return reason().startsWith(NOT_WHOLE);
  }

  public String reason() {
    return String.valueOf(getMessage());
  }
}
