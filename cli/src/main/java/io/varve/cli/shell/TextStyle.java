package io.varve.cli.shell;

/**
 * What the terminal can show.
 *
 * @param isColored whether it takes ANSI colours
 * @param isUnicode whether it shows more than ASCII
 */
public record TextStyle(boolean isColored, boolean isUnicode) {

  /** ASCII without colours. */
  public static TextStyle plain() {
    return new TextStyle(false, false);
  }

  public String bold(String text) {
    return code("1", text);
  }

  public String dim(String text) {
    return code("2", text);
  }

  public String red(String text) {
    return code("31", text);
  }

  public String green(String text) {
    return code("32", text);
  }

  /** The text in an ANSI colour. */
  public String code(String code, String text) {
    return isColored ? "\u001b[" + code + "m" + text + "\u001b[0m" : text;
  }

  /** A piece of a horizontal line. */
  public String line() {
    return isUnicode ? "─" : "-";
  }
}
