/**
 * What a time series looks like: annotated records or a runtime builder, one {@link
 * io.varve.model.Table} either way. Start at {@link io.varve.model.TimeSeries}.
 */
@NullMarked
package io.varve.model;

import org.jspecify.annotations.NullMarked;
