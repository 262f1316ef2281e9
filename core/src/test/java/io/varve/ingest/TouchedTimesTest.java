package io.varve.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class TouchedTimesTest {

  @Property
  void everyTimeIsInAWholeRange(
      @ForAll @Size(max = 500)
          List<@LongRange(min = Long.MIN_VALUE, max = Long.MAX_VALUE - 1) Long> times,
      @ForAll @LongRange(min = 1, max = Long.MAX_VALUE) long width) {
    TouchedTimes touched = new TouchedTimes(width);
    times.forEach(touched::add);
    assertThat(touched.ranges()).hasSizeLessThanOrEqualTo(64);
    for (long time : times) {
      assertThat(touched.ranges().entrySet())
          .anyMatch(
              range ->
                  range.getKey() <= time
                      && (time < range.getValue() || range.getValue() == Long.MAX_VALUE));
    }
    assertApart(touched);
  }

  @Property
  void fewTimesTouchNothingElse(
      @ForAll @Size(max = 60) List<@LongRange(min = -10_000, max = 10_000) Long> times,
      @ForAll @LongRange(min = 1, max = 100) long width) {
    TouchedTimes touched = new TouchedTimes(width);
    times.forEach(touched::add);
    long covered =
        touched.ranges().entrySet().stream()
            .mapToLong(range -> range.getValue() - range.getKey())
            .sum();
    long expected =
        times.stream().map(time -> Math.floorDiv(time, width)).distinct().count() * width;
    assertThat(covered).isEqualTo(expected);
    assertApart(touched);
  }

  private static void assertApart(TouchedTimes touched) {
    long end = Long.MIN_VALUE;
    boolean first = true;
    for (Map.Entry<Long, Long> range : touched.ranges().entrySet()) {
      assertThat(range.getKey()).isLessThan(range.getValue());
      assertThat(first || range.getKey() > end).isTrue();
      end = range.getValue();
      first = false;
    }
  }

  @Test
  void tooManyAreJoinedWhereTheyAreClosest() {
    TouchedTimes touched = new TouchedTimes(1);
    for (int i = 0; i < 64; i++) {
      touched.add(100L * i);
    }
    touched.add(50);
    assertThat(touched.ranges()).hasSize(64).containsEntry(0L, 51L);
  }
}
