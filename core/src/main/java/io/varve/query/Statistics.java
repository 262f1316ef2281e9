package io.varve.query;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What the values of a numeric column are like, as doubles. Only finite values are computed with;
 * the others are counted apart. Where there are no finite values, all that is not a count is null.
 *
 * @param count how many finite values
 * @param nulls how many rows without a value
 * @param nans how many values are {@code NaN}
 * @param infinities how many values are infinite
 * @param min the smallest
 * @param max the greatest
 * @param sum the sum
 * @param avg the arithmetic mean
 * @param stddev the standard deviation of a sample; null for fewer than two values
 * @param variance its square; null for fewer than two values
 * @param first the value at the earliest time; of several the smallest
 * @param last the value at the latest time; of several the greatest
 * @param percentiles by their fraction, interpolated between the nearest two values; those asked
 *     for, none if there is no value
 */
public record Statistics(
    long count,
    long nulls,
    long nans,
    long infinities,
    @Nullable Double min,
    @Nullable Double max,
    @Nullable Double sum,
    @Nullable Double avg,
    @Nullable Double stddev,
    @Nullable Double variance,
    @Nullable Double first,
    @Nullable Double last,
    SortedMap<Double, Double> percentiles) {

  public Statistics {
    percentiles = Collections.unmodifiableSortedMap(new TreeMap<>(percentiles));
  }
}
