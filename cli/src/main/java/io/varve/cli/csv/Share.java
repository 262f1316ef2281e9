package io.varve.cli.csv;

import java.util.List;
import java.util.function.Predicate;

/**
 * How many values have to agree on a type: four of five, or all but one. One broken reading must
 * not turn a column of numbers into text; it is rejected with its line instead.
 */
final class Share {

  private Share() {}

  static boolean most(List<String> values, Predicate<String> test) {
    return isMost(count(values, test), values.size());
  }

  static long count(List<String> values, Predicate<String> test) {
    return values.stream().filter(test).count();
  }

  static boolean isMost(long agreeing, long all) {
    boolean allButOne = agreeing >= 2 && all - agreeing <= 1;
    return allButOne || (agreeing > 0 && agreeing * 5 >= all * 4);
  }
}
