package io.varve.query;

import static org.assertj.core.api.Assertions.assertThat;

import io.varve.model.Column;
import io.varve.model.ColumnType;
import io.varve.model.ColumnType.Kind;
import io.varve.model.Row;
import io.varve.model.Table;
import java.time.Duration;
import java.time.Instant;
import java.time.Period;
import java.time.ZoneId;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** The statements as they are sent. */
final class SqlTest {

  static final Dialect DIALECT = dialect(18);

  private static final Table<Row> READINGS =
      Table.builder("readings")
          .time("time", ColumnType.of(Kind.TIMESTAMPTZ))
          .dimension("device", ColumnType.of(Kind.TEXT))
          .measure("say \"hi\"", ColumnType.of(Kind.DOUBLE))
          .build();

  private static final Selection<Row> JANUARY =
      Selection.all(READINGS)
          .within(
              Range.of(
                  Instant.parse("2024-01-01T00:00:00Z"), Instant.parse("2024-02-01T00:00:00Z")));

  private static Dialect dialect(int postgres) {
    return new Dialect(
        "varve.time_bucket", postgres, true, (connection, table, chunks) -> OptionalLong.empty());
  }

  @Test
  void rowsAreSelectedByBoundValuesAndQuotedNames() {
    Sql sql =
        RowSql.rows(
            JANUARY
                .and(Condition.column("device").eq("d7"))
                .and(Condition.column("say \"hi\"").isNull())
                .ordered(Order.NEWEST_FIRST)
                .limited(10));
    assertThat(sql)
        .isEqualTo(
            new Sql(
                "SELECT \"time\", \"device\", \"say \"\"hi\"\"\" FROM \"public\".\"readings\""
                    + " WHERE \"time\" >= ? AND \"time\" < ? AND \"device\" = ?"
                    + " AND \"say \"\"hi\"\"\" IS NULL ORDER BY \"time\" DESC LIMIT ?",
                List.of(
                    Bind.untyped("2024-01-01 00:00:00+00"),
                    Bind.untyped("2024-02-01 00:00:00+00"),
                    Bind.untyped("d7"),
                    Bind.bigint(10))));
  }

  @Test
  void oneOfManyValuesIsOneArray() {
    Sql sql =
        RowSql.rows(
            Selection.all(READINGS)
                .and(Condition.column("device").in("d7", "say \"hi\"", "\\", "NULL"))
                .and(Condition.column("device").in("d7")));
    assertThat(sql.text())
        .endsWith(" FROM \"public\".\"readings\" WHERE \"device\" = ANY (?) AND \"device\" = ?");
    assertThat(sql.binds())
        .containsExactly(
            Bind.untyped("{\"d7\",\"say \\\"hi\\\"\",\"\\\\\",\"NULL\"}"), Bind.untyped("d7"));
  }

  @Test
  void everythingIsSelectedWithoutAWhereClause() {
    assertThat(RowSql.rows(Selection.all(READINGS)).text())
        .isEqualTo("SELECT \"time\", \"device\", \"say \"\"hi\"\"\" FROM \"public\".\"readings\"");
  }

  @Test
  void limitIsCounted() {
    assertThat(RowSql.count(Selection.all(READINGS)).text())
        .isEqualTo("SELECT count(*) FROM \"public\".\"readings\"");
    assertThat(RowSql.count(Selection.all(READINGS).limited(5)).text())
        .isEqualTo(
            "SELECT count(*) FROM (SELECT 1 FROM \"public\".\"readings\" LIMIT ?) AS selected");
  }

  @Test
  void bucketsAreGroupedAndOrderedByPosition() {
    Column<?, ?> device = READINGS.column("device");
    Buckets buckets =
        Buckets.of(
                JANUARY.ordered(Order.NEWEST_FIRST),
                Optional.of(BucketRules.of(READINGS, Bucket.of(Duration.ofHours(1)))))
            .limited(5)
            .groupedBy(List.of(device))
            .selecting(List.of(AggregateColumn.of(READINGS, Aggregate.count())));
    assertThat(BucketSql.of(DIALECT, buckets, Optional.empty()).text())
        .isEqualTo(
            "SELECT varve.time_bucket(interval '3600000000 microseconds', \"time\") AS c1,"
                + " \"device\" AS c2, count(*) AS c3 FROM \"public\".\"readings\" WHERE \"time\" >= ? AND \"time\" < ?"
                + " GROUP BY 1, 2 ORDER BY 1 DESC, 2 LIMIT ?");
  }

  @Test
  void lastIsTheValueOfTheGreatestPair() {
    Buckets buckets =
        Buckets.of(JANUARY, Optional.empty())
            .selecting(List.of(AggregateColumn.of(READINGS, Aggregate.last("device"))));
    String pair = "ROW(CAST(\"time\" AS timestamp with time zone), CAST(\"device\" AS text))";
    String columns = " AS pair (t timestamp with time zone, v text)) AS c1 FROM ";
    assertThat(BucketSql.of(DIALECT, buckets, Optional.empty()).text())
        .contains("(SELECT pair.v FROM unnest(ARRAY[max(" + pair + ")])" + columns);
    assertThat(BucketSql.of(dialect(17), buckets, Optional.empty()).text())
        .contains("(SELECT pair.v FROM unnest(max(ARRAY[" + pair + "]))" + columns);
  }

  /** Egypt's digits are none of SQL's. */
  @Test
  void numbersInStatementsAreTheSameInEveryLocale() {
    Locale before = Locale.getDefault();
    Locale.setDefault(Locale.forLanguageTag("ar-EG-u-nu-arab"));
    try {
      assertThat("%d".formatted(7)).isNotEqualTo("7");
      Aggregate[] aggregates = {
        Aggregate.histogram("say \"hi\"", -1.5, 1e10, 7),
        Aggregate.percentile("say \"hi\"", 0.95),
        Aggregate.rate("say \"hi\""),
        Aggregate.timeWeightedAvg("say \"hi\"")
      };
      for (Bucket bucket :
          List.of(
              Bucket.of(Duration.ofMinutes(7)).offset(Duration.ofSeconds(3)),
              Bucket.of(Duration.ofHours(6)).in(ZoneId.of("+05:45")),
              Bucket.of(Period.ofMonths(5)).in(ZoneId.of("Africa/Cairo")).offset(Period.ofDays(3)),
              Bucket.of(Period.ofDays(2)).origin(Instant.parse("2024-01-02T03:04:05Z")))) {
        Buckets buckets =
            Buckets.of(JANUARY, Optional.of(BucketRules.of(READINGS, bucket)))
                .selecting(
                    Arrays.stream(aggregates).map(it -> AggregateColumn.of(READINGS, it)).toList())
                .filled(Fill.linear())
                .filled("say \"hi\"_histogram", Fill.nulls())
                .moving(List.of(Moving.avg("say \"hi\"_p95", 12)));
        assertThat(BucketSql.of(DIALECT, buckets, Optional.empty()).text())
            .contains("11 PRECEDING")
            .matches(text -> text.chars().allMatch(character -> character < 128));
      }
    } finally {
      Locale.setDefault(before);
    }
  }

  @Test
  void seriesAreWalkedInTheOrderOfTheIndex() {
    Sql sql = new LatestSql(JANUARY).latest(new SeriesIndex(List.of("device"), List.of("device")));
    assertThat(sql.text())
        .startsWith(
            "SELECT newest.* FROM ((WITH RECURSIVE series (d1) AS ((SELECT \"device\" FROM"
                + " \"public\".\"readings\" AS stored WHERE \"time\" >= ? AND \"time\" < ? ORDER BY"
                + " \"device\" LIMIT 1) UNION ALL")
        .endsWith(
            " UNION ALL (SELECT DISTINCT ON (\"device\") \"time\", \"device\", \"say \"\"hi\"\"\""
                + " FROM \"public\".\"readings\" WHERE (\"device\" IS NULL) AND \"time\" >= ?"
                + " AND \"time\" < ? ORDER BY \"device\", \"time\" DESC)) AS newest"
                + " ORDER BY newest.\"device\"");
    assertThat(sql.binds()).hasSize(8);
  }
}
