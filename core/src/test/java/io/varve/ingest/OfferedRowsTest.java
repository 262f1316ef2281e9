package io.varve.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.varve.model.Measure;
import io.varve.model.QualifiedName;
import io.varve.model.Table;
import io.varve.model.Time;
import io.varve.model.TimeSeries;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class OfferedRowsTest {

  private static final long MEBIBYTE = 1 << 20;

  @TimeSeries(table = "notes", chunk = "10")
  private record Note(@Time long time, @Measure String text) {}

  /** Keeps the indexes it is given. */
  private static final class Collected implements RowLoad<Note> {

    final List<Long> indexes = new ArrayList<>();

    @Override
    public void add(Note row, long index) {
      indexes.add(index);
    }

    @Override
    public long finish() {
      return indexes.size();
    }

    @Override
    public void cancel() {}
  }

  private static OfferedRows<Note> rows(int count, int length) {
    List<Note> rows =
        IntStream.range(0, count).mapToObj(i -> new Note(i, "x".repeat(length))).toList();
    RowErrors errors = new RowErrors(new QualifiedName("public", "notes"), List.of("time", "text"));
    return new OfferedRows<>(rows::iterator, errors, new RowSize<>(Table.of(Note.class)));
  }

  @Test
  void rowsAreFewWhereBothTheirNumberAndTheirBytesAre() {
    assertThat(rows(10, 1).areAtMost(10, MEBIBYTE)).isTrue();
    assertThat(rows(11, 1).areAtMost(10, MEBIBYTE)).isFalse();
    assertThat(rows(10, 400_000).areAtMost(10, MEBIBYTE)).isFalse();
  }

  @Test
  void noMoreIsFetchedThanMayBeKept() {
    OfferedRows<Note> offered = rows(10, 400_000);
    offered.areAtMost(10, MEBIBYTE);
    assertThat(offered.fetched()).hasSize(3);
    assertThat(offered.areAll()).isFalse();
  }

  @Test
  void fewRowsMayBeGivenTwice() throws Exception {
    OfferedRows<Note> offered = rows(3, 1);
    assertThat(offered.areAtMost(10, MEBIBYTE)).isTrue();
    for (int attempt = 0; attempt < 2; attempt++) {
      Collected load = new Collected();
      offered.addTo(load, new RowRefusals<>(WriteOptions.append()));
      assertThat(load.indexes).containsExactly(0L, 1L, 2L);
    }
  }

  @Test
  void rowsThatAreGoneAreNotPassedOver() throws Exception {
    OfferedRows<Note> offered = rows(30, 1);
    assertThat(offered.areAtMost(10, MEBIBYTE)).isFalse();
    offered.addTo(new Collected(), new RowRefusals<>(WriteOptions.append()));
    assertThatThrownBy(
            () -> offered.addTo(new Collected(), new RowRefusals<>(WriteOptions.append())))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("inserting into notes: 30 rows were fetched and 11 are at hand; expected all");
  }
}
