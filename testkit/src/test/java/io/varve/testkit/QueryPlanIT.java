package io.varve.testkit;

import static io.varve.query.Aggregate.count;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.varve.Preset;
import io.varve.Setting;
import io.varve.Varve;
import io.varve.VarveBuilder;
import io.varve.model.Chunk;
import io.varve.model.Dimension;
import io.varve.model.Measure;
import io.varve.model.QualifiedName;
import io.varve.model.Table;
import io.varve.model.Time;
import io.varve.model.TimeSeries;
import io.varve.query.Query;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** However often a query is asked, the server plans it with its values. */
@ExtendWith(DatabaseExtension.class)
final class QueryPlanIT {

  private static final Instant START = Instant.parse("2024-01-01T00:00:00Z");

  /** The server turns to plans for any values after five runs. */
  private static final int OFTEN = 8;

  private final TestDatabase database;
  private final Varve varve;

  QueryPlanIT(TestDatabase database) {
    this.database = database;
    this.varve = connect(database.url());
  }

  private Varve connect(String url) {
    return settings(url).connect();
  }

  private VarveBuilder settings(String url) {
    return Varve.builder(Preset.TEST)
        .set(Setting.URL, url)
        .set(Setting.USER, database.user())
        .set(Setting.PASSWORD, database.password())
        .set(Setting.SSLMODE, "disable")
        .set(Setting.POOL_SIZE, "1");
  }

  @TimeSeries(table = "days", chunk = "1 day")
  record Day(@Time Instant time, @Dimension String device, @Measure int number) {}

  @BeforeEach
  void writeTwentyDays() {
    varve.schema().create(Table.of(Day.class));
    varve
        .table(Day.class)
        .insertAll(
            IntStream.range(0, 20)
                .mapToObj(i -> new Day(START.plus(Duration.ofDays(i)), "d" + i % 3, i))
                .toList());
  }

  @AfterEach
  void drop() {
    try (varve) {
      varve.schema().drop(Table.of(Day.class).name());
    }
  }

  private Query<Day> day(int number) {
    Instant start = START.plus(Duration.ofDays(number));
    return varve.from(Day.class).range(start, start.plus(Duration.ofDays(1)));
  }

  @Test
  void noStatementIsEverRunWithAPlanForAnyValues() throws SQLException {
    for (int i = 0; i < OFTEN; i++) {
      assertThat(day(i).list()).hasSize(1);
      assertThat(day(i).<List<Day>>useStream(Stream::toList)).hasSize(1);
      assertThat(day(i).limit(10).list()).hasSize(1);
      assertThat(day(i).limit(10).<List<Day>>useStream(Stream::toList)).hasSize(1);
      assertThat(day(i).count()).isEqualTo(1);
      assertThat(day(i).latest()).hasSize(1);
      assertThat(day(i).bucket(Duration.ofHours(1)).select(count()).list()).hasSize(1);
    }
    try (Connection connection = varve.dataSource().getConnection();
        Statement statement = connection.createStatement();
        ResultSet prepared =
            statement.executeQuery(
                """
                select statement, generic_plans, custom_plans from pg_prepared_statements
                where statement like '%"days"%'
                """)) {
      int found = 0;
      while (prepared.next()) {
        found++;
        assertThat(prepared.getString(1)).endsWith("/* cursor */");
        assertThat(prepared.getLong(2)).as(prepared.getString(1)).isZero();
        assertThat(prepared.getLong(3)).isEqualTo(prepared.getString(1).contains("LIMIT") ? 8 : 16);
      }
      assertThat(found).isEqualTo(2);
    }
  }

  @Test
  void streamLocksTheChunksInItsRangeAndNoOther() throws SQLException {
    List<String> chunks =
        varve.schema().chunks(Table.of(Day.class).name()).stream()
            .map(Chunk::name)
            .map(QualifiedName::sql)
            .toList();
    for (int i = 0; i < OFTEN; i++) {
      try (Stream<Day> stream = day(i).stream()) {
        assertThat(stream).isNotNull();
        assertThat(lockedAmong(chunks)).containsExactly(chunks.get(i));
      }
    }
  }

  @Test
  void newestRowsAreFoundWithoutOpeningOldChunks() throws SQLException {
    List<Chunk> chunks = varve.schema().chunks(Table.of(Day.class).name());
    List<String> devices = List.of("d0", "d1", "d2");
    try (Connection other = database.jdbc();
        Statement statement = other.createStatement();
        Varve impatient = settings(database.url()).set(Setting.LOCK_TIMEOUT, "200 ms").connect()) {
      other.setAutoCommit(false);
      statement.execute("lock table only " + chunks.get(11).name().sql());
      assertThat(impatient.from(Day.class).latest(devices))
          .extracting(Day::number)
          .containsExactly(18, 19, 17);
      assertThat(impatient.from(Day.class).newestFirst().limit(2).list())
          .extracting(Day::number)
          .containsExactly(19, 18);
      assertThatThrownBy(() -> impatient.from(Day.class).newestFirst().limit(3).list())
          .hasMessageContaining("lock timeout");
      assertThatThrownBy(() -> impatient.from(Day.class).latest(List.of("d0", "absent")))
          .hasMessageContaining("lock timeout");
      other.rollback();
      assertThat(impatient.from(Day.class).newestFirst().limit(3).list())
          .extracting(Day::number)
          .containsExactly(19, 18, 17);
      assertThat(impatient.from(Day.class).latest(List.of("d0", "absent"))).hasSize(1);
    }
  }

  private String with(String parameter) {
    return database.url() + (database.url().contains("?") ? "&" : "?") + parameter;
  }

  @Test
  void whereThePoolerForbidsItNothingIsPrepared() throws SQLException {
    try (Varve pooled = connect(with("prepareThreshold=0"))) {
      for (int i = 0; i < OFTEN; i++) {
        assertThat(pooled.from(Day.class).<Long>useStream(Stream::count)).isEqualTo(20);
        assertThat(pooled.from(Day.class).latest()).hasSize(3);
      }
      try (Connection connection = pooled.dataSource().getConnection();
          Statement statement = connection.createStatement();
          ResultSet prepared =
              statement.executeQuery("select count(*) from pg_prepared_statements")) {
        prepared.next();
        assertThat(prepared.getInt(1)).isZero();
      }
    }
  }

  private List<String> lockedAmong(List<String> chunks) throws SQLException {
    String sql =
        """
        select name from unnest(?::text[]) as chunk (name)
        where exists (select from pg_locks l join pg_stat_activity a using (pid)
                      where l.relation = name::regclass and a.state = 'idle in transaction')
        """;
    try (Connection connection = database.jdbc();
        PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setArray(1, connection.createArrayOf("text", chunks.toArray()));
      try (ResultSet locked = statement.executeQuery()) {
        List<String> names = new ArrayList<>();
        while (locked.next()) {
          names.add(locked.getString(1));
        }
        return names;
      }
    }
  }
}
