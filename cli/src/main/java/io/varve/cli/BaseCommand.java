package io.varve.cli;

import io.varve.Preset;
import io.varve.Spelling;
import io.varve.Varve;
import io.varve.cli.csv.Header;
import io.varve.cli.output.ChartOptions;
import io.varve.cli.output.OutputFormat;
import io.varve.cli.output.RowsWriter;
import io.varve.cli.output.RowsWriters;
import io.varve.cli.output.Values;
import io.varve.cli.shell.CommandException;
import io.varve.cli.shell.ExitCode;
import io.varve.cli.shell.Shell;
import io.varve.jdbc.SqlErrors;
import io.varve.model.Column;
import io.varve.model.QualifiedName;
import io.varve.model.Row;
import io.varve.model.Table;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ParentCommand;

/** A command below {@code varve}. Its parts are made when it runs, not when it is parsed. */
abstract class BaseCommand implements Callable<Integer> {

  @ParentCommand private @Nullable RootCommand root;

  @Override
  public final Integer call() throws Exception {
    root().configureLogging();
    return run(root().shell()).number();
  }

  /** Does the work. */
  abstract ExitCode run(Shell shell) throws Exception;

  /** Opens the database; the caller closes it. */
  final Varve open(Shell shell) {
    return new Connections(shell, root().url()).open(Preset.DEVELOPMENT);
  }

  /** Describes a table; an unknown name is refused with the names there are. */
  static Table<Row> table(Varve varve, String name) {
    QualifiedName parsed = QualifiedName.parse(name);
    if (!varve.schema().exists(parsed)) {
      List<String> names =
          varve.schema().hypertables().stream().map(table -> table.name().toString()).toList();
      if (isPlainTable(varve, parsed)) {
        throw CommandException.failure(
            "there is no time-series table " + parsed, parsed + " is a plain table; use varve sql");
      }
      throw CommandException.failure(
          "there is no time-series table " + parsed,
          names.isEmpty()
              ? "there are none yet; load one with varve ingest FILE, or see varve demo"
              : meant(name, names).orElse("there are " + String.join(", ", names)));
    }
    return varve.schema().inspect(parsed);
  }

  /** The column of that name; an unknown one is refused with the names there are. */
  static Column<Row, ?> column(Table<Row> table, String name) {
    List<String> names = table.columns().stream().<String>map(Column::name).toList();
    if (!names.contains(name)) {
      throw CommandException.failure(
          "table %s has no column \"%s\"".formatted(table.name(), name),
          meant(name, names).orElse("it has " + String.join(", ", names)));
    }
    return table.column(name);
  }

  /** The name as ingest would write it, or else the nearest. */
  private static Optional<String> meant(String name, List<String> names) {
    String normal = Header.columnName(name);
    return (names.contains(normal) ? Optional.of(normal) : Spelling.nearest(name, names))
        .map(nearest -> "did you mean " + nearest + "?");
  }

  private static boolean isPlainTable(Varve varve, QualifiedName name) {
    try (Connection connection = varve.dataSource().getConnection();
        PreparedStatement statement =
            connection.prepareStatement("SELECT to_regclass(?) IS NOT NULL")) {
      statement.setString(1, name.sql());
      try (ResultSet found = statement.executeQuery()) {
        return found.next() && found.getBoolean(1);
      }
    } catch (SQLException e) {
      throw SqlErrors.translate("looking for table " + name, e);
    }
  }

  /** Writes a short list. */
  final RowsWriter listing(Shell shell) {
    return RowsWriters.of(
        root().isJson() ? OutputFormat.json : OutputFormat.table,
        shell,
        Values.utc(),
        ChartOptions.wide(shell.width()));
  }

  /** The options all commands share. */
  final RootCommand root() {
    if (root == null) {
      throw new IllegalStateException("not below varve");
    }
    return root;
  }
}
