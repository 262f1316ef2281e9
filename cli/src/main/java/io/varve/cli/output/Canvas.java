package io.varve.cli.output;

import io.varve.cli.shell.TextStyle;
import java.util.Arrays;

/**
 * A grid of character cells to draw on in dots. Braille has two by four dots in a cell; ASCII has
 * one, which shows the mark of its series.
 */
final class Canvas {

  private static final int[][] BRAILLE = {{0x01, 0x02, 0x04, 0x40}, {0x08, 0x10, 0x20, 0x80}};
  private static final char[] MARKS = {'*', '+', 'o', 'x', '#', '@'};
  private static final String[] COLORS = {"36", "33", "35", "32", "34", "31"};

  /** How many series can be told apart. */
  static final int MOST_SERIES = MARKS.length;

  private final int columns;
  private final int lines;
  private final boolean braille;
  private final boolean colored;
  private final int[] dots;
  private final int[] owner;

  /**
   * @param series how many lines will be drawn: several without colour need marks, not dots
   */
  Canvas(int columns, int lines, int series, TextStyle style) {
    this.columns = columns;
    this.lines = lines;
    this.colored = style.isColored();
    this.braille = style.isUnicode() && (series <= 1 || colored);
    this.dots = new int[columns * lines];
    this.owner = new int[columns * lines];
    Arrays.fill(owner, -1);
  }

  /** Dots across. */
  int width() {
    return columns * (braille ? 2 : 1);
  }

  /** Dots down. */
  int height() {
    return lines * (braille ? 4 : 1);
  }

  /** Draws one dot; y grows downwards. */
  void dot(int x, int y, int series) {
    int cell = y / (braille ? 4 : 1) * columns + x / (braille ? 2 : 1);
    dots[cell] |= braille ? BRAILLE[x % 2][y % 4] : 1;
    owner[cell] = series;
  }

  /** Draws a straight line, both ends included. */
  void line(int x1, int y1, int x2, int y2, int series) {
    int steps = Math.max(Math.abs(x2 - x1), Math.abs(y2 - y1));
    for (int i = 0; i <= steps; i++) {
      double part = steps == 0 ? 0 : (double) i / steps;
      dot((int) Math.round(x1 + part * (x2 - x1)), (int) Math.round(y1 + part * (y2 - y1)), series);
    }
  }

  /** One line of text. */
  String text(int line) {
    StringBuilder text = new StringBuilder();
    int current = -1;
    for (int i = line * columns; i < (line + 1) * columns; i++) {
      if (colored && owner[i] != current) {
        text.append(owner[i] < 0 ? "\u001b[0m" : "\u001b[" + COLORS[owner[i]] + "m");
        current = owner[i];
      }
      text.append(cell(i));
    }
    if (colored && current >= 0) {
      text.append("\u001b[0m");
    }
    return colored ? text.toString() : text.toString().stripTrailing();
  }

  private char cell(int i) {
    if (owner[i] < 0) {
      return ' ';
    }
    return braille ? (char) (0x2800 + dots[i]) : MARKS[owner[i]];
  }

  /** How a series looks, for the legend. */
  String sample(int series, TextStyle style) {
    String sample = braille ? "⠤⠤" : String.valueOf(MARKS[series]);
    return style.code(COLORS[series], sample);
  }
}
