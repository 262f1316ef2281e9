package io.varve.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.varve.ConstraintException;
import io.varve.MappingException;
import io.varve.Varve;
import io.varve.ingest.DeadLetter;
import io.varve.ingest.RowFailure;
import io.varve.ingest.TableWriter;
import io.varve.ingest.WriteMode;
import io.varve.ingest.WriteOptions;
import io.varve.ingest.WriteResult;
import io.varve.model.ColumnType;
import io.varve.model.ColumnType.Kind;
import io.varve.model.Dimension;
import io.varve.model.Measure;
import io.varve.model.Table;
import io.varve.model.Time;
import io.varve.model.TimeSeries;
import io.varve.testkit.DatabaseExtension;
import io.varve.testkit.TestDatabase;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The write modes and failure policies. Each number of rows goes another way: one row, a few, more
 * than one statement should hold.
 */
@ExtendWith(DatabaseExtension.class)
final class WriteModeContract {

  private static final Instant START = Instant.parse("2024-01-01T00:00:00Z");

  @TimeSeries(
      table = "keyed",
      chunk = "1 day",
      key = {"device", "time"})
  record Keyed(
      @Time Instant time,
      @Dimension String device,
      @Measure double value,
      @Measure @Nullable Integer steps) {}

  private static final String INVALIDATED =
      "select %s from varve_internal.invalidation where source = 'keyed'::regclass";

  private final TestDatabase database;
  private Varve varve;
  private TableWriter<Keyed> writer;

  WriteModeContract(TestDatabase database) {
    this.database = database;
  }

  @BeforeEach
  void create() throws SQLException {
    varve = database.connect();
    varve.schema().create(Table.of(Keyed.class));
    Sql.execute(database, "alter table keyed add constraint positive check (value >= 0)");
    writer = varve.table(Keyed.class);
  }

  @AfterEach
  void close() throws SQLException {
    Sql.execute(
        database,
        "delete from varve_internal.batch where writer = current_user",
        "delete from varve_internal.captured");
    varve.schema().drop(Table.of(Keyed.class).name());
    varve.close();
  }

  /** Rows at steps of a minute, over several chunks if they are many. */
  private static List<Keyed> rows(int count, double value) {
    return IntStream.range(0, count).mapToObj(i -> row(i, value)).toList();
  }

  private static Keyed row(int i, double value) {
    return new Keyed(START.plus(Duration.ofMinutes(i)), "d" + i % 7, value, i);
  }

  private long count(String condition) throws SQLException {
    return Long.parseLong(Sql.value(database, "select count(*) from keyed where " + condition));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 50, 900, 3000})
  void rowsThatAreThereAreSkipped(int count) throws SQLException {
    writer.insertAll(rows(count / 2 + 1, 1));
    WriteResult result = writer.insertAll(rows(count, 2), WriteOptions.skipDuplicates());
    int there = Math.min(count, count / 2 + 1);
    assertThat(result).isEqualTo(new WriteResult(count - there, there, List.of()));
    assertThat(count("value = 1")).isEqualTo(count / 2 + 1);
    assertThat(count("value = 2")).isEqualTo(count - there);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 50, 900, 3000})
  void rowsThatAreThereAreReplaced(int count) throws SQLException {
    writer.insertAll(rows(count / 2 + 1, 1));
    WriteResult result = writer.insertAll(rows(count, 2), WriteOptions.upsert());
    assertThat(result).isEqualTo(new WriteResult(count, 0, List.of()));
    assertThat(count("value = 2")).isEqualTo(count);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 50, 900, 3000})
  void onlyTheNamedColumnsAreReplaced(int count) throws SQLException {
    writer.insertAll(rows(count, 1));
    List<Keyed> changed =
        rows(count, 2).stream()
            .map(row -> new Keyed(row.time(), row.device(), row.value(), -1))
            .toList();
    writer.insertAll(changed, WriteOptions.upsert("value"));
    assertThat(count("value = 2 and steps >= 0")).isEqualTo(count);
  }

  static Stream<Arguments> modesAndCounts() {
    return Stream.of(WriteMode.SKIP_DUPLICATES, WriteMode.UPSERT)
        .flatMap(mode -> Stream.of(2, 50, 900, 3000).map(count -> Arguments.of(mode, count)));
  }

  @ParameterizedTest
  @MethodSource("modesAndCounts")
  void ofRowsWithTheSameKeyTheLastCounts(WriteMode mode, int count) throws SQLException {
    List<Keyed> rows = new ArrayList<>(rows(count, 1));
    rows.addAll(rows(count, 2));
    WriteResult result = writer.insertAll(rows, WriteOptions.of(mode));
    assertThat(result).isEqualTo(new WriteResult(count, count, List.of()));
    assertThat(count("value = 2")).isEqualTo(count);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 50, 3000})
  void anAppendedRowThatIsThereFailsTheCall(int count) throws SQLException {
    writer.insert(row(count - 1, 1));
    assertThatThrownBy(() -> writer.insertAll(rows(count, 2)))
        .isInstanceOf(ConstraintException.class)
        .hasMessageContaining("row " + (count - 1));
    assertThat(count("true")).isEqualTo(1);
  }

  static Stream<Arguments> optionsAndCounts() {
    return Stream.of(WriteMode.values())
        .flatMap(mode -> Stream.of(1, 50, 900, 3000).map(count -> Arguments.of(mode, count)));
  }

  @ParameterizedTest
  @MethodSource("optionsAndCounts")
  void refusedRowsDoNotHoldUpTheOthers(WriteMode mode, int count) throws SQLException {
    List<Keyed> rows = new ArrayList<>(rows(count, 1));
    List<Long> bad =
        Stream.of(0L, count / 3L, count / 3L + 1, count - 1L)
            .filter(i -> i < count)
            .distinct()
            .toList();
    bad.forEach(i -> rows.set(i.intValue(), row(i.intValue(), -1)));
    WriteResult result = writer.insertAll(rows, WriteOptions.<Keyed>of(mode).isolating());
    assertThat(result.written()).isEqualTo(count - bad.size());
    assertThat(result.skipped()).isZero();
    assertThat(result.failures())
        .extracting(RowFailure::index, RowFailure::sqlState, RowFailure::constraint)
        .containsExactlyInAnyOrderElementsOf(
            bad.stream().map(i -> tuple(i, "23514", "positive")).toList());
    assertThat(count("value = 1")).isEqualTo(count - bad.size());
  }

  @Test
  void refusedRowsGoToTheSink() throws SQLException {
    List<Keyed> rows = new ArrayList<>(rows(3000, 1));
    rows.set(17, row(17, -1));
    rows.set(18, new Keyed(START.plusNanos(1), "too fine", 1, 1));
    List<DeadLetter<Keyed>> letters = new ArrayList<>();
    WriteResult result =
        writer.insertAll(rows, WriteOptions.<Keyed>append().deadLetters(letters::add));
    assertThat(result.written()).isEqualTo(2998);
    assertThat(letters)
        .extracting(DeadLetter::row)
        .containsExactlyInAnyOrder(rows.get(17), rows.get(18));
    assertThat(letters)
        .extracting(DeadLetter::failure)
        .containsExactlyInAnyOrderElementsOf(result.failures());
  }

  @ParameterizedTest
  @ValueSource(ints = {3, 3000})
  void theColumnOfAValueThatDoesNotFitIsNamed(int count) {
    List<Keyed> rows = new ArrayList<>(rows(count, 1));
    rows.set(1, new Keyed(START, "a\0b", 1, 1));
    assertThat(writer.insertAll(rows, WriteOptions.<Keyed>append().isolating()).failures())
        .extracting(RowFailure::index, RowFailure::column)
        .containsExactly(tuple(1L, "device"));
  }

  @Test
  void aSinkThatThrowsUndoesTheCall() throws SQLException {
    List<Keyed> rows = new ArrayList<>(rows(3000, 1));
    rows.set(2999, row(2999, -1));
    IllegalStateException full = new IllegalStateException("the sink is full");
    assertThatThrownBy(
            () ->
                writer.insertAll(
                    rows,
                    WriteOptions.<Keyed>append()
                        .deadLetters(
                            letter -> {
                              throw full;
                            })))
        .isSameAs(full);
    assertThat(count("true")).isZero();
  }

  @ParameterizedTest
  @MethodSource("optionsAndCounts")
  void aBatchIsStoredOnce(WriteMode mode, int count) throws SQLException {
    WriteOptions<Keyed> options = WriteOptions.<Keyed>of(mode).batch("import 7 of " + count);
    WriteResult first = writer.insertAll(rows(count, 1), options);
    Sql.execute(database, "delete from keyed");
    assertThat(writer.insertAll(rows(count, 2), options)).isEqualTo(first);
    assertThat(count("true")).isZero();
  }

  @Test
  void aBatchWithoutRowsIsRecorded() {
    WriteOptions<Keyed> options = WriteOptions.<Keyed>append().batch("nothing");
    writer.insertAll(List.of(), options);
    assertThatThrownBy(() -> writer.insertAll(rows(1, 1), options))
        .isInstanceOf(ConstraintException.class)
        .hasMessage(
            "inserting into keyed: batch \"nothing\" is recorded with 0 rows, and 1 were offered;"
                + " expected the same rows again: give other rows another name");
  }

  @ParameterizedTest
  @ValueSource(ints = {3, 3000})
  void aBatchWithMoreRowsIsNotTakenForStored(int count) {
    WriteOptions<Keyed> options = WriteOptions.<Keyed>append().batch("short");
    writer.insertAll(rows(2, 1), options);
    assertThatThrownBy(() -> writer.insertAll(rows(count, 1).iterator(), options))
        .isInstanceOf(ConstraintException.class)
        .hasMessageContaining("batch \"short\" is recorded with 2 rows");
  }

  @Test
  void aBatchThatFailedCanBeSentAgain() throws SQLException {
    WriteOptions<Keyed> options = WriteOptions.<Keyed>append().batch("again");
    List<Keyed> rows = new ArrayList<>(rows(10, 1));
    rows.set(3, row(3, -1));
    assertThatThrownBy(() -> writer.insertAll(rows, options))
        .isInstanceOf(ConstraintException.class);
    rows.set(3, row(3, 1));
    assertThat(writer.insertAll(rows, options).written()).isEqualTo(10);
  }

  @Test
  void aBatchSentTwiceAtOnceIsStoredOnce() throws Exception {
    WriteOptions<Keyed> options = WriteOptions.<Keyed>skipDuplicates().batch("race");
    Race.run(4, i -> writer.insertAll(rows(2000, 1), options));
    assertThat(count("true")).isEqualTo(2000);
  }

  @Test
  void aTableWithoutAKeyIsOnlyAppendedTo() {
    TableWriter<?> unkeyed =
        varve.table(Table.builder("unkeyed").time("time", ColumnType.of(Kind.TIMESTAMPTZ)).build());
    assertThatThrownBy(() -> unkeyed.insertAll(List.of(), WriteOptions.upsert()))
        .isInstanceOf(MappingException.class)
        .hasMessage(
            "mode UPSERT of table unkeyed: the table has no key; expected one, such as key (time)");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 50, 3000})
  void theTimesTouchedAreRecordedWhereSomethingDependsOnThem(int count) throws SQLException {
    writer.insertAll(rows(count, 1));
    assertThat(Sql.value(database, INVALIDATED.formatted("count(*)"))).isEqualTo("0");
    Sql.execute(database, "insert into varve_internal.captured values ('keyed', 3600000000)");
    List<Keyed> more =
        rows(count, 1).stream()
            .map(row -> new Keyed(row.time(), row.device() + "x", 1, null))
            .toList();
    if (count == 1) {
      writer.insert(more.get(0));
    } else {
      writer.insertAll(more);
    }
    assertThat(
            Sql.value(
                database,
                "select count(*) from keyed where device like '%x' and not exists (select from"
                    + " varve_internal.invalidation i where source = 'keyed'::regclass"
                    + " and (extract(epoch from time) * 1000000)::bigint >= lo"
                    + " and (extract(epoch from time) * 1000000)::bigint < hi)"))
        .isEqualTo("0");
    assertThat(Sql.value(database, INVALIDATED.formatted("(sum(hi - lo) / 3600000000)::int")))
        .isEqualTo(Long.toString((count - 1) / 60 + 1));
  }
}
