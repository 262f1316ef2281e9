/**
 * A client for the most common shape of time series: entities with up to four values and a document
 * per point in time, and no model to write. Start at {@link io.varve.series.SeriesClient}.
 */
@NullMarked
package io.varve.series;

import org.jspecify.annotations.NullMarked;
