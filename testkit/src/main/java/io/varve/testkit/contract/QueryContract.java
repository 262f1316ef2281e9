package io.varve.testkit.contract;

import static io.varve.query.Aggregate.delta;
import static io.varve.query.Aggregate.first;
import static io.varve.query.Aggregate.last;
import static io.varve.query.Aggregate.max;
import static io.varve.query.Condition.column;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.varve.MappingException;
import io.varve.Preset;
import io.varve.SchemaException;
import io.varve.Setting;
import io.varve.Varve;
import io.varve.VarveException;
import io.varve.model.Dimension;
import io.varve.model.Measure;
import io.varve.model.Table;
import io.varve.model.Time;
import io.varve.model.TimeSeries;
import io.varve.query.Aggregate;
import io.varve.query.Condition;
import io.varve.query.Downsample;
import io.varve.query.Query;
import io.varve.testkit.DatabaseExtension;
import io.varve.testkit.TestDatabase;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Iterator;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Reading rows: ranges, order, limits, latest values and streams. */
@ExtendWith({DatabaseExtension.class, VarveExtension.class})
final class QueryContract {

  private static final Instant NEW_YEAR = Instant.parse("2024-01-01T00:00:00Z");
  private static final long HOUR = 3600;

  private final TestDatabase database;
  private final Varve varve;

  QueryContract(TestDatabase database, Varve varve) {
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

  /** Three days of hours from device a, and of every other hour from device b. */
  @BeforeEach
  void writeThreeDays() {
    varve.schema().create(Table.of(Reading.class));
    varve
        .table(Reading.class)
        .insertAll(
            IntStream.range(0, 72)
                .boxed()
                .flatMap(hour -> hour % 2 == 0 ? Stream.of(a(hour), b(hour)) : Stream.of(a(hour)))
                .toList());
  }

  private static Reading a(int hour) {
    return new Reading(at(hour), "a", hour, null);
  }

  private static Reading b(int hour) {
    return new Reading(at(hour), "b", -hour, hour / 2.0);
  }

  private static Instant at(int hour) {
    return NEW_YEAR.plusSeconds(hour * HOUR);
  }

  @Test
  void everythingIsRead() {
    assertThat(readings().list()).hasSize(108);
    assertThat(readings().count()).isEqualTo(108);
  }

  @Test
  void rangeIncludesItsStartAndExcludesItsEnd() {
    assertThat(readings().where("device", "a").range(at(23), at(25)).oldestFirst().list())
        .containsExactly(a(23), a(24));
  }

  @Test
  void rangeOnAChunkBoundaryIsThatChunk() {
    assertThat(readings().where("device", "a").range(at(24), at(48)).count()).isEqualTo(24);
  }

  @Test
  void microsecondsDecideAtTheEdges() {
    assertThat(readings().range(at(24).plusNanos(1000), at(25)).list()).isEmpty();
    assertThat(readings().range(at(24), at(24).plusNanos(1000)).count()).isEqualTo(2);
  }

  @Test
  void emptyRangeHasNoRows() {
    assertThat(readings().range(at(24), at(24)).list()).isEmpty();
    assertThat(readings().range(at(24), at(24)).count()).isZero();
    assertThat(readings().range(at(24), at(24)).first()).isEmpty();
  }

  @Test
  void sinceAndBeforeAreHalfOpen() {
    assertThat(readings().where("device", "a").since(at(70)).oldestFirst().list())
        .containsExactly(a(70), a(71));
    assertThat(readings().where("device", "a").before(at(2)).oldestFirst().list())
        .containsExactly(a(0), a(1));
    assertThat(readings().where("device", "a").since(at(2)).before(at(4)).oldestFirst().list())
        .containsExactly(a(2), a(3));
  }

  @Test
  void rangeFarOutsideTheDataIsEmpty() {
    assertThat(readings().range(Instant.parse("1900-01-01T00:00:00Z"), NEW_YEAR).list()).isEmpty();
    assertThat(readings().since(Instant.parse("2999-01-01T00:00:00Z")).list()).isEmpty();
  }

  @Test
  void conditionsAreJoinedWithAnd() {
    assertThat(readings().where("device", "b").where("temperature", -4.0).list())
        .containsExactly(b(4));
    assertThat(readings().where("device", "b").where("device", "a").list()).isEmpty();
  }

  @Test
  void conditionOnAnUnknownColumnIsRefusedWithTheColumnsThereAre() {
    assertThatThrownBy(() -> readings().where("colour", "red").list())
        .isInstanceOf(SchemaException.class)
        .hasMessage(
            "table readings has no column \"colour\"; expected one of [time, device, temperature,"
                + " humidity]");
  }

  @Test
  void conditionOfTheWrongTypeIsRefused() {
    assertThatThrownBy(() -> readings().where("temperature", "warm").list())
        .isInstanceOf(VarveException.class)
        .hasMessageContaining("temperature");
  }

  @Test
  void textInAConditionIsNeverSql() {
    assertThat(readings().where("device", "a' or 'b' = 'b").list()).isEmpty();
  }

  @Test
  void orderIsByTime() {
    assertThat(readings().where("device", "a").oldestFirst().list())
        .extracting(Reading::time)
        .isSorted()
        .hasSize(72);
    assertThat(readings().where("device", "a").newestFirst().list()).first().isEqualTo(a(71));
  }

  @Test
  void limitCutsAfterOrdering() {
    assertThat(readings().where("device", "a").newestFirst().limit(2).list())
        .containsExactly(a(71), a(70));
    assertThat(readings().oldestFirst().limit(0).list()).isEmpty();
    assertThat(readings().limit(1000).list()).hasSize(108);
  }

  @Test
  void negativeLimitIsRefused() {
    assertThatThrownBy(() -> readings().limit(-1).list())
        .isInstanceOfAny(IllegalArgumentException.class, VarveException.class)
        .hasMessageContaining("-1");
  }

  @Test
  void firstIsTheFirstInOrder() {
    assertThat(readings().where("device", "a").newestFirst().first()).contains(a(71));
    assertThat(readings().where("device", "a").oldestFirst().first()).contains(a(0));
    assertThat(readings().where("device", "nobody").first()).isEmpty();
  }

  @Test
  void latestIsTheNewestRowOfEachSeries() {
    assertThat(readings().latest()).containsExactlyInAnyOrder(a(71), b(70));
    assertThat(readings().range(at(0), at(25)).latest()).containsExactlyInAnyOrder(a(24), b(24));
    assertThat(readings().where("device", "b").latest()).containsExactly(b(70));
    assertThat(readings().before(at(0)).latest()).isEmpty();
  }

  @Test
  void narrowingMakesANewQuery() {
    Query<Reading> all = readings();
    assertThat(all.where("device", "a").limit(1).list()).hasSize(1);
    assertThat(all.list()).hasSize(108);
  }

  @Test
  void streamGivesRowsInOrder() {
    try (Stream<Reading> stream = readings().where("device", "a").oldestFirst().stream()) {
      assertThat(stream).hasSize(72).startsWith(a(0)).endsWith(a(71));
    }
  }

  @Test
  void streamLeftEarlyGivesItsConnectionBack() {
    for (int round = 0; round < 50; round++) {
      try (Stream<Reading> stream = readings().stream()) {
        Iterator<Reading> rows = stream.iterator();
        assertThat(rows.next()).isNotNull();
      }
    }
    assertThat(readings().count()).isEqualTo(108);
  }

  @Test
  void useStreamClosesTheStreamEvenIfItsUserFails() {
    for (int round = 0; round < 50; round++) {
      assertThatThrownBy(
              () ->
                  readings()
                      .useStream(
                          rows -> {
                            throw new IllegalStateException("after " + rows.limit(3).count());
                          }))
          .isInstanceOf(IllegalStateException.class)
          .hasMessage("after 3");
    }
    assertThat(readings().<Long>useStream(Stream::count)).isEqualTo(108);
  }

  @Test
  void tableDescribedByTheServerIsReadAsRows() {
    assertThat(varve.from("readings").where("device", "b").newestFirst().first())
        .hasValueSatisfying(
            row -> {
              assertThat(row.names()).containsExactly("time", "device", "temperature", "humidity");
              assertThat(row.value("time")).isEqualTo(at(70));
              assertThat(row.value("humidity", Double.class)).isEqualTo(35.0);
            });
  }

  @TimeSeries(table = "readings", chunk = "1 day")
  record WholeReading(@Time Instant time, @Dimension String device, @Measure int temperature) {}

  @TimeSeries(table = "readings", chunk = "1 day")
  record ShortReading(@Time Instant time, @Dimension String device, @Measure float temperature) {}

  @Test
  void numbersAreNotCutToWhatARecordHolds() {
    Query<WholeReading> whole = varve.from(WholeReading.class).oldestFirst();
    assertCut(whole::list, "integer");
    assertCut(() -> whole.limit(1).list(), "integer");
    assertCut(whole::latest, "integer");
    assertCut(() -> whole.<Long>useStream(Stream::count), "integer");
    assertCut(() -> varve.from(ShortReading.class).list(), "real");
    for (Aggregate end :
        List.of(
            max("temperature"), first("temperature"), last("temperature"), delta("temperature"))) {
      assertThatThrownBy(() -> whole.groupBy("device").select(end.as("end")).list())
          .isInstanceOf(MappingException.class)
          .hasMessageContaining("column \"end\": it is of type double precision and declared as");
    }
  }

  private static void assertCut(ThrowingCallable answer, String declared) {
    assertThatThrownBy(answer)
        .isInstanceOf(MappingException.class)
        .hasMessageMatching(
            "reading (the latest rows of )?readings, column \"temperature\": it is of type"
                + " double precision and declared as "
                + declared
                + ", which would cut its values; expected Double");
  }

  @TimeSeries(table = "steps", chunk = "100")
  record WideStep(@Time long step, @Measure double value) {}

  @TimeSeries(table = "steps", chunk = "100")
  record LongStep(@Time long step, @Measure long value) {}

  @Test
  void numbersAreWidenedToWhatARecordHolds() {
    varve.schema().create(Table.of(Step.class));
    varve.table(Step.class).insertAll(List.of(new Step(1, 7)));
    assertThat(varve.from(WideStep.class).list()).containsExactly(new WideStep(1, 7.0));
    assertThat(varve.from(WideStep.class).where(column("value").in(6.5, 7.0)).list()).hasSize(1);
    assertThat(varve.from(WideStep.class).groupBy().select(last("value")).list())
        .hasToString("[{value_last=7.0}]");
    assertThat(varve.from(LongStep.class).where(column("value").in(7L, Long.MAX_VALUE)).list())
        .hasSize(1);
    assertThat(varve.from(LongStep.class).list()).containsExactly(new LongStep(1, 7));
  }

  @Test
  void tableThatIsNotThereIsNamed() {
    assertThatThrownBy(() -> varve.from("nowhere").list())
        .isInstanceOf(SchemaException.class)
        .hasMessageContaining("nowhere");
  }

  @TimeSeries(table = "steps", chunk = "100")
  record Step(@Time long step, @Measure int value) {}

  @Test
  void integerTimesAreReadByTheirUnits() {
    varve.schema().create(Table.of(Step.class));
    List<Step> steps = LongStream.range(-150, 150).mapToObj(i -> new Step(i, (int) i)).toList();
    varve.table(Step.class).insertAll(steps);
    assertThat(varve.from(Step.class).range(-1, 101).oldestFirst().list())
        .isEqualTo(steps.subList(149, 251));
    assertThatThrownBy(() -> varve.from(Step.class).range(NEW_YEAR, at(1)).list())
        .isInstanceOf(VarveException.class)
        .hasMessageContaining("step");
  }

  @TimeSeries(table = "days", chunk = "7 days")
  record Day(@Time LocalDate day, @Measure int value) {}

  @Test
  void datesAreReadByInstantsInUtc() {
    varve.schema().create(Table.of(Day.class));
    List<Day> days =
        IntStream.range(0, 40)
            .mapToObj(i -> new Day(LocalDate.of(2024, 2, 1).plusDays(i), i))
            .toList();
    varve.table(Day.class).insertAll(days);
    Instant from = Instant.parse("2024-02-28T00:00:00Z");
    assertThat(varve.from(Day.class).range(from, from.plusSeconds(48 * HOUR)).oldestFirst().list())
        .isEqualTo(days.subList(27, 29));
  }

  @Test
  void everyAnswerButTheLatestRowsNeedsABoundInTimeWhereItIsAskedFor() {
    try (Varve strict = strict()) {
      Query<Reading> all = strict.from(Reading.class);
      assertRefused(() -> all.explain());
      assertRefused(() -> all.statistics("temperature"));
      assertRefused(() -> all.distribution("temperature", 3));
      assertRefused(() -> all.distribution("temperature", 3, 0, 1));
      assertRefused(() -> all.downsample("temperature", Downsample.m4(2)));
      assertRefused(() -> all.downsampleEach("temperature", Downsample.m4(2)));
      assertRefused(() -> all.delta("temperature"));
      assertRefused(() -> all.deltaEach("temperature"));
      assertRefused(() -> all.topChanges("temperature", 1));
      assertThat(all.latest()).hasSize(2);
      assertThat(all.latest(List.of("a"))).containsExactly(a(71));
      Query<Reading> bounded = all.since(at(70));
      assertThat(bounded.statistics("temperature").count()).isEqualTo(3);
      assertThat(bounded.deltaEach("temperature")).hasSize(2);
      assertThat(bounded.explain().steps()).isNotEmpty();
    }
  }

  @Test
  void onlyAComparisonThatAlwaysHoldsBoundsTheTime() {
    try (Varve strict = strict()) {
      Query<Reading> all = strict.from(Reading.class);
      Condition late = column("time").ge(at(70));
      Condition first = column("time").eq(at(0));
      Condition device = column("device").eq("a");
      for (Condition unbound :
          List.of(
              column("time").isNotNull(),
              column("time").ne(at(0)),
              late.or(device),
              late.not(),
              device.and(first.or(device)))) {
        assertRefused(() -> all.where(unbound).count());
      }
      assertThat(all.where(late).count()).isEqualTo(3);
      assertThat(all.where(device.and(late)).count()).isEqualTo(2);
      assertThat(all.where(late.or(first)).count()).isEqualTo(5);
      assertThat(all.where(column("time").in(at(0), at(1))).count()).isEqualTo(3);
      assertThat(all.where(column("time").between(at(0), at(1))).count()).isEqualTo(3);
    }
  }

  /** Reads two chunks at most without a bound in time. */
  private Varve strict() {
    return Varve.builder(Preset.TEST)
        .set(Setting.URL, database.url())
        .set(Setting.USER, database.user())
        .set(Setting.PASSWORD, database.password())
        .set(Setting.UNBOUNDED_QUERIES, "refuse")
        .set(Setting.UNBOUNDED_CHUNKS, "2")
        .connect();
  }

  private static void assertRefused(ThrowingCallable answer) {
    assertThatThrownBy(answer)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageStartingWith("reading readings: no bound in time, so all its 3 chunks are read");
  }

  private Query<Reading> readings() {
    return varve.from(Reading.class);
  }
}
