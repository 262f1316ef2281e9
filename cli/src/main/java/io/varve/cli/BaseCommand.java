package io.varve.cli;

import io.varve.cli.shell.ExitCode;
import io.varve.cli.shell.Shell;
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

  /** The options all commands share. */
  final RootCommand root() {
    if (root == null) {
      throw new IllegalStateException("not below varve");
    }
    return root;
  }
}
