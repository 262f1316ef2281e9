package io.varve.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.varve.Varve;
import io.varve.ingest.RowFailure;
import io.varve.ingest.TableWriter;
import io.varve.ingest.WriteOptions;
import io.varve.ingest.WriteResult;
import io.varve.model.Dimension;
import io.varve.model.Measure;
import io.varve.model.Table;
import io.varve.model.Time;
import io.varve.model.TimeSeries;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.List;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What isolating refused rows costs, counted on the wire. */
@ExtendWith(DatabaseExtension.class)
final class RoundTripsIT {

  private static final Instant START = Instant.parse("2024-01-01T00:00:00Z");
  private static final int ROWS = 10_000;

  @TimeSeries(table = "measured", chunk = "1 day")
  record Measured(@Time Instant time, @Dimension String device, @Measure double value) {}

  private final TestDatabase database;
  private TcpProxy proxy;
  private Varve varve;
  private TableWriter<Measured> writer;

  RoundTripsIT(TestDatabase database) {
    this.database = database;
  }

  @BeforeEach
  void create() throws SQLException {
    proxy = TcpProxy.before(database);
    varve = proxy.connect();
    varve.schema().create(Table.of(Measured.class));
    try (Connection connection = database.jdbc();
        Statement statement = connection.createStatement()) {
      statement.execute("alter table measured add constraint positive check (value >= 0)");
    }
    writer = varve.table(Measured.class);
    writer.insertAll(rows(i -> i == 50), WriteOptions.<Measured>append().isolating());
  }

  @AfterEach
  void drop() {
    varve.schema().drop(Table.of(Measured.class).name());
    varve.close();
    proxy.close();
  }

  private static List<Measured> rows(IntPredicate bad) {
    return IntStream.range(0, ROWS)
        .mapToObj(i -> new Measured(START.plusSeconds(i), "d" + i % 20, bad.test(i) ? -1 : i))
        .toList();
  }

  /** Round trips of one call. */
  private long cost(IntPredicate bad) {
    long before = proxy.roundTrips();
    writer.insertAll(rows(bad), WriteOptions.<Measured>append().isolating());
    return proxy.roundTrips() - before;
  }

  @Test
  void oneRefusedRowCostsTwoRoundTripsAtMost() {
    long clean = cost(i -> false);
    for (int bad : new int[] {0, 1, 5_000, ROWS - 1}) {
      assertThat(cost(i -> i == bad) - clean).as("row %d", bad).isBetween(0L, 2L);
    }
  }

  @Test
  void ofOneInHundredRefusedEachIsNamedAndTheOthersAreIn() throws SQLException {
    long before = count();
    WriteResult result =
        writer.insertAll(rows(i -> i % 100 == 7), WriteOptions.<Measured>append().isolating());
    assertThat(result.written()).isEqualTo(ROWS - ROWS / 100);
    assertThat(count() - before).isEqualTo(ROWS - ROWS / 100);
    assertThat(result.failures())
        .extracting(RowFailure::index)
        .containsExactlyInAnyOrderElementsOf(
            IntStream.range(0, ROWS / 100).mapToObj(i -> i * 100L + 7).toList());
    assertThat(result.failures())
        .allSatisfy(failure -> assertThat(failure.constraint()).isEqualTo("positive"));
  }

  private long count() throws SQLException {
    try (Connection connection = database.jdbc();
        Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery("select count(*) from measured")) {
      result.next();
      return result.getLong(1);
    }
  }
}
