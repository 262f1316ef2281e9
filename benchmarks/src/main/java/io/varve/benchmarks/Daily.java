package io.varve.benchmarks;

import io.varve.model.Dimension;
import io.varve.model.Measure;
import io.varve.model.Time;
import io.varve.model.TimeSeries;
import java.time.Instant;

/** A row of many series in chunks of a day. */
@TimeSeries(table = "bench_daily", chunk = "1 day")
record Daily(@Time Instant time, @Dimension String device, @Measure double value) {}
