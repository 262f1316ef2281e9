package io.varve.cli.csv;

/** What stands before the decimals of a number. */
public enum DecimalMark {
  /** As in 21.5. */
  POINT,
  /** As in 21,5: points group thousands then, and such a number is refused. */
  COMMA;

  /** The text as it would be written with a point, if it is a number. */
  String pointed(String text) {
    return this == POINT ? text : swapped(text);
  }

  private static String swapped(String text) {
    if (text.indexOf(',') < 0 && text.indexOf('.') < 0) {
      return text;
    }
    return text.replace(',', '\0').replace('.', ',').replace('\0', '.');
  }
}
