package io.varve.series;

/**
 * How many values of a range lie between two values.
 *
 * @param from the least value, inclusive
 * @param to the greatest value; exclusive, except in the last bucket
 * @param count how many values, 0 or more
 * @param share of all values, from 0 to 1
 */
public record ValueBucket(double from, double to, long count, double share) {}
