package io.varve.cli.demo;

import io.varve.Varve;
import io.varve.cli.csv.CsvFormat;
import io.varve.cli.csv.CsvFormat.HeaderRule;
import io.varve.cli.csv.CsvInput;
import io.varve.cli.csv.CsvRow;
import io.varve.cli.csv.CsvRows;
import io.varve.cli.csv.DecimalMark;
import io.varve.cli.csv.LocalZone;
import io.varve.cli.csv.NullTexts;
import io.varve.cli.csv.RowParser;
import io.varve.cli.csv.Sample;
import io.varve.cli.ingest.IngestPlan;
import io.varve.cli.ingest.IngestRequest;
import io.varve.cli.ingest.NewTablePlanner;
import io.varve.cli.ingest.OnConflict;
import io.varve.cli.ingest.Statistics;
import io.varve.cli.shell.CommandException;
import io.varve.jdbc.Identifiers;
import io.varve.jdbc.SqlErrors;
import io.varve.model.Column;
import io.varve.model.QualifiedName;
import io.varve.model.Row;
import io.varve.model.Table;
import java.io.InputStream;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongConsumer;

/**
 * The two tables of the demo. A comment marks them as its own; a table of that name without it is
 * somebody's, and is left alone. One that is just like the demo's and empty is what a demo left
 * that ended before it could mark it.
 */
public final class DemoTables {

  /** Weekly CO₂ at Mauna Loa. */
  public static final QualifiedName CO2 = QualifiedName.parse("demo_co2");

  /** Generated sensors. */
  public static final QualifiedName SENSORS = QualifiedName.parse("demo_sensors");

  private static final String MARK = "made by varve demo, which replaces it when it runs again";

  private static final Map<QualifiedName, List<String>> COLUMNS =
      Map.of(
          CO2, List.of("time", "co2"),
          SENSORS, List.of("time", "sensor", "temperature", "humidity"));

  private static final String FIND_COMMENT =
      """
      SELECT coalesce(obj_description(c.oid, 'pg_class'), '')
      FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
      WHERE n.nspname = ? AND c.relname = ?
      """;

  private final Varve varve;

  public DemoTables(Varve varve) {
    this.varve = varve;
  }

  /** Drops the tables of an earlier demo; refuses if one of the names is taken by another table. */
  public boolean clear() {
    boolean co2 = isOurs(CO2);
    boolean sensors = isOurs(SENSORS);
    if (co2) {
      varve.schema().drop(CO2);
    }
    if (sensors) {
      varve.schema().drop(SENSORS);
    }
    return co2 || sensors;
  }

  private boolean isOurs(QualifiedName name) {
    Optional<String> comment = comment(name);
    boolean isOther = comment.isPresent() && !comment.get().equals(MARK);
    if (isOther && !(comment.get().isEmpty() && isUnfinished(name))) {
      throw CommandException.failure(
          "there is a table " + name + " that the demo did not make; it is left as it is",
          "rename it, or run the demo on another database with --url");
    }
    return comment.isPresent();
  }

  private boolean isUnfinished(QualifiedName name) {
    if (!varve.schema().exists(name)) {
      return false;
    }
    List<String> columns =
        varve.schema().inspect(name).columns().stream().<String>map(Column::name).toList();
    return columns.equals(COLUMNS.get(name))
        && varve.from(name.toString()).limit(1).list().isEmpty();
  }

  private Optional<String> comment(QualifiedName name) {
    try (Connection connection = varve.dataSource().getConnection();
        PreparedStatement find = connection.prepareStatement(FIND_COMMENT)) {
      find.setString(1, name.schema());
      find.setString(2, name.name());
      try (ResultSet found = find.executeQuery()) {
        return found.next() ? Optional.of(found.getString(1)) : Optional.empty();
      }
    } catch (SQLException e) {
      throw SqlErrors.translate("looking for table " + name, e);
    }
  }

  private void create(Table<?> table) {
    varve.schema().create(table);
    try (Connection connection = varve.dataSource().getConnection();
        Statement comment = connection.createStatement()) {
      comment.execute(
          "COMMENT ON TABLE " + table.name().sql() + " IS " + Identifiers.literal(MARK));
    } catch (SQLException e) {
      throw SqlErrors.translate("marking table " + table.name(), e);
    }
  }

  /** Loads the record that ships with Varve; returns its rows. */
  public long loadCo2() {
    CsvInput source = CsvInput.stream(resource("co2.csv"));
    CsvFormat format =
        new CsvFormat(
            Optional.empty(),
            Optional.empty(),
            HeaderRule.DETECT,
            List.of("time", "co2"),
            NullTexts.byDefault());
    try (CsvRows rows = source.open(format)) {
      Sample sample = Sample.read(source, rows, format);
      IngestPlan plan = new NewTablePlanner(co2Request(), source, rows, sample).plan();
      create(plan.table());
      RowParser parser = plan.parser();
      List<Row> parsed = new ArrayList<>();
      for (Iterator<CsvRow> it = sample.followedBy(rows, 1); it.hasNext(); ) {
        parsed.add(plan.table().newRow(parser.parse(it.next())));
      }
      return varve.table(plan.table()).insertAll(parsed).written();
    }
  }

  /**
   * Lets the server count and sample, so that the tables list and the planner know what is there.
   */
  public void analyze() {
    Statistics.refresh(varve, CO2);
    Statistics.refresh(varve, SENSORS);
  }

  private static InputStream resource(String name) {
    InputStream stream = DemoTables.class.getResourceAsStream(name);
    if (stream == null) {
      throw new IllegalStateException("resource " + name + " is missing");
    }
    return stream;
  }

  private static IngestRequest co2Request() {
    return new IngestRequest(
        CO2.toString(),
        "time",
        null,
        new LocalZone(ZoneOffset.UTC),
        Map.of(),
        List.of(),
        List.of(),
        Map.of(),
        "3650 days",
        DecimalMark.POINT,
        OnConflict.error);
  }

  /**
   * Generates and loads readings in one transaction.
   *
   * @param watch is told how many have been made
   */
  public long loadSensors(long rows, long seed, LongConsumer watch) {
    Table<SensorReading> table = Table.of(SensorReading.class);
    create(table);
    return varve.table(table).insertAll(new SensorGenerator(rows, seed, watch)).written();
  }
}
