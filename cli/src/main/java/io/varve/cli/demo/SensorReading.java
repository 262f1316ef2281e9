package io.varve.cli.demo;

import io.varve.model.Dimension;
import io.varve.model.Measure;
import io.varve.model.Time;
import io.varve.model.TimeSeries;
import java.time.Instant;

/** What a generated sensor reports every five minutes. */
@TimeSeries(table = "demo_sensors", chunk = "30 days")
record SensorReading(
    @Time Instant time,
    @Dimension String sensor,
    @Measure double temperature,
    @Measure double humidity) {}
