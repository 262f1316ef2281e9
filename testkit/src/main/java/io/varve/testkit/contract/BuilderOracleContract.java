package io.varve.testkit.contract;

import static java.util.stream.Collectors.toList;
import static org.assertj.core.api.Assertions.assertThat;

import io.varve.Tier;
import io.varve.Varve;
import io.varve.model.Row;
import io.varve.model.Table;
import io.varve.query.Columns;
import io.varve.query.ResultColumn;
import io.varve.query.Results;
import io.varve.testkit.DatabaseExtension;
import io.varve.testkit.TestDatabase;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Random queries on random rows, each answer compared with one worked out here, row by row, from
 * what the documentation promises.
 *
 * <p>The system property {@code varve.oracle.queries} says how many, {@code varve.oracle.seed}
 * where to begin. Rounds have seeds of their own, one after the other: a round that fails is run
 * alone with the seed it prints and {@code varve.oracle.queries} of no more than a round's.
 */
@ExtendWith({DatabaseExtension.class, VarveExtension.class})
final class BuilderOracleContract {

  private static final int QUERIES_PER_ROUND = 50;

  /** TimescaleDB is asked itself about the buckets of every tenth query. */
  private static final int QUERIES_PER_NATIVE_ONE = 10;

  private final TestDatabase database;
  private final Varve varve;

  BuilderOracleContract(TestDatabase database, Varve varve) {
    this.database = database;
    this.varve = varve;
  }

  @BeforeEach
  void createTheTables() {
    RandomRows.tables().forEach(varve.schema()::create);
  }

  @Test
  void everyAnswerIsTheOneWorkedOutRowByRow() throws SQLException {
    long seed = Long.getLong("varve.oracle.seed", 1);
    int queries = Integer.getInteger("varve.oracle.queries", 400);
    List<String> failures = new ArrayList<>();
    for (int done = 0; done < queries; done += QUERIES_PER_ROUND, seed++) {
      failures.addAll(round(seed, Math.min(QUERIES_PER_ROUND, queries - done)));
    }
    assertThat(failures).isEmpty();
  }

  /** New rows in two tables, and questions about them. */
  private List<String> round(long seed, int queries) throws SQLException {
    Random random = new Random(seed);
    List<Table<Row>> tables = new ArrayList<>(RandomRows.tables());
    RandomRows rows = new RandomRows(random);
    NaiveTable table = write(rows.fill(tables.get(random.nextInt(tables.size()))));
    tables.remove(table.table());
    NaiveTable other = write(rows.fill(tables.get(random.nextInt(tables.size()))));
    if (random.nextBoolean()) {
      Sql.execute(database, "ANALYZE " + table.table().name().sql());
    }
    List<String> failures = new ArrayList<>();
    for (int i = 0; i < queries; i++) {
      String place = "varve.oracle.seed=%d, query %d of its round".formatted(seed, i);
      long querySeed = random.nextLong();
      Optional<String> difference = check(new Random(querySeed), table, other);
      if (difference.isEmpty() && i % QUERIES_PER_NATIVE_ONE == 0) {
        difference = nativeDifference(new RandomQueries(new Random(querySeed)).of(table));
      }
      difference.map(it -> place + "\n" + it).ifPresent(failures::add);
    }
    return failures;
  }

  private Optional<String> nativeDifference(NaiveQuery query) throws SQLException {
    return varve.capabilities().tier() == Tier.PLAIN
        ? Optional.empty()
        : new NativeBuckets(database).difference(query);
  }

  private NaiveTable write(NaiveTable table) throws SQLException {
    Sql.execute(database, "TRUNCATE " + table.table().name().sql());
    varve.table(table.table()).insertAll(table.rows());
    return table;
  }

  private Optional<String> check(Random random, NaiveTable table, NaiveTable other) {
    RandomQueries queries = new RandomQueries(random);
    NaiveQuery query = queries.of(table);
    NaiveAnswer expected = NaiveEvaluation.of(query);
    if (random.nextInt(8) > 0 || !query.orderings.isEmpty()) {
      return check(random, query.toString(), () -> query.ask(varve), expected);
    }
    boolean full = random.nextBoolean();
    NaiveQuery beside = queries.beside(query, fits(other, query) ? other : table);
    NaiveAnswer joined =
        expected.join(
            NaiveEvaluation.of(beside), full, random.nextInt(4) == 0 ? 5 : Long.MAX_VALUE);
    return check(
        random,
        query + (full ? "\nfull join " : "\njoin ") + beside,
        () ->
            (full
                    ? query.ask(varve).fullJoin(beside.ask(varve))
                    : query.ask(varve).join(beside.ask(varve)))
                .limit(joined.limit()),
        joined);
  }

  private static boolean fits(NaiveTable table, NaiveQuery query) {
    return table.timeKind() == query.table.timeKind() && table.columns().containsAll(query.groups);
  }

  private Optional<String> check(
      Random random, String query, Supplier<Results> results, NaiveAnswer expected) {
    Optional<String> difference;
    try {
      difference = difference(random, results.get(), expected);
    } catch (RuntimeException | AssertionError e) {
      StringWriter trace = new StringWriter();
      e.printStackTrace(new PrintWriter(trace));
      difference = Optional.of(trace.toString());
    }
    return difference.map(it -> query + "\n" + it + "\nexpected " + expected.limited());
  }

  private static Optional<String> difference(Random random, Results results, NaiveAnswer expected) {
    List<ResultColumn> columns =
        expected.columns().stream().map(it -> new ResultColumn(it.name(), it.type())).toList();
    if (!results.columns().equals(columns)) {
      return Optional.of("columns %s instead of %s".formatted(results.columns(), columns));
    }
    List<List<@Nullable Object>> found =
        switch (random.nextInt(5)) {
          case 0 -> ofArrays(results.arrays(), columns);
          case 1 -> ofMaps(results.maps(), columns);
          case 2 -> ofRows(results.<List<Row>>useStream(Stream::toList));
          default -> ofRows(results.list());
        };
    return expected.difference(found).map(it -> it + "\nfound " + found);
  }

  private static List<List<@Nullable Object>> ofRows(List<Row> rows) {
    return rows.stream().map(row -> new ArrayList<>(row.asMap().values())).collect(toList());
  }

  private static List<List<@Nullable Object>> ofMaps(
      List<Map<String, @Nullable Object>> maps, List<ResultColumn> columns) {
    List<List<@Nullable Object>> rows = new ArrayList<>();
    for (Map<String, @Nullable Object> map : maps) {
      List<@Nullable Object> row = new ArrayList<>();
      columns.forEach(it -> row.add(map.get(it.name())));
      rows.add(row);
    }
    return rows;
  }

  private static List<List<@Nullable Object>> ofArrays(Columns arrays, List<ResultColumn> columns) {
    List<List<@Nullable Object>> rows = new ArrayList<>();
    for (int i = 0; i < arrays.size(); i++) {
      rows.add(new ArrayList<>());
    }
    for (ResultColumn column : columns) {
      List<@Nullable Object> values = new ArrayList<>(arrays.objects(column.name()));
      if (column.type().isNumeric()) {
        requireSame(arrays.doubles(column.name()), values);
      }
      if (column.type().isTime() && arrays.nulls(column.name()).isEmpty()) {
        requireSame(arrays.longs(column.name()), values);
      }
      for (int i = 0; i < arrays.size(); i++) {
        rows.get(i).add(values.get(i));
      }
    }
    return rows;
  }

  private static void requireSame(double[] doubles, List<@Nullable Object> values) {
    for (int i = 0; i < doubles.length; i++) {
      Object value = values.get(i);
      double expected = value == null ? Double.NaN : ((Number) value).doubleValue();
      assertThat(doubles[i]).isEqualTo(Double.valueOf(expected));
    }
  }

  private static void requireSame(long[] longs, List<@Nullable Object> values) {
    for (int i = 0; i < longs.length; i++) {
      assertThat(longs[i]).isEqualTo(NaiveTime.of(Objects.requireNonNull(values.get(i))));
    }
  }
}
