package io.varve.cli;

import io.varve.Varve;
import io.varve.cli.SqlSplitter.Statement;
import io.varve.cli.output.OutputFormat;
import io.varve.cli.output.RowsWriter;
import io.varve.cli.shell.CommandException;
import io.varve.cli.shell.ExitCode;
import io.varve.cli.shell.Shell;
import io.varve.jdbc.SqlErrors;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLWarning;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.postgresql.core.BaseConnection;
import org.postgresql.core.TransactionState;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/**
 * Runs statements one after the other on one connection and writes their results.
 *
 * <p>Rows come through an SQL cursor, which needs a transaction: around each statement that may
 * return many rows one is opened, unless the script has opened its own.
 */
final class SqlSession implements AutoCloseable {

  private static final int FETCH_SIZE = 2_000;

  /**
   * The toolkit comes last, so that new tables go where they went before. The schema of a role
   * called varve would be the toolkit's, and first: it is taken out.
   */
  private static final String TOOLKIT_PATH =
      """
      SELECT set_config('search_path',
               concat_ws(', ', nullif(path, ''), CASE WHEN path !~ '\\mvarve\\M' THEN 'varve' END),
               false)
        FROM (SELECT CASE current_user
                       WHEN 'varve' THEN ltrim(regexp_replace(setting, '(,\\s*)?"\\$user"', ''), ', ')
                       ELSE setting
                     END
                FROM current_setting('search_path') AS setting) AS t (path)
      """;

  private final Connection connection;
  private final BaseConnection postgres;
  private final Shell shell;
  private final RowsWriter writer;
  private final OutputFormat format;
  private volatile java.sql.@Nullable Statement running;
  private boolean inTransaction;
  private boolean wroteResult;

  private SqlSession(Connection connection, Shell shell, RowsWriter writer, OutputFormat format)
      throws SQLException {
    this.connection = connection;
    this.postgres = connection.unwrap(BaseConnection.class);
    this.shell = shell;
    this.writer = writer;
    this.format = format;
  }

  static SqlSession open(Varve varve, Shell shell, RowsWriter writer, OutputFormat format) {
    try {
      Connection connection = varve.dataSource().getConnection();
      try (java.sql.Statement path = connection.createStatement()) {
        path.execute(TOOLKIT_PATH);
      }
      return new SqlSession(connection, shell, writer, format);
    } catch (SQLException e) {
      throw SqlErrors.translate("opening a session", e);
    }
  }

  /** Runs one statement; an error names the line it happened on. */
  void run(Statement statement) {
    shell.interruption().check();
    try {
      if (isQuery(statement)) {
        query(statement);
      } else {
        command(statement);
      }
    } catch (SQLException e) {
      shell.interruption().check();
      throw failure(statement, e);
    }
  }

  /** Stops the statement that runs; from another thread. */
  void cancel() {
    java.sql.Statement current = running;
    if (current != null) {
      try {
        current.cancel();
      } catch (SQLException e) {
        shell.say("the statement could not be cancelled: " + e.getMessage());
      }
    }
  }

  private static boolean isQuery(Statement statement) {
    return switch (statement.keyword()) {
      case "select", "with", "table", "values", "" -> true;
      default -> false;
    };
  }

  private void query(Statement statement) throws SQLException {
    if (inTransaction) {
      execute(statement);
      return;
    }
    connection.setAutoCommit(false);
    try {
      execute(statement);
    } catch (SQLException | RuntimeException e) {
      undo(e);
      throw e;
    }
    connection.commit();
    connection.setAutoCommit(true);
  }

  /** A connection that is lost cannot, and that is not the news. */
  private void undo(Exception failure) {
    try {
      connection.rollback();
      connection.setAutoCommit(true);
    } catch (SQLException e) {
      failure.addSuppressed(e);
    }
  }

  /** Whether a transaction is open afterwards, the server knows; the statement only hints at it. */
  private void command(Statement statement) throws SQLException {
    execute(statement);
    inTransaction = postgres.getTransactionState() != TransactionState.IDLE;
    connection.setAutoCommit(!inTransaction);
  }

  private void execute(Statement statement) throws SQLException {
    try (java.sql.Statement jdbc = connection.createStatement()) {
      jdbc.setEscapeProcessing(false);
      jdbc.setFetchSize(FETCH_SIZE);
      running = jdbc;
      boolean hasRows = jdbc.execute(statement.text());
      warn(jdbc.getWarnings());
      if (hasRows) {
        write(jdbc.getResultSet());
      } else {
        say(statement, jdbc.getUpdateCount());
      }
    } finally {
      running = null;
    }
  }

  private void warn(@Nullable SQLWarning first) {
    for (SQLWarning warning = first; warning != null; warning = warning.getNextWarning()) {
      shell.say("server: " + warning.getMessage());
    }
  }

  private void write(ResultSet result) throws SQLException {
    if (wroteResult && (format == OutputFormat.table || format == OutputFormat.csv)) {
      shell.out().println("");
    }
    wroteResult = true;
    ResultReader reader = new ResultReader(result);
    writer.begin(reader.columns());
    long rows = 0;
    for (; result.next(); rows++) {
      shell.interruption().check();
      writer.row(reader.row());
    }
    writer.end();
    if (format == OutputFormat.table) {
      shell.say(rows == 1 ? "1 row" : "%,d rows".formatted(rows));
    } else if (rows == 0 && format == OutputFormat.chart) {
      shell.say("no rows");
    }
  }

  private void say(Statement statement, int count) {
    String what = statement.keyword().toUpperCase(Locale.ROOT);
    boolean counted =
        switch (statement.keyword()) {
          case "insert", "update", "delete", "merge" -> true;
          default -> false;
        };
    shell.say(counted ? "%s %,d".formatted(what, count) : what);
  }

  /** The server's hint helps; its detail repeats rows. */
  private static RuntimeException failure(Statement statement, SQLException e) {
    ServerErrorMessage server =
        e instanceof PSQLException reported ? reported.getServerErrorMessage() : null;
    if (server == null) {
      return SqlErrors.translate("line " + statement.line(), e);
    }
    String place = place(statement, server.getPosition());
    return CommandException.failure(
            "%s: %s (SQLSTATE %s)".formatted(place, server.getMessage(), server.getSQLState()),
            server.getHint(),
            e)
        .exitingWith(ExitCode.of(SqlErrors.translate(place, e)));
  }

  /** Line and column of the script; the server counts characters of the statement. */
  private static String place(Statement statement, int position) {
    if (position <= 0) {
      return "line " + statement.line();
    }
    String text = statement.text();
    int last = Math.min(position - 1, text.codePointCount(0, text.length()));
    String before = text.substring(0, text.offsetByCodePoints(0, last));
    int lines = (int) before.chars().filter(c -> c == '\n').count();
    int column = before.length() - before.lastIndexOf('\n');
    return "line %d, column %d"
        .formatted(statement.line() + lines, lines == 0 ? statement.column() + column - 1 : column);
  }

  @Override
  public void close() {
    try (connection) {
      if (inTransaction) {
        connection.rollback();
        shell.say("the script left its transaction open: rolled back");
      }
    } catch (SQLException e) {
      throw SqlErrors.translate("closing the session", e);
    }
  }
}
