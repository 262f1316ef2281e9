package io.varve.query;

import io.varve.model.Row;

/**
 * The points of one series.
 *
 * @param series its dimensions
 * @param points its line; never empty
 */
public record SeriesPoints(Row series, Points points) {}
