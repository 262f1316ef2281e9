package io.varve.testkit;

import io.varve.Preset;
import io.varve.Setting;
import io.varve.Varve;
import io.varve.model.ColumnType;
import io.varve.model.ColumnType.Kind;
import io.varve.model.Measure;
import io.varve.model.Row;
import io.varve.model.Table;
import io.varve.model.Time;
import io.varve.model.TimeSeries;
import io.varve.query.Query;
import java.sql.SQLException;
import java.time.Instant;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** A table with a tick of every second, and a Varve with a single connection. */
final class Ticks implements AutoCloseable {

  static final Instant START = Instant.parse("2024-01-01T00:00:00Z");
  static final int ROWS = 12_000;

  private final TestDatabase database;
  private final Varve varve;

  Ticks(TestDatabase database) {
    this.database = database;
    this.varve = connect(database, 1);
  }

  static Varve connect(TestDatabase database, int poolSize) {
    return Varve.builder(Preset.TEST)
        .set(Setting.URL, database.url())
        .set(Setting.USER, database.user())
        .set(Setting.PASSWORD, database.password())
        .set(Setting.SSLMODE, "disable")
        .set(Setting.POOL_SIZE, Integer.toString(poolSize))
        .set(Setting.ACQUIRE_TIMEOUT, "2 s")
        .set(Setting.STATEMENT_TIMEOUT, "0")
        .connect();
  }

  @TimeSeries(table = "ticks", chunk = "1 hour")
  record Tick(@Time Instant time, @Measure int number, @Measure @Nullable Double value) {}

  /** Into a new table; one has no value. */
  void write() {
    varve.schema().create(Table.of(Tick.class));
    varve
        .table(Tick.class)
        .insertAll(
            IntStream.range(0, ROWS)
                .mapToObj(i -> new Tick(START.plusSeconds(i), i, i == ROWS - 1000 ? null : i / 2.0))
                .toList());
  }

  Varve varve() {
    return varve;
  }

  Query<Tick> all() {
    return varve.from(Tick.class);
  }

  /** The same rows, at one of which the server falls asleep. */
  Table<Row> sleeping() throws SQLException {
    Sessions.execute(
        database,
        """
        create view watched as
        select time, number, case when number = 11000
          then (select 0.0 from pg_sleep(600 + number * 0)) else value end as value
        from ticks
        """);
    return Table.builder("watched")
        .time("time", ColumnType.of(Kind.TIMESTAMPTZ))
        .measure("number", ColumnType.of(Kind.INTEGER))
        .measure("value", ColumnType.of(Kind.DOUBLE))
        .build();
  }

  @Override
  public void close() throws SQLException {
    try (varve) {
      Sessions.execute(database, "drop view if exists watched");
      varve.schema().drop(Table.of(Tick.class).name());
    }
  }
}
