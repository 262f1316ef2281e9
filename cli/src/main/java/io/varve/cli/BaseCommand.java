package io.varve.cli;

import io.varve.Preset;
import io.varve.Varve;
import io.varve.cli.output.ChartOptions;
import io.varve.cli.output.OutputFormat;
import io.varve.cli.output.RowsWriter;
import io.varve.cli.output.RowsWriters;
import io.varve.cli.output.Values;
import io.varve.cli.shell.CommandException;
import io.varve.cli.shell.ExitCode;
import io.varve.cli.shell.Shell;
import io.varve.model.QualifiedName;
import io.varve.model.Row;
import io.varve.model.Table;
import java.util.List;
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
      throw CommandException.failure(
          "there is no time-series table " + parsed,
          names.isEmpty()
              ? "there are none yet; load one with varve ingest FILE, or see varve demo"
              : "there are " + String.join(", ", names));
    }
    return varve.schema().inspect(parsed);
  }

  /** Writes a short list. */
  final RowsWriter listing(Shell shell) {
    return RowsWriters.of(
        root().isJson() ? OutputFormat.json : OutputFormat.table,
        shell.out(),
        Values.utc(),
        shell.style(),
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
