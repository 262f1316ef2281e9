package io.varve.series;

import java.util.OptionalDouble;

/**
 * The values of an entity in a range, of which there is at least one.
 *
 * @param count how many
 * @param mean their arithmetic mean
 * @param median half of them are not greater; interpolated between two, as {@code percentile_cont}
 * @param p95 95 % of them are not greater; likewise
 * @param variance of a sample (divided by count - 1); empty for a single value
 * @param standardDeviation its square root
 */
public record SeriesStatistics(
    long count,
    double min,
    double max,
    double mean,
    double median,
    double p95,
    OptionalDouble variance,
    OptionalDouble standardDeviation) {}
