package io.varve.cli.csv;

/**
 * A text that is not a value of the type asked for; the message says why. Expected in numbers, so
 * it carries no stack trace.
 */
public final class Unfit extends RuntimeException {

  private static final long serialVersionUID = 1L;

  Unfit(String reason) {
    super(reason, null, false, false);
  }

  /** Why the text does not fit. */
  public String reason() {
    return String.valueOf(getMessage());
  }
}
