package io.varve.benchmarks;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** The times of one contender, in seconds. */
final class Measurement {

  private final String name;
  private final List<Double> seconds = new ArrayList<>();

  Measurement(String name) {
    this.name = name;
  }

  void add(double elapsed) {
    seconds.add(elapsed);
  }

  String name() {
    return name;
  }

  double min() {
    return Collections.min(seconds);
  }

  double max() {
    return Collections.max(seconds);
  }

  double median() {
    List<Double> sorted = seconds.stream().sorted().toList();
    int middle = sorted.size() / 2;
    return sorted.size() % 2 == 1
        ? sorted.get(middle)
        : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
  }

  /** Median over the rounds of this contender's rate divided by the reference's in that round. */
  double rateRatioTo(Measurement reference) {
    Measurement ratios = new Measurement("ratio");
    for (int round = 0; round < seconds.size(); round++) {
      ratios.add(reference.seconds.get(round) / seconds.get(round));
    }
    return ratios.median();
  }
}
