package io.varve.testkit.contract;

import static io.varve.testkit.contract.Readings.NASTY;
import static io.varve.testkit.contract.Readings.at;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.varve.ConstraintException;
import io.varve.DataException;
import io.varve.MappingException;
import io.varve.SchemaException;
import io.varve.Varve;
import io.varve.model.Json;
import io.varve.model.Row;
import io.varve.query.NamedSql;
import io.varve.testkit.DatabaseExtension;
import io.varve.testkit.TestDatabase;
import io.varve.testkit.contract.Readings.Reading;
import java.math.BigDecimal;
import java.sql.SQLException;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What SQL with named parameters answers: rows, records, numbers of rows, and streams. */
@ExtendWith({DatabaseExtension.class, VarveExtension.class})
final class NamedSqlAnswerContract {

  private final TestDatabase database;
  private final Varve varve;
  private final Readings readings;

  NamedSqlAnswerContract(TestDatabase database, Varve varve) {
    this.database = database;
    this.varve = varve;
    this.readings = Readings.write(varve);
  }

  @Test
  void recordsAreReadByTheirColumns() {
    List<Reading> read =
        varve
            .sql(
                """
                SELECT * FROM readings
                 WHERE device = :device AND time >= :from AND time < :to ORDER BY time
                """)
            .bind("device", "a")
            .bind("from", at(3))
            .bind("to", at(6))
            .list(Reading.class);
    assertThat(read).containsExactly(new Reading(at(4), "a", 4, null));
  }

  record Hottest(Optional<String> deviceName, long rows, @Nullable Double hottest) {}

  @Test
  void anyRecordTakesAnAnswer() {
    NamedSql sql =
        varve.sql(
            """
            SELECT device AS device_name, count(*) AS rows, max(temperature) AS hottest, 1 AS other
              FROM readings WHERE device = :device GROUP BY device
            """);
    assertThat(sql.bind("device", NASTY).first(Hottest.class))
        .contains(new Hottest(Optional.of(NASTY), 24, 47.0));
    assertThat(sql.bind("device", "nobody").first(Hottest.class)).isEmpty();
  }

  record Wrong(int rows) {}

  record Missing(long rows, double nothing) {}

  @Test
  void recordsThatDoNotFitAreRefusedByName() {
    NamedSql sql = varve.sql("SELECT count(*) AS rows FROM readings");
    assertThatThrownBy(() -> sql.list(Wrong.class))
        .isInstanceOf(MappingException.class)
        .hasMessageEndingWith(
            "record Wrong, component rows is of type int; expected java.lang.Long for column"
                + " \"rows\" of type bigint, or a cast to integer");
    assertThatThrownBy(() -> sql.list(Missing.class))
        .isInstanceOf(MappingException.class)
        .hasMessageEndingWith(
            "record Missing, component nothing: no columns \"nothing\"; expected one among [rows]");
    assertThatThrownBy(() -> varve.sql("SELECT null::bigint AS rows").list(Missing.class))
        .isInstanceOf(MappingException.class);
    assertThatThrownBy(() -> varve.sql("SELECT 1 AS a, 2 AS a").list())
        .isInstanceOf(MappingException.class)
        .hasMessageContaining("two columns \"a\"");
    assertThatThrownBy(() -> varve.sql("SELECT '1 h'::interval AS a").list())
        .isInstanceOf(MappingException.class)
        .hasMessageContaining("column \"a\": it is of type interval")
        .hasMessageContaining("::text");
  }

  @Test
  void nothingIsWrittenWhereTheAnswerIsRefused() {
    varve.sql("CREATE TABLE notes (note text, length interval, number bigint)").execute();
    String insert = "INSERT INTO notes VALUES ('x', '1 h', %s) RETURNING ";
    NamedSql noSuchColumn = varve.sql(insert.formatted("1") + "number AS rows");
    assertThatThrownBy(() -> noSuchColumn.list(Missing.class)).hasMessageContaining("\"nothing\"");
    assertThatThrownBy(() -> noSuchColumn.first(Missing.class))
        .isInstanceOf(MappingException.class);
    NamedSql noSuchClass = varve.sql(insert.formatted("1") + "length");
    assertThatThrownBy(noSuchClass::list).hasMessageContaining("of type interval");
    NamedSql nullNumber = varve.sql(insert.formatted("NULL") + "number");
    assertThatThrownBy(() -> nullNumber.list(Numbered.class)).hasMessageContaining("null");
    NamedSql inWith =
        varve.sql("WITH w AS (" + insert.formatted("1") + "length) SELECT length FROM w");
    assertThatThrownBy(inWith::first).isInstanceOf(MappingException.class);
    assertThat(varve.sql("SELECT * FROM notes").execute()).isZero();
    assertThat(noSuchColumn.list()).hasSize(1);
    assertThat(varve.sql("DROP TABLE notes").execute()).isZero();
  }

  record Numbered(long number) {}

  record Sums(BigDecimal sum, double average, long count) {}

  @Test
  void smallerNumbersAreWidened() {
    assertThat(
            varve.sql("SELECT 1 AS sum, 2::real AS average, 3::smallint AS count").list(Sums.class))
        .containsExactly(new Sums(BigDecimal.ONE, 2, 3));
  }

  @Test
  void statementsWithoutAnAnswerTellHowManyRowsTheyWrote() {
    NamedSql delete = varve.sql("DELETE FROM readings WHERE device = :device");
    assertThat(delete.bind("device", "a").execute()).isEqualTo(24);
    assertThat(delete.bind("device", "a").execute()).isZero();
    assertThat(varve.sql("CREATE TABLE notes (note text CHECK (note <> ''));").execute()).isZero();
    NamedSql insert = varve.sql("INSERT INTO notes VALUES (:note), (:note) RETURNING note");
    assertThat(insert.bind("note", NASTY).execute()).isEqualTo(2);
    assertThat(insert.bind("note", "?").list()).containsExactly(note("?"), note("?"));
    assertThatThrownBy(() -> insert.bind("note", "").list())
        .isInstanceOf(ConstraintException.class)
        .hasMessageStartingWith("running \"INSERT INTO notes");
    assertThatThrownBy(() -> varve.sql("DELETE FROM notes").list())
        .isInstanceOf(MappingException.class)
        .hasMessageContaining("expected execute()");
    assertThat(insert.bind("note", "x").first()).contains(note("x"));
    assertThat(varve.sql("SELECT * FROM notes").list()).hasSize(6);
    assertThat(varve.sql("DROP TABLE notes").execute()).isZero();
  }

  private static Row note(String note) {
    return new Row(List.of("note"), note);
  }

  @Test
  void errorsOfTheServerAreVarves() {
    assertThatThrownBy(() -> readings.one("SELECT 1 / :x", 0)).isInstanceOf(DataException.class);
    assertThatThrownBy(() -> readings.one("SELECT nothing FROM readings WHERE device = :x", "a"))
        .isInstanceOf(SchemaException.class)
        .hasMessageContaining("nothing");
    assertThatThrownBy(() -> varve.sql("SELECT x.time FROM readings").list())
        .isInstanceOf(SchemaException.class)
        .hasMessageEndingWith("\"x\"");
  }

  @Test
  void streamsReadRowByRow() {
    NamedSql sql = varve.sql("SELECT * FROM readings WHERE device = :device ORDER BY time");
    NamedSql a = sql.bind("device", "a");
    List<Double> temperatures =
        a.useStream(Reading.class, rows -> rows.map(Reading::temperature).toList());
    assertThat(temperatures).hasSize(24).startsWith(0.0, 2.0);
    assertThat(a.<Long>useStream(Stream::count)).isEqualTo(24);
    for (int round = 0; round < 30; round++) {
      try (Stream<Row> rows = a.stream()) {
        Iterator<Row> iterator = rows.iterator();
        assertThat(iterator.next().value("device")).isEqualTo("a");
      }
    }
    assertThatThrownBy(() -> varve.sql("DELETE FROM readings RETURNING time").stream())
        .isInstanceOf(MappingException.class)
        .hasMessageContaining("a stream only reads");
    assertThatThrownBy(() -> varve.sql("SELEC 1").stream())
        .isInstanceOf(SchemaException.class)
        .hasMessageContaining("syntax error at or near \"SELEC\"");
    NamedSql writing =
        varve.sql(
            """
            WITH gone AS (DELETE FROM readings WHERE device = :device RETURNING device)
            SELECT count(*) AS n FROM gone
            """);
    assertThatThrownBy(() -> writing.bind("device", "a").stream())
        .isInstanceOf(MappingException.class)
        .hasMessageContaining("a stream only reads");
    assertThat(varve.from(Reading.class).count()).isEqualTo(48);
    assertThat(writing.bind("device", "a").first().orElseThrow().value("n")).isEqualTo(24L);
    assertThat(varve.from(Reading.class).count()).isEqualTo(24);
  }

  @Test
  void typesBesidesTheModelsAreReadInListsAndStreams() throws SQLException {
    Sql.execute(database, "CREATE TYPE mood AS ENUM ('HAPPY', 'SAD')");
    try {
      NamedSql sql =
          varve.sql(
              """
                SELECT 26::oid AS o, 'n'::name AS n, '{"a": 1}'::json AS j, 'v'::varchar(3) AS v,
                       'c'::char(3) AS c, 'SAD'::mood AS m, ARRAY['SAD'::mood] AS ms, :x AS x
                """);
      Row expected =
          new Row(
              List.of("o", "n", "j", "v", "c", "m", "ms", "x"),
              26L,
              "n",
              new Json("{\"a\": 1}"),
              "v",
              "c  ",
              "SAD",
              List.of("SAD"),
              "x");
      assertThat(sql.bind("x", "x").list()).containsExactly(expected);
      List<Row> streamed = sql.bind("x", "x").useStream(Stream::toList);
      assertThat(streamed).containsExactly(expected);
      assertThat(varve.sql("VACUUM readings").execute()).isZero();
      assertThat(varve.sql("SELECT pg_advisory_unlock_all()").list()).hasSize(1);
    } finally {
      Sql.execute(database, "DROP TYPE mood");
    }
  }

  @Test
  void streamOfManyRowsOfNarrowColumnsIsComplete() {
    assertThat(
            varve
                .sql("SELECT i, i::text AS text FROM generate_series(1, :n) AS i")
                .bind("n", 12_345)
                .<Long>useStream(rows -> rows.mapToLong(row -> (int) row.value(0)).sum()))
        .isEqualTo(12_345L * 12_346 / 2);
  }
}
