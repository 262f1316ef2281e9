package io.varve.benchmarks;

import java.util.ArrayList;
import java.util.List;

/**
 * Runs contenders in turn, round by round (A B, B A, A B …), so that a machine whose speed drifts
 * treats them alike. The first rounds warm up and are not counted.
 */
final class Interleaved {

  private Interleaved() {}

  /** With one round to warm up. */
  static List<Measurement> measure(List<? extends Contender> contenders, int rounds)
      throws Exception {
    return measure(contenders, 1, rounds);
  }

  static List<Measurement> measure(List<? extends Contender> contenders, int warmUps, int rounds)
      throws Exception {
    List<Measurement> measurements = new ArrayList<>();
    contenders.forEach(contender -> measurements.add(new Measurement(contender.name())));
    for (int round = 0; round < warmUps + rounds; round++) {
      for (int turn = 0; turn < contenders.size(); turn++) {
        int index = round % 2 == 0 ? turn : contenders.size() - 1 - turn;
        double elapsed = time(contenders.get(index));
        if (round >= warmUps) {
          measurements.get(index).add(elapsed);
        }
      }
    }
    return measurements;
  }

  private static double time(Contender contender) throws Exception {
    contender.prepare();
    long start = System.nanoTime();
    contender.run();
    return (System.nanoTime() - start) / 1e9;
  }
}
