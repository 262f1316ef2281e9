package io.varve.query;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * How the server answered a query, which was run for it.
 *
 * @param sql the statement, with a question mark for every value
 * @param values the values, in order; of bytes, in hex
 * @param planning how long the server planned
 * @param execution how long it took to find all rows; they were not sent
 * @param steps of the plan, each before those it takes its rows from
 */
public record Explanation(
    String sql, List<String> values, Duration planning, Duration execution, List<Step> steps) {

  public Explanation {
    values = List.copyOf(values);
    steps = List.copyOf(steps);
  }

  /**
   * One step of the plan.
   *
   * @param depth how many steps take its rows in, one from the other
   * @param operation what the server calls it, such as {@code Index Scan}
   * @param table what it reads, if anything: a table or a chunk, with its schema unless that is
   *     {@code public}
   * @param rows how many rows it found in all
   * @param time how long it took in all, including the steps below it
   */
  public record Step(
      int depth, String operation, Optional<String> table, long rows, Duration time) {}

  /** The tables and chunks that were read, each once, in the plan's order. */
  public List<String> tables() {
    return steps.stream().flatMap(step -> step.table().stream()).distinct().toList();
  }
}
