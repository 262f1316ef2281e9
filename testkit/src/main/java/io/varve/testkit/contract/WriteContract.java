package io.varve.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.varve.ConstraintException;
import io.varve.DataException;
import io.varve.MappingException;
import io.varve.SchemaException;
import io.varve.Varve;
import io.varve.ingest.TableWriter;
import io.varve.ingest.WriteResult;
import io.varve.model.Chunk;
import io.varve.model.Dimension;
import io.varve.model.Measure;
import io.varve.model.QualifiedName;
import io.varve.model.Row;
import io.varve.model.Table;
import io.varve.model.Time;
import io.varve.model.TimeSeries;
import io.varve.testkit.DatabaseExtension;
import io.varve.testkit.TestDatabase;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Writing: what is counted, what is kept, and that a refused batch leaves nothing. */
@ExtendWith({DatabaseExtension.class, VarveExtension.class})
final class WriteContract {

  private static final Instant NEW_YEAR = Instant.parse("2024-01-01T00:00:00Z");
  private static final long DAY_SECONDS = 86_400;

  private final TestDatabase database;
  private final Varve varve;

  WriteContract(TestDatabase database, Varve varve) {
    this.database = database;
    this.varve = varve;
  }

  @TimeSeries(
      table = "readings",
      chunk = "1 day",
      key = {"device", "time"})
  record Reading(
      @Time Instant time,
      @Dimension String device,
      @Measure double temperature,
      @Measure @Nullable Double humidity) {}

  @BeforeEach
  void createTheTable() {
    varve.schema().create(Table.of(Reading.class));
  }

  @Test
  void insertWritesOneRow() {
    Reading reading = new Reading(NEW_YEAR, "a", 21.5, 40.0);
    assertThat(varve.table(Reading.class).insert(reading)).isEqualTo(written(1));
    assertThat(stored()).containsExactly(reading);
  }

  @Test
  void nothingToWriteIsNoError() {
    assertThat(varve.table(Reading.class).insertAll(List.of())).isEqualTo(written(0));
    assertThat(varve.schema().chunks(QualifiedName.parse("readings"))).isEmpty();
  }

  @Test
  void insertAllWritesAcrossChunksInAnyOrder() {
    List<Reading> readings =
        IntStream.range(0, 1000)
            .mapToObj(i -> new Reading(NEW_YEAR.plusSeconds((i * 7919L) % 604_800), "a", i, null))
            .toList();
    assertThat(varve.table(Reading.class).insertAll(readings)).isEqualTo(written(1000));
    assertThat(stored()).containsExactlyInAnyOrderElementsOf(readings);
    assertThat(varve.schema().chunks(QualifiedName.parse("readings"))).hasSize(7);
  }

  @Test
  void iteratorIsConsumedOnceToItsEnd() {
    int rows = 100_000;
    Iterator<Reading> readings =
        IntStream.range(0, rows)
            .mapToObj(
                i -> new Reading(NEW_YEAR.plusSeconds(i * 10L), "a", i, i % 2 == 0 ? null : 1.0))
            .iterator();
    assertThat(varve.table(Reading.class).insertAll(readings)).isEqualTo(written(rows));
    assertThat(readings.hasNext()).isFalse();
    assertThat(varve.from(Reading.class).count()).isEqualTo(rows);
  }

  @Test
  void rowsOnABoundaryBelongToTheLaterChunk() throws SQLException {
    varve
        .table(Reading.class)
        .insertAll(
            List.of(
                new Reading(NEW_YEAR.plusSeconds(DAY_SECONDS).minusNanos(1000), "a", 1, null),
                new Reading(NEW_YEAR.plusSeconds(DAY_SECONDS), "a", 2, null),
                new Reading(NEW_YEAR.plusSeconds(DAY_SECONDS).plusNanos(1000), "a", 3, null)));
    List<Chunk> chunks = varve.schema().chunks(QualifiedName.parse("readings"));
    assertThat(chunks).hasSize(2);
    String rows = "select string_agg(temperature::text, ' ' order by time) from ";
    assertThat(Sql.value(database, rows + chunks.get(0).name().sql())).isEqualTo("1");
    assertThat(Sql.value(database, rows + chunks.get(1).name().sql())).isEqualTo("2 3");
  }

  @Test
  void microsecondsAreKept() {
    Reading reading = new Reading(Instant.parse("2024-02-29T23:59:59.999999Z"), "a", 1, null);
    varve.table(Reading.class).insert(reading);
    assertThat(stored()).containsExactly(reading);
  }

  @Test
  void timeWithoutAChunkRefusesTheWholeBatch() {
    Reading good = new Reading(NEW_YEAR, "a", 1, null);
    for (Instant infinite : List.of(Instant.MAX, Instant.MIN)) {
      Reading endless = new Reading(infinite, "a", 2, null);
      assertThatThrownBy(() -> varve.table(Reading.class).insertAll(List.of(good, endless)))
          .isInstanceOfAny(MappingException.class, DataException.class)
          .hasMessageContaining("readings")
          .hasMessageContaining("time");
    }
    assertThat(stored()).isEmpty();
  }

  @Test
  void nanosecondsAreNotLostSilently() {
    Reading reading = new Reading(NEW_YEAR.plusNanos(1), "a", 1, null);
    assertThatThrownBy(() -> varve.table(Reading.class).insert(reading))
        .isInstanceOf(MappingException.class)
        .hasMessageContaining("time");
  }

  @Test
  void duplicateKeyRefusesTheWholeBatch() {
    varve.table(Reading.class).insert(new Reading(NEW_YEAR, "a", 1, null));
    List<Reading> batch =
        List.of(
            new Reading(NEW_YEAR.plusSeconds(10 * DAY_SECONDS), "new chunk", 2, null),
            new Reading(NEW_YEAR.plusSeconds(1), "a", 3, null),
            new Reading(NEW_YEAR, "a", 4, null));
    assertThatThrownBy(() -> varve.table(Reading.class).insertAll(batch))
        .isInstanceOfSatisfying(
            ConstraintException.class, e -> assertThat(e.sqlState()).contains("23505"))
        .hasMessageContaining("readings");
    assertThat(stored()).containsExactly(new Reading(NEW_YEAR, "a", 1, null));
  }

  @Test
  void duplicateWithinTheBatchRefusesTheWholeBatch() {
    Reading twice = new Reading(NEW_YEAR, "a", 1, null);
    assertThatThrownBy(() -> varve.table(Reading.class).insertAll(List.of(twice, twice)))
        .isInstanceOf(ConstraintException.class)
        .hasMessageContaining("readings");
    assertThat(stored()).isEmpty();
  }

  @Test
  void missingTimeOrDimensionRefusesTheWholeBatch() {
    Reading good = new Reading(NEW_YEAR, "a", 1, null);
    Reading noDevice = new Reading(NEW_YEAR, null, 1, null);
    Reading noTime = new Reading(null, "a", 1, null);
    assertThatThrownBy(() -> varve.table(Reading.class).insertAll(List.of(good, noDevice)))
        .isInstanceOf(MappingException.class)
        .hasMessageContaining("readings")
        .hasMessageContaining("device");
    assertThatThrownBy(() -> varve.table(Reading.class).insertAll(List.of(good, noTime)))
        .isInstanceOf(MappingException.class)
        .hasMessageContaining("readings")
        .hasMessageContaining("time");
    assertThat(stored()).isEmpty();
  }

  @Test
  void failingIteratorLeavesNothing() {
    List<Reading> readings = new ArrayList<>();
    IntStream.range(0, 20_000)
        .forEach(i -> readings.add(new Reading(NEW_YEAR.plusSeconds(i), "a", i, null)));
    Iterator<Reading> failing =
        readings.stream().peek(reading -> failAt(reading, 19_999)).iterator();
    assertThatThrownBy(() -> varve.table(Reading.class).insertAll(failing))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("the source failed");
    assertThat(stored()).isEmpty();
    assertThat(varve.table(Reading.class).insert(readings.get(0))).isEqualTo(written(1));
  }

  private static void failAt(Reading reading, double temperature) {
    if (reading.temperature() == temperature) {
      throw new IllegalStateException("the source failed");
    }
  }

  @Test
  void iteratorThatFailsAtOnceIsLocated() {
    IllegalStateException failure = new IllegalStateException("the source failed");
    Iterator<Reading> failing =
        Stream.<Reading>generate(
                () -> {
                  throw failure;
                })
            .iterator();
    assertThatThrownBy(() -> varve.table(Reading.class).insertAll(failing))
        .isSameAs(failure)
        .hasSuppressedException(
            new IllegalStateException(
                "inserting into readings: row 0 could not be fetched, nothing was written"));
  }

  /** A trigger may use the code the server has for a row without a partition. */
  @Test
  void whatATriggerRefusesIsAViolatedConstraint() throws SQLException {
    Sql.execute(
        database,
        """
        create or replace function refuse_warm() returns trigger language plpgsql as $$
        begin
          if new.temperature > 40 then
            raise 'too warm' using errcode = 'check_violation';
          end if;
          return new;
        end $$
        """,
        "create trigger guard before insert on readings for each row execute function refuse_warm()");
    Reading warm = new Reading(NEW_YEAR, "a", 41, null);
    assertThatThrownBy(() -> varve.table(Reading.class).insert(warm))
        .isInstanceOfSatisfying(
            ConstraintException.class, e -> assertThat(e.sqlState()).contains("23514"))
        .hasMessage("inserting into readings: too warm");
    assertThatThrownBy(() -> varve.table(Reading.class).insertAll(List.of(warm)))
        .isInstanceOf(ConstraintException.class)
        .hasMessage("inserting into readings, row 0: too warm");
    assertThat(stored()).isEmpty();
  }

  /** So that single inserts in a loop do not look at the columns each time. */
  @Test
  void oneWriterServesATable() {
    TableWriter<Reading> writer = varve.table(Reading.class);
    assertThat(varve.table(Reading.class)).isSameAs(writer);
    assertThat(varve.table(Table.of(Reading.class))).isSameAs(writer);
    Table<Row> described = varve.schema().inspect(QualifiedName.parse("readings"));
    TableWriter<Row> other = varve.table(described);
    assertThat(varve.table(described)).isSameAs(other).isNotSameAs(writer);
  }

  @Test
  void absentTableIsNamed() {
    Sql.dropHypertables(varve);
    Reading reading = new Reading(NEW_YEAR, "a", 1, null);
    assertThatThrownBy(() -> varve.table(Reading.class).insert(reading))
        .isInstanceOf(SchemaException.class)
        .hasMessageContaining("readings");
  }

  @Test
  void writersOfOverlappingBatchesDoNotDisturbEachOther() throws Exception {
    int rows = 500;
    List<WriteResult> results =
        Race.run(
            6,
            runner -> {
              List<Reading> batch =
                  IntStream.range(0, rows)
                      .mapToObj(i -> new Reading(at(i, runner), "d" + runner, i, null))
                      .toList();
              return varve.table(Reading.class).insertAll(batch);
            });
    assertThat(results).hasSize(6).containsOnly(written(rows));
    assertThat(varve.from(Reading.class).count()).isEqualTo(6 * rows);
  }

  /**
   * Every other writer goes backwards through the same ten days, so chunks are opened crosswise.
   */
  private static Instant at(int index, int runner) {
    int step = runner % 2 == 0 ? index : 499 - index;
    return NEW_YEAR.plusSeconds(step * DAY_SECONDS / 50);
  }

  @Test
  void rowsWrittenThroughSqlAreSeenToo() throws SQLException {
    varve.table(Reading.class).insert(new Reading(NEW_YEAR, "a", 1, null));
    Sql.execute(database, "insert into readings values ('2024-01-01 12:00:00+00', 'b', 2, 3)");
    assertThat(stored())
        .containsExactly(
            new Reading(NEW_YEAR, "a", 1, null),
            new Reading(NEW_YEAR.plusSeconds(43_200), "b", 2, 3.0));
  }

  private List<Reading> stored() {
    return varve.from(Reading.class).oldestFirst().list();
  }

  private static WriteResult written(long rows) {
    return new WriteResult(rows, 0, List.of());
  }
}
