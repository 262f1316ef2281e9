package io.varve.testkit.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.varve.ConstraintException;
import io.varve.Varve;
import io.varve.ingest.RowFailure;
import io.varve.ingest.TableWriter;
import io.varve.ingest.WriteMode;
import io.varve.ingest.WriteOptions;
import io.varve.ingest.WriteResult;
import io.varve.model.Dimension;
import io.varve.model.Measure;
import io.varve.model.Table;
import io.varve.model.Time;
import io.varve.model.TimeSeries;
import io.varve.testkit.DatabaseExtension;
import io.varve.testkit.TestDatabase;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of rows with the same key, also where some are refused. */
@ExtendWith(DatabaseExtension.class)
final class MergeIT {

  private static final Instant START = Instant.parse("2024-01-01T00:00:00Z");

  @TimeSeries(
      table = "keyed",
      chunk = "1 day",
      key = {"device", "time"})
  record Keyed(
      @Time Instant time, @Dimension String device, @Measure double value, @Measure String note) {}

  private final TestDatabase database;
  private Varve varve;
  private TableWriter<Keyed> writer;

  MergeIT(TestDatabase database) {
    this.database = database;
  }

  @BeforeEach
  void create() {
    varve = database.connect();
    varve.schema().create(Table.of(Keyed.class));
    writer = varve.table(Keyed.class);
  }

  @AfterEach
  void drop() throws SQLException {
    varve.schema().drop(Table.of(Keyed.class).name());
    execute("drop table if exists devices, heard");
    varve.close();
  }

  private void execute(String... statements) throws SQLException {
    try (Connection connection = database.jdbc();
        Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
  }

  private Map<Instant, Double> stored() throws SQLException {
    try (Connection connection = database.jdbc();
        Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery("select time, value from keyed")) {
      Map<Instant, Double> values = new HashMap<>();
      while (result.next()) {
        values.put(result.getTimestamp(1).toInstant(), result.getDouble(2));
      }
      return values;
    }
  }

  private static Keyed row(int i, String device, double value) {
    return new Keyed(START.plusSeconds(i), device, value, "");
  }

  private static List<Keyed> rows(int count) {
    return IntStream.range(0, count).mapToObj(i -> row(i, "d", i)).toList();
  }

  private void knowOnly(String device) throws SQLException {
    execute(
        "create table devices (name text primary key)",
        "insert into devices values ('" + device + "')",
        "alter table keyed add foreign key (note) references devices");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 30, 3000})
  void whereTheLastRowOfAKeyIsRefusedTheOneBeforeItCounts(int count) throws SQLException {
    knowOnly("");
    List<Keyed> rows = new ArrayList<>(rows(count));
    for (int i = 0; i < count; i += 1000) {
      rows.add(new Keyed(START.plusSeconds(i), "d", 2 * count + i, ""));
      rows.add(new Keyed(START.plusSeconds(i), "d", -1, "unknown"));
      rows.add(new Keyed(START.plusSeconds(i), "d", -2, "unknown"));
    }
    int bad = (count + 999) / 1000;
    WriteResult result = writer.insertAll(rows, WriteOptions.<Keyed>upsert().isolating());
    assertThat(result.written()).isEqualTo(count);
    assertThat(result.skipped()).isEqualTo(bad);
    assertThat(result.failures())
        .extracting(RowFailure::index)
        .containsExactlyInAnyOrderElementsOf(
            IntStream.range(0, bad)
                .boxed()
                .flatMap(i -> Stream.of(count + 3L * i + 1, count + 3L * i + 2))
                .toList());
    assertThat(stored()).hasSize(count).doesNotContainValue(-1.0).doesNotContainValue(-2.0);
    assertThat(stored()).containsEntry(START, 2.0 * count);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 30, 3000})
  void aKeyAllOfWhoseRowsAreRefusedIsNotStored(int count) throws SQLException {
    knowOnly("");
    List<Keyed> rows = new ArrayList<>(rows(count));
    rows.add(new Keyed(START.plusSeconds(count), "d", 1, "unknown"));
    rows.add(new Keyed(START.plusSeconds(count), "d", 2, "unknown"));
    for (WriteMode mode : List.of(WriteMode.UPSERT, WriteMode.SKIP_DUPLICATES)) {
      execute("delete from keyed");
      WriteResult result = writer.insertAll(rows, WriteOptions.<Keyed>of(mode).isolating());
      assertThat(result.written()).isEqualTo(count);
      assertThat(result.failures())
          .extracting(RowFailure::index)
          .containsExactlyInAnyOrder((long) count, count + 1L);
    }
  }

  static Stream<Arguments> modesAndPolicies() {
    return Stream.of(WriteMode.UPSERT, WriteMode.SKIP_DUPLICATES)
        .flatMap(mode -> Stream.of(true, false).map(isolating -> Arguments.of(mode, isolating)));
  }

  /** Pages of the temporary table are left with gaps of all sizes. */
  @ParameterizedTest
  @MethodSource("modesAndPolicies")
  void theLastCountsAlsoAmongRowsOfManySizes(WriteMode mode, boolean isolating)
      throws SQLException {
    execute("alter table keyed add constraint positive check (value >= 0)");
    Random random = new Random(7);
    List<Integer> times = new ArrayList<>();
    IntStream.range(0, 4000).forEach(i -> times.add(i % 1000 * 200));
    Collections.shuffle(times, random);
    List<Keyed> rows = new ArrayList<>();
    Map<Instant, Double> expected = new HashMap<>();
    for (int time : times) {
      Instant at = START.plusSeconds(time);
      rows.add(new Keyed(at, "d", rows.size(), "x".repeat(random.nextInt(1900))));
      expected.put(at, rows.size() - 1.0);
    }
    if (isolating) {
      rows.add(row(5, "d", -1));
    }
    WriteOptions<Keyed> options = WriteOptions.of(mode);
    WriteResult result = writer.insertAll(rows, isolating ? options.isolating() : options);
    assertThat(result.written()).isEqualTo(1000);
    assertThat(result.skipped()).isEqualTo(3000);
    assertThat(stored()).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(ints = {3, 3000})
  void blanksThatDoNotCountInAKeyMakeNoOtherRow(int count) throws SQLException {
    execute("alter table keyed alter column device type char(4)");
    List<Keyed> rows = new ArrayList<>(rows(count));
    rows.add(row(0, "d ", -5));
    WriteResult result = writer.insertAll(rows, WriteOptions.upsert());
    assertThat(result).isEqualTo(new WriteResult(count, 1, List.of()));
    assertThat(stored()).containsEntry(START, -5.0);
  }

  @ParameterizedTest
  @ValueSource(ints = {3, 3000})
  void aRefusalNamesTheTableAndTheRow(int count) throws SQLException {
    execute("alter table keyed add constraint positive check (value >= 0)");
    List<Keyed> rows = new ArrayList<>(rows(count));
    rows.set(2, row(2, "d", -1));
    WriteResult result = writer.insertAll(rows, WriteOptions.<Keyed>upsert().isolating());
    assertThat(result.failures())
        .singleElement()
        .satisfies(
            failure ->
                assertThat(failure.message())
                    .startsWith("inserting into keyed, row 2: ")
                    .contains("\"keyed\"")
                    .doesNotContain("varve_stage"));
  }

  @ParameterizedTest
  @ValueSource(ints = {3, 3000})
  void ofRowsWithTheSameKeyATriggerMayNotDiscardTheLast(int count) throws SQLException {
    execute(
        "create or replace function discard() returns trigger language plpgsql as $$ begin"
            + " if new.value < 0 then return null; end if; return new; end $$",
        "create trigger discard before insert on keyed for each row execute function discard()");
    List<Keyed> rows = new ArrayList<>(rows(count));
    rows.add(row(0, "d", 7));
    assertThat(writer.insertAll(rows, WriteOptions.upsert()))
        .isEqualTo(new WriteResult(count, 1, List.of()));
    rows.add(row(1, "d", -1));
    for (WriteOptions<Keyed> options :
        List.of(WriteOptions.<Keyed>upsert(), WriteOptions.<Keyed>upsert().isolating())) {
      assertThatThrownBy(() -> writer.insertAll(rows, options))
          .isInstanceOf(ConstraintException.class)
          .hasMessageContaining("stored %d of %d rows".formatted(count - 1, count));
    }
  }

  @Test
  void manyRefusedRowsAreAllNamed() throws SQLException {
    knowOnly("");
    List<Keyed> rows = new ArrayList<>(rows(4000));
    for (int i = 0; i < rows.size(); i += 40) {
      rows.set(i, new Keyed(START.plusSeconds(i), "d", 1, "unknown"));
    }
    WriteResult result = writer.insertAll(rows, WriteOptions.<Keyed>upsert().isolating());
    assertThat(result.written()).isEqualTo(3900);
    assertThat(result.failures()).hasSize(100).allMatch(failure -> failure.index() % 40 == 0);
  }

  @ParameterizedTest
  @ValueSource(ints = {3, 3000})
  void aTriggerForEachStatementHearsOfAMerge(int count) throws SQLException {
    execute(
        "create table if not exists heard (rows bigint)",
        "delete from heard",
        "create or replace function hear() returns trigger language plpgsql as $$ begin"
            + " insert into heard select count(*) from fresh; return null; end $$",
        "create trigger hear after insert on keyed referencing new table as fresh"
            + " for each statement execute function hear()");
    writer.insertAll(rows(count), WriteOptions.skipDuplicates());
    try (Connection connection = database.jdbc();
        Statement statement = connection.createStatement();
        ResultSet heard = statement.executeQuery("select sum(rows) from heard")) {
      heard.next();
      assertThat(heard.getLong(1)).isEqualTo(count);
    }
  }
}
