package io.varve.cli.output;

/**
 * A column of a result.
 *
 * @param name its name
 * @param isNumber whether its values are numbers, which stand to the right and can be drawn
 */
public record OutputColumn(String name, boolean isNumber) {

  /** A column of anything but numbers. */
  public static OutputColumn of(String name) {
    return new OutputColumn(name, false);
  }

  /** A column of numbers. */
  public static OutputColumn number(String name) {
    return new OutputColumn(name, true);
  }
}
