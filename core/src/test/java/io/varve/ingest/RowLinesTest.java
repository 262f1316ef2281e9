package io.varve.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.TreeSet;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

class RowLinesTest {

  @Property
  void everyLineIsTheRowThatWasAdded(@ForAll List<@LongRange(min = 0, max = 300) Long> offered) {
    List<Long> rows = List.copyOf(new TreeSet<>(offered));
    RowLines lines = new RowLines();
    rows.forEach(lines::add);

    assertThat(lines.count()).isEqualTo(rows.size());
    for (int i = 0; i < rows.size(); i++) {
      assertThat(lines.row(i + 1)).isEqualTo(rows.get(i));
    }
  }

  @Test
  void rowsAreFoundWithinRunsAndAcrossGaps() {
    RowLines lines = new RowLines();
    for (long row = 1_000; row < 2_000; row++) {
      lines.add(row);
    }
    lines.add(5_000);

    assertThat(lines.row(1_000)).isEqualTo(1_999);
    assertThat(lines.row(1_001)).isEqualTo(5_000);
  }

  @Test
  void linesBeyondWhatWasAddedAreUnknown() {
    RowLines lines = new RowLines();
    lines.add(7);

    assertThat(lines.contains(0)).isFalse();
    assertThat(lines.contains(1)).isTrue();
    assertThat(lines.contains(2)).isFalse();
  }

  @Test
  void clearedLinesStartAgainAtOne() {
    RowLines lines = new RowLines();
    lines.add(7);
    lines.clear();
    lines.add(9);

    assertThat(lines.count()).isEqualTo(1);
    assertThat(lines.row(1)).isEqualTo(9);
  }
}
