package io.varve.testkit.fault;

import io.varve.model.Dimension;
import io.varve.model.Measure;
import io.varve.model.Time;
import io.varve.model.TimeSeries;
import java.time.Instant;

/** A row that can be told from all others of its round. The table refuses negative numbers. */
sealed interface Numbered {

  Instant time();

  String device();

  long number();

  /** In a table without a key, where a row that is stored twice shows. */
  @TimeSeries(table = "events", chunk = "1 day")
  record Event(@Time Instant time, @Dimension String device, @Measure long number)
      implements Numbered {}

  /** In a table with a key. */
  @TimeSeries(
      table = "samples",
      chunk = "1 day",
      key = {"device", "time"})
  record Sample(@Time Instant time, @Dimension String device, @Measure long number)
      implements Numbered {}

  /** What identifies it in a table with a key. */
  default String key() {
    return device() + " " + time();
  }

  default boolean isBad() {
    return number() < 0;
  }
}
