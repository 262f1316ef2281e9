package io.varve.query;

import java.util.List;

/**
 * How the values of a numeric column are spread.
 *
 * @param bins of equal width, ascending
 * @param below how many finite values are less than the first bin's lower bound
 * @param above how many finite values are greater than the last bin's upper bound
 * @param nulls how many rows have no value
 * @param nans how many values are {@code NaN}
 * @param infinities how many values are infinite
 */
public record Distribution(
    List<Bin> bins, long below, long above, long nulls, long nans, long infinities) {

  public Distribution {
    bins = List.copyOf(bins);
  }

  /**
   * A part of the values.
   *
   * @param lower the least value that belongs to it
   * @param upper the least value that does not; of the last bin the greatest that does
   * @param count how many values
   */
  public record Bin(double lower, double upper, long count) {}
}
