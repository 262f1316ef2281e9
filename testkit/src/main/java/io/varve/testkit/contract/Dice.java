package io.varve.testkit.contract;

import java.util.List;
import java.util.Random;

/** Chances and choices of a source of random numbers. */
final class Dice {

  private final Random random;

  Dice(Random random) {
    this.random = random;
  }

  boolean chance(int percent) {
    return random.nextInt(100) < percent;
  }

  <E> E oneOf(List<E> all) {
    return all.get(random.nextInt(all.size()));
  }
}
