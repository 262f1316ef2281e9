package io.varve.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

final class RangeTest {

  @Test
  void intersectionIsWhatLiesInBoth() {
    assertThat(Range.of(1L, 5L).intersect(Range.of(3L, 9L))).isEqualTo(new Range<>(3L, 5L));
    assertThat(Range.of(1L, 5L).intersect(Range.all())).isEqualTo(new Range<>(1L, 5L));
    assertThat(new Range<>(2L, null).intersect(new Range<>(null, 4L)))
        .isEqualTo(new Range<>(2L, 4L));
  }

  @Test
  void intersectionOfDistantRangesIsEmptyAndNotRefused() {
    assertThat(Range.of(1L, 2L).intersect(Range.of(8L, 9L))).isEqualTo(new Range<>(8L, 2L));
  }

  @Test
  void rangeThatEndsBeforeItStartsIsRefused() {
    assertThat(Range.of(5L, 5L)).isEqualTo(new Range<>(5L, 5L));
    assertThatThrownBy(() -> Range.of(6L, 5L))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("range from 6 to 5 ends before it starts; expected from <= to");
  }
}
