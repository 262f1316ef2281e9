package io.varve.jdbc;

import io.varve.AccessException;
import io.varve.CapabilityException;
import io.varve.CapacityException;
import io.varve.ConfigException;
import io.varve.ConflictException;
import io.varve.ConnectionException;
import io.varve.ConstraintException;
import io.varve.DataException;
import io.varve.DatabaseException;
import io.varve.DeadlineException;
import io.varve.InDoubtException;
import io.varve.SchemaException;
import io.varve.VarveException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.sql.SQLException;
import java.sql.SQLTimeoutException;
import java.sql.SQLTransientConnectionException;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/**
 * Turns SQLSTATEs into Varve's errors: the only class that knows the codes.
 *
 * <p>A message reads <em>task: what the server said (table, column, constraint); remedy</em>. The
 * server's <em>detail</em> is left out because it repeats rows; the {@link SQLException} is kept as
 * the cause.
 */
public final class SqlErrors {

  /** Makes an error out of a message, a SQLSTATE and a cause. */
  @FunctionalInterface
  private interface Maker {
    VarveException make(String message, @Nullable String sqlState, @Nullable Throwable cause);
  }

  /**
   * What becomes of the codes that start with a prefix.
   *
   * @param remedy what to do about it; empty where the server's words say all
   */
  private record Rule(String prefix, Maker maker, String remedy) {

    Rule(String prefix, Maker maker) {
      this(prefix, maker, "");
    }
  }

  private static final String UNKNOWN_OUTCOME =
      "what was sent may or may not have been done: check before repeating it";

  private static final String NO_TLS =
      "turn TLS on at the server, or, where the network can be trusted, set sslmode=prefer";

  private static final String DISTRUST =
      "set ssl-root-cert to the certificate of the authority that signs the server's (\"system\" for"
          + " those Java trusts), and use the host name in the server's certificate";

  private static final String NO_PASSWORD =
      "set the password: VARVE_PASSWORD, PGPASSWORD, a password-file or ~/.pgpass";

  private static final String POOLER =
      "a pooler in transaction mode seems to stand in between: connect to the server itself, or set"
          + " prepareThreshold=0 in the URL";

  /** The first rule whose prefix fits decides; class 08 is {@link #connecting}'s. */
  private static final List<Rule> RULES =
      List.of(
          new Rule("0A", CapabilityException::new),
          new Rule("21", DataException::new),
          new Rule("22", DataException::new),
          new Rule("23", ConstraintException::new),
          new Rule(
              "25006",
              ConnectionException::new,
              "the session takes no writes: connect to the primary if this server is a standby; else look at"
                  + " default_transaction_read_only"),
          new Rule("25P03", ConnectionException::new),
          new Rule(
              "25P04",
              DeadlineException::new,
              "raise transaction_timeout, or do less in one transaction"),
          new Rule("26000", DatabaseException::new, POOLER),
          new Rule("28P01", AccessException::new, "check the password"),
          new Rule("28", AccessException::new, "check the user and the server's pg_hba.conf"),
          new Rule("2B", SchemaException::new, "drop what depends on it first"),
          new Rule("3D000", AccessException::new, "create it, or name an existing one"),
          new Rule("3F", SchemaException::new),
          new Rule("40003", InDoubtException::new, UNKNOWN_OUTCOME),
          new Rule("40", ConflictException::new, "nothing was changed: run the transaction again"),
          new Rule(
              "42501",
              AccessException::new,
              "let the owner GRANT the privilege to this user; Varve's own schemas need CREATE on"
                  + " the database"),
          new Rule(
              "42P01",
              SchemaException::new,
              "create it first, such as by schema().create(table) or SeriesClient.ensureSchema()"),
          new Rule("42P05", DatabaseException::new, POOLER),
          new Rule(
              "42P18",
              SchemaException::new,
              "a cast says the type of a value the server cannot tell it from, such as :name::text"),
          new Rule("42", SchemaException::new),
          new Rule("44", ConstraintException::new),
          new Rule("53100", CapacityException::new, "free space on the server's disk"),
          new Rule(
              "53300",
              CapacityException::new,
              "close idle connections, lower pool-size, or raise the server's max_connections"),
          new Rule("53", CapacityException::new),
          new Rule("54000", DataException::new, "a row or an indexed value is too large"),
          new Rule("54", CapacityException::new),
          new Rule("55006", ConflictException::new),
          new Rule(
              "55P03", ConflictException::new, "another transaction holds the lock: try again"),
          new Rule(
              "57014",
              DeadlineException::new,
              "raise statement-timeout, or ask for less at a time"),
          new Rule("57P03", ConnectionException::new, "the server is starting or stopping: wait"),
          new Rule("57P", ConnectionException::new),
          new Rule("58030", CapacityException::new, "check the server's disk"),
          new Rule("TS50", DatabaseException::new),
          new Rule("TS", SchemaException::new),
          new Rule("", DatabaseException::new));

  private static final List<String> CONNECTION_LOSS =
      List.of("08", "25P03", "25P04", "40003", "57P01", "57P02", "57P03", "57P04", "57P05");

  /** The server's functions that report a row without a partition, or in the wrong one. */
  private static final Set<String> PARTITIONING =
      Set.of("ExecFindPartition", "ExecPartitionCheckEmitError");

  /** What the server says of a statement that somebody ended. */
  private static final String CANCELLED = "user request";

  /** The server's function that reports what PL/pgSQL raises. */
  private static final Set<String> RAISING = Set.of("exec_stmt_raise");

  /** The server's functions that report what a policy of row security forbids. */
  private static final Set<String> ROW_SECURITY =
      Set.of("ExecWithCheckOptions", "check_enable_rls");

  /** The server's function that reports an alias which the statement does not declare. */
  private static final Set<String> UNDECLARED = Set.of("errorMissingRTE");

  private SqlErrors() {}

  /** The error for a failed task; the message names the task and repeats the server's words. */
  public static VarveException translate(String task, SQLException e) {
    if (e instanceof SQLTransientConnectionException && e.getCause() instanceof SQLException why) {
      // The pool gave up waiting because no connection could be opened: that is the news.
      return translate(task, why);
    }
    String state = Objects.requireNonNullElse(e.getSQLState(), "");
    if (state.isEmpty() && isAcquireTimeout(e)) {
      return new DeadlineException(
          task
              + ": no connection became free in time; hand connections back sooner, or raise"
              + " pool-size or acquire-timeout",
          null,
          e);
    }
    Rule rule = state.startsWith("08") ? connecting(state, e) : rule(state, e);
    return rule.maker().make(message(task, e, rule.remedy()), e.getSQLState(), e);
  }

  private static boolean isAcquireTimeout(SQLException e) {
    return e instanceof SQLTransientConnectionException || e instanceof SQLTimeoutException;
  }

  /** The error for a commit whose answer never came. */
  public static VarveException inDoubt(String task, SQLException e) {
    return new InDoubtException(
        message(task + ": lost while committing", e, UNKNOWN_OUTCOME), e.getSQLState(), e);
  }

  /** Whether the connection is gone. */
  public static boolean isConnectionLoss(SQLException e) {
    String state = e.getSQLState();
    return state != null && CONNECTION_LOSS.stream().anyMatch(state::startsWith);
  }

  /** Whether the session takes no writes: a connection to another server, or a new one, may. */
  public static boolean isReadOnly(SQLException e) {
    return "25006".equals(e.getSQLState());
  }

  /**
   * Whether the connection is gone, after that error or with it: a server that cannot write its log
   * says so, and dies.
   */
  static boolean leavesConnectionLost(SQLException e) {
    return Stream.iterate(e, next -> next != null, SQLException::getNextException)
        .limit(20)
        .anyMatch(SqlErrors::isConnectionLoss);
  }

  /** Whether connecting may succeed later with nothing changed. */
  static boolean mayHeal(VarveException e) {
    return e instanceof ConnectionException || e.sqlState().filter("53300"::equals).isPresent();
  }

  /** Whether a transaction that was rolled back may go through later with nothing changed. */
  static boolean mayHealWrite(VarveException e) {
    return mayHeal(e)
        || e instanceof ConflictException
        || e instanceof CapacityException
        || e instanceof DeadlineException && !isCancelledByUser(e);
  }

  /**
   * Whether somebody ended the statement: they do not want it sent again. It has the code of a time
   * limit, so only the words tell; where the server translates them it is taken for a time limit.
   */
  private static boolean isCancelledByUser(VarveException e) {
    return e.sqlState().filter("57014"::equals).isPresent()
        && serverMessage(e)
            .map(ServerErrorMessage::getMessage)
            .filter(said -> said.contains(CANCELLED))
            .isPresent();
  }

  /**
   * Whether a function of the database raised it in words of its own, under a code that has no
   * better meaning: that is how triggers refuse rows.
   */
  public static boolean isRaised(VarveException e) {
    return e instanceof DatabaseException
        && (e.sqlState().filter(state -> state.startsWith("P0")).isPresent()
            || isReportedBy(RAISING, e));
  }

  private static Rule rule(String state, SQLException e) {
    if (caused(e, InterruptedException.class).isPresent()) {
      return new Rule(state, DeadlineException::new, "the waiting thread was interrupted");
    }
    if (isStalePlan(e)) {
      return new Rule(state, ConflictException::new, "the table changed meanwhile: try again");
    }
    if (isMissingChunk(state, e)) {
      return new Rule(state, SchemaException::new, "create the chunk first");
    }
    if (state.equals("42501") && isReportedBy(ROW_SECURITY, e)) {
      return new Rule(
          state,
          AccessException::new,
          "the table's policies of row security decide: ask its owner for one that fits this user");
    }
    if (state.equals("57014") && text(e).contains(CANCELLED)) {
      return new Rule(state, DeadlineException::new);
    }
    if (state.equals("3F000") && text(e).contains("\"varve\"")) {
      return new Rule(
          state, SchemaException::new, "install Varve's functions: toolkit().install()");
    }
    if (state.equals("42P01") && isReportedBy(UNDECLARED, e)) {
      return new Rule(state, SchemaException::new);
    }
    if (state.equals("22023") && text(e).contains("\"TimeZone\"")) {
      return new Rule(
          state,
          ConfigException::new,
          "the server does not know the time zone this JVM runs in: start it with"
              + " -Duser.timezone=UTC");
    }
    return RULES.stream().filter(rule -> state.startsWith(rule.prefix())).findFirst().orElseThrow();
  }

  /** The server reports a prepared statement whose result columns changed as 0A000. */
  private static boolean isStalePlan(SQLException e) {
    return isReportedBy(Set.of("RevalidateCachedQuery"), e);
  }

  /** A row without a partition has the code of a failed CHECK, which triggers raise as well. */
  private static boolean isMissingChunk(String state, SQLException e) {
    return state.equals("23514") && isReportedBy(PARTITIONING, e);
  }

  /** Messages are translated into the server's language, names of its functions are not. */
  private static boolean isReportedBy(Set<String> routines, Exception e) {
    return serverMessage(e)
        .map(ServerErrorMessage::getRoutine)
        .filter(routines::contains)
        .isPresent();
  }

  /**
   * Class 08 says only that there is no connection: the driver uses it for TLS, passwords and time
   * limits alike. Its words are translated into the user's language, so what does not change is
   * looked at: causes, and names that occur in the words.
   */
  private static Rule connecting(String state, SQLException e) {
    if (state.equals("08007")) {
      return new Rule(state, InDoubtException::new, UNKNOWN_OUTCOME);
    }
    if (state.equals("08P01")) {
      return new Rule(
          state, ConnectionException::new, "is it a PostgreSQL server that answers there?");
    }
    if (caused(e, SSLException.class).isPresent() || isAboutTls(text(e))) {
      return new Rule(state, AccessException::new, state.equals("08004") ? NO_TLS : DISTRUST);
    }
    if (state.equals("08004") && serverMessage(e).isEmpty()) {
      return new Rule(state, AccessException::new, NO_PASSWORD);
    }
    return new Rule(state, ConnectionException::new, networkRemedy(e));
  }

  private static boolean isAboutTls(String text) {
    return text.contains("SSL") || text.contains("HostnameVerifier");
  }

  private static String networkRemedy(SQLException e) {
    Optional<UnknownHostException> unknownHost = caused(e, UnknownHostException.class);
    if (unknownHost.isPresent()) {
      return "there is no host " + unknownHost.get().getMessage();
    }
    if (caused(e, ConnectException.class).isPresent()) {
      return "is the server running there, and does it listen on that address?";
    }
    return caused(e, SocketTimeoutException.class).isPresent() ? "the server did not answer" : "";
  }

  private static String message(String task, SQLException e, String remedy) {
    return task + ": " + text(e) + objects(e) + (remedy.isEmpty() ? "" : "; " + remedy);
  }

  /** What the server said, without severity and detail; or the driver's first sentence. */
  private static String text(SQLException e) {
    String said =
        serverMessage(e)
            .map(ServerErrorMessage::getMessage)
            .orElseGet(() -> firstSentence(String.valueOf(e.getMessage())));
    return said.endsWith(".") ? said.substring(0, said.length() - 1) : said;
  }

  private static String firstSentence(String text) {
    int end = text.indexOf(". ");
    return end < 0 ? text : text.substring(0, end);
  }

  private static String objects(SQLException e) {
    return serverMessage(e)
        .map(
            message ->
                Stream.of(
                        named("table", message.getTable()),
                        named("column", message.getColumn()),
                        named("constraint", message.getConstraint()))
                    .flatMap(Optional::stream)
                    .toList())
        .filter(objects -> !objects.isEmpty())
        .map(objects -> " (" + String.join(", ", objects) + ")")
        .orElse("");
  }

  private static Optional<String> named(String role, @Nullable String name) {
    return Optional.ofNullable(name).map(present -> role + " \"" + present + "\"");
  }

  private static Optional<ServerErrorMessage> serverMessage(Exception e) {
    return caused(e, PSQLException.class).map(PSQLException::getServerErrorMessage);
  }

  private static <E extends Throwable> Optional<E> caused(Throwable error, Class<E> type) {
    return Stream.iterate(error, cause -> cause != null, Throwable::getCause)
        .limit(20)
        .filter(type::isInstance)
        .map(type::cast)
        .findFirst();
  }
}
