package io.varve.benchmarks;

/** One way of doing the work; {@code prepare} is not timed. */
interface Contender {

  String name();

  void prepare() throws Exception;

  void run() throws Exception;
}
