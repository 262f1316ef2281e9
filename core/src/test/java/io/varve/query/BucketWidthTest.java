package io.varve.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.varve.MappingException;
import io.varve.model.ColumnType;
import io.varve.model.ColumnType.Kind;
import io.varve.model.Row;
import io.varve.model.Table;
import io.varve.query.BucketWidth.Unit;
import java.time.Duration;
import java.time.Period;
import org.junit.jupiter.api.Test;

final class BucketWidthTest {

  private static final Table<Row> INSTANTS = table(Kind.TIMESTAMPTZ);
  private static final Table<Row> DATES = table(Kind.DATE);
  private static final Table<Row> UNITS = table(Kind.BIGINT);

  @Test
  void durationsAreExactToTheMicrosecond() {
    assertThat(BucketWidth.of(INSTANTS, Duration.ofMinutes(15)))
        .isEqualTo(new BucketWidth(Unit.MICROSECONDS, 900000000));
    assertThat(BucketWidth.of(INSTANTS, Duration.ofMinutes(15))).hasToString("15 minutes");
    assertThat(BucketWidth.of(INSTANTS, Duration.ofSeconds(1))).hasToString("1 second");
    assertThat(BucketWidth.of(INSTANTS, Duration.ofMillis(1500))).hasToString("1500 milliseconds");
    assertThat(BucketWidth.of(INSTANTS, Duration.ofNanos(1_000)))
        .isEqualTo(new BucketWidth(Unit.MICROSECONDS, 1));
    assertThatThrownBy(() -> BucketWidth.of(INSTANTS, Duration.ofNanos(1_001)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "bucket width PT0.000001001S is finer than a microsecond; expected whole microseconds");
    assertThatThrownBy(() -> BucketWidth.of(INSTANTS, Duration.ofSeconds(Long.MAX_VALUE)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageEndingWith("is too wide; expected less than 292,000 years");
  }

  @Test
  void datesTakeWholeDays() {
    assertThat(BucketWidth.of(DATES, Duration.ofDays(7))).isEqualTo(new BucketWidth(Unit.DAYS, 7));
    assertThatThrownBy(() -> BucketWidth.of(DATES, Duration.ofHours(25)))
        .isInstanceOf(MappingException.class)
        .hasMessage(
            "table samples, time column \"time\" cannot have buckets of PT25H; expected whole days");
  }

  @Test
  void periodsAreMonthsOrDays() {
    assertThat(BucketWidth.of(INSTANTS, Period.of(1, 6, 0)))
        .isEqualTo(new BucketWidth(Unit.MONTHS, 18));
    assertThat(BucketWidth.of(INSTANTS, Period.ofWeeks(2)))
        .isEqualTo(new BucketWidth(Unit.DAYS, 14));
    assertThatThrownBy(() -> BucketWidth.of(INSTANTS, Period.of(0, 1, 1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("bucket width P1M1D mixes months with days; expected one or the other");
  }

  @Test
  void periodsAreNoWiderThanDurations() {
    assertThat(BucketWidth.of(INSTANTS, Period.ofDays(106_751_991)))
        .isEqualTo(new BucketWidth(Unit.DAYS, 106_751_991));
    assertThatThrownBy(() -> BucketWidth.of(INSTANTS, Period.ofDays(106_751_992)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("bucket width P106751992D is too wide; expected at most 106751991 days");
    Bucket months = Bucket.of(Period.ofMonths(1));
    assertThatThrownBy(
            () -> BucketRules.of(INSTANTS, months.offset(Period.ofYears(Integer.MIN_VALUE))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("bucket offset P-2147483648Y is too wide; expected at most 2147483647 months");
  }

  @Test
  void widthsArePositive() {
    assertThatThrownBy(() -> BucketWidth.of(INSTANTS, Duration.ZERO))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("bucket width PT0S; expected more than zero");
    assertThatThrownBy(() -> BucketWidth.of(INSTANTS, Duration.ofSeconds(-1)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> BucketWidth.of(INSTANTS, Period.ofMonths(-1)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> BucketWidth.of(UNITS, 0L))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("bucket width 0; expected more than zero");
  }

  @Test
  void unitsAreForBigintAndNothingElse() {
    assertThat(BucketWidth.of(UNITS, 100L)).isEqualTo(new BucketWidth(Unit.UNITS, 100));
    assertThatThrownBy(() -> BucketWidth.of(UNITS, Duration.ofHours(1)))
        .isInstanceOf(MappingException.class)
        .hasMessage(
            "table samples, time column \"time\" is of type bigint; expected a long as the bucket"
                + " width, found PT1H");
    assertThatThrownBy(() -> BucketWidth.of(DATES, 7L))
        .isInstanceOf(MappingException.class)
        .hasMessage(
            "table samples, time column \"time\" is of type date; expected a Duration or Period as"
                + " the bucket width, found 7");
  }

  private static Table<Row> table(Kind kind) {
    return Table.builder("samples")
        .time("time", ColumnType.of(kind))
        .chunk(kind == Kind.BIGINT ? "100" : "7 days")
        .build();
  }
}
