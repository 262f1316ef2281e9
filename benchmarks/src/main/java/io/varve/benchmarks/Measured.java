package io.varve.benchmarks;

import java.time.Instant;

/** What every row that is written has, whatever table it is for. */
interface Measured {

  Instant time();

  String device();

  double temperature();
}
