package io.varve.cli.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.varve.cli.csv.CsvRow;
import io.varve.cli.shell.CommandException;
import io.varve.cli.shell.Interruption;
import io.varve.ingest.StoredBatch;
import io.varve.model.QualifiedName;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

final class EarlierRunsTest {

  private static final ImportId ID = ImportId.parse("nightly");
  private static final QualifiedName TABLE = QualifiedName.parse("readings");

  private static CsvRow row(long line) {
    return new CsvRow(line, new String[] {"r" + line, null});
  }

  private static List<CsvRow> rows(long first, long last) {
    return LongStream.rangeClosed(first, last).mapToObj(EarlierRunsTest::row).toList();
  }

  private static StoredBatch stored(long first, long last) {
    RowChecksum checksum = new RowChecksum();
    rows(first, last).forEach(checksum::add);
    String id = ID.batch(new LineRange(first, last), checksum.value());
    return new StoredBatch(id, Optional.of(TABLE), last - first + 1, 0, 0);
  }

  private static EarlierRuns earlier(StoredBatch... batches) {
    return EarlierRuns.of(ID, TABLE, List.of(batches));
  }

  private static List<Long> lines(Iterator<CsvRow> rows) {
    List<Long> lines = new ArrayList<>();
    rows.forEachRemaining(row -> lines.add(row.line()));
    return lines;
  }

  @Test
  void whatIsStoredIsLeftOutWhateverTheBatchesWere() {
    EarlierRuns earlier = earlier(stored(8, 9), stored(2, 4));
    RemainingRows remaining =
        new RemainingRows(rows(2, 11).iterator(), earlier, new Interruption());

    assertThat(lines(remaining)).containsExactly(5L, 6L, 7L, 10L, 11L);
    assertThat(remaining.left()).isEqualTo(5);
    assertThat(LongStream.rangeClosed(1, 11).filter(earlier::hold))
        .containsExactly(2L, 3L, 4L, 8L, 9L);
  }

  @Test
  void batchesEndWhereSomethingIsStored() {
    EarlierRuns earlier = earlier(stored(4, 5));
    RowBatches batches =
        new RowBatches(
            new RemainingRows(rows(2, 9).iterator(), earlier, new Interruption()), earlier, 3);
    List<List<Long>> divided = new ArrayList<>();
    batches.forEachRemaining(batch -> divided.add(batch.stream().map(CsvRow::line).toList()));

    assertThat(divided).containsExactly(List.of(2L, 3L), List.of(6L, 7L, 8L), List.of(9L));
  }

  @Test
  void batchesOfLongRowsEndEarlier() {
    List<CsvRow> rows =
        LongStream.range(0, 10)
            .mapToObj(line -> new CsvRow(line, new String[] {"x".repeat(3 << 20)}))
            .toList();
    RowBatches batches = new RowBatches(rows.iterator(), EarlierRuns.none(ID), 1_000);
    assertThat(batches.next()).hasSize(3);
  }

  @Test
  void anotherFileIsRefused() {
    EarlierRuns earlier = earlier(stored(2, 4), stored(6, 7));
    List<CsvRow> changed = new ArrayList<>(rows(2, 9));
    changed.set(4, new CsvRow(6, new String[] {"r6", ""})); // an empty text is not null
    assertDiffers(earlier, changed, "lines 6 to 7");
    assertDiffers(earlier, rows(2, 6), "lines 6 to 7");
    assertDiffers(earlier, rows(3, 9), "lines 2 to 4");
    assertDiffers(earlier, List.of(), "lines 2 to 4");
    assertDiffers(earlier, List.of(row(2), row(4), row(6), row(7)), "lines 2 to 4");
    earlier.verify(rows(2, 7).iterator(), new Interruption());
  }

  private static void assertDiffers(EarlierRuns earlier, List<CsvRow> file, String lines) {
    assertThatThrownBy(() -> earlier.verify(file.iterator(), new Interruption()))
        .isInstanceOf(CommandException.class)
        .hasMessage(lines + " are not what import nightly stored: expected the same file");
  }

  @Test
  void fieldsAreToldApart() {
    assertThat(checksum("ab", "c")).isNotEqualTo(checksum("a", "bc"));
    assertThat(checksum("", "x")).isNotEqualTo(checksum(null, "x"));
    assertThat(checksum("ü", "x")).isNotEqualTo(checksum("u", "x"));
  }

  private static int checksum(String... fields) {
    RowChecksum checksum = new RowChecksum();
    checksum.add(new CsvRow(1, fields));
    return checksum.value();
  }

  @Test
  void otherBatchesAreNoImport() {
    StoredBatch strange = new StoredBatch("nightly/7", Optional.of(TABLE), 1, 0, 0);
    assertThatThrownBy(() -> earlier(strange))
        .hasMessage("--import-id: nightly names batches that are no import's, such as nightly/7");
  }

  @Test
  void idsArePlain() {
    for (String id : List.of("", "a/b", "a b", "-x", "x".repeat(101), "a'b")) {
      assertThatThrownBy(() -> ImportId.parse(id)).isInstanceOf(CommandException.class);
    }
    assertThat(ImportId.parse("Messwerte_2026-03.csv:ä").text()).endsWith("ä");
  }
}
