package io.varve.ingest;

import io.varve.ConstraintException;
import io.varve.DataException;
import io.varve.MappingException;
import io.varve.VarveException;
import io.varve.backend.Backend.ChunkTarget;
import io.varve.jdbc.SqlErrors;
import io.varve.model.QualifiedName;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/**
 * Says which row was refused. PostgreSQL names the line of the COPY, and for a malformed field the
 * column, in the context of its error: "COPY conditions, line 7, column humidity", in the server's
 * language. It checks values and constraints as it reads a line, and goes back to the line whose
 * key it enters into an index; but rows are put into pages by the hundred, and one that is too
 * large for a page is reported with the line that was read last.
 */
final class RowErrors {

  /** A qualified name in SQL, its parts quoted where they must be; the relation is the last. */
  private static final Pattern RELATION =
      Pattern.compile("(?:\"(?:[^\"]|\"\")+\"|[^\".]+)\\.(?:\"((?:[^\"]|\"\")+)\"|([^\".]+))");

  /** A limit of the server is exceeded: by a row of those put into pages at once. */
  private static final String TOO_LARGE = "54000";

  /** What follows the relation's name in the context: line, and column if there is one. */
  private static final Pattern POSITION = Pattern.compile(",\\D+(\\d+)(?:, *\\S+ (.+))?");

  private final QualifiedName table;
  private final List<String> columns;

  RowErrors(QualifiedName table, List<String> columns) {
    this.table = table;
    this.columns = columns;
  }

  /** What is being done, for messages. */
  String task() {
    return "inserting into " + table;
  }

  /** The only row, refused before it was sent. */
  MappingException refused(@Nullable String reason, @Nullable Throwable cause) {
    return new MappingException(task() + ": " + reason, null, cause);
  }

  /** A row refused before it was sent. */
  MappingException refused(long row, @Nullable String reason, @Nullable Throwable cause) {
    return new MappingException("%s, row %d: %s".formatted(task(), row, reason), null, cause);
  }

  /** Rows that were sent, but not stored. */
  ConstraintException discarded(long sent, long stored) {
    return new ConstraintException(
        "%s: the server stored %d of %d rows; expected all: does a trigger of the table discard rows?"
            .formatted(task(), stored, sent));
  }

  /** An error of a COPY into a chunk; names the row if the server named the line. */
  VarveException translate(SQLException e, ChunkTarget chunk, RowLines lines) {
    return SqlErrors.translate(
        task() + position(e, chunk).map(position -> described(position, e, lines)).orElse(""), e);
  }

  /** An error of that row. */
  VarveException translate(SQLException e, long row) {
    return SqlErrors.translate("%s, row %d".formatted(task(), row), e);
  }

  /** An error that is not one row's. */
  VarveException translate(SQLException e) {
    return SqlErrors.translate(task(), e);
  }

  /** Whether it is the fault of a row, which the others need not suffer from. */
  boolean isRefusal(SQLException e) {
    return isRefusal(translate(e));
  }

  /** Whether it is the fault of a row, which the others need not suffer from. */
  boolean isRefusal(VarveException e) {
    return e instanceof DataException
        || e instanceof ConstraintException
        || e instanceof MappingException
        || SqlErrors.isRaised(e);
  }

  /** The line of the COPY the server refused, counted from 1, if it names one. */
  OptionalLong line(SQLException e, ChunkTarget chunk) {
    return position(e, chunk)
        .map(Position::line)
        .map(OptionalLong::of)
        .orElseGet(OptionalLong::empty);
  }

  /** The refusal of that row. */
  RowFailure failure(long row, SQLException e, ChunkTarget chunk) {
    ServerErrorMessage server = server(e);
    String column = server == null ? null : server.getColumn();
    return new RowFailure(
        row,
        column != null ? column : position(e, chunk).map(Position::column).orElse(null),
        e.getSQLState(),
        server == null ? null : server.getConstraint(),
        inTable(String.valueOf(translate(e, row).getMessage())));
  }

  /** Rows refused on their way are refused by the table, whose checks were asked. */
  private String inTable(String message) {
    return message.replace(StageLoad.NAME, table.name());
  }

  /** The refusal of a row that was never sent. */
  RowFailure failure(long row, MappingException refused) {
    return new RowFailure(
        row,
        refused.column().orElse(null),
        null,
        null,
        "%s, row %d: %s".formatted(task(), row, refused.getMessage()));
  }

  /** Where in a COPY; the column is null where the server names none of the table's. */
  private record Position(long line, @Nullable String column) {}

  private Optional<Position> position(SQLException e, ChunkTarget chunk) {
    ServerErrorMessage message = server(e);
    if (message == null || message.getWhere() == null || TOO_LARGE.equals(e.getSQLState())) {
      return Optional.empty();
    }
    return message
        .getWhere()
        .lines()
        .flatMap(line -> afterRelation(line, chunk).stream())
        .map(POSITION::matcher)
        .filter(Matcher::matches)
        .map(found -> new Position(Long.parseLong(found.group(1)), column(found.group(2))))
        .findFirst();
  }

  private @Nullable String column(@Nullable String name) {
    return name != null && columns.contains(name) ? name : null;
  }

  private static @Nullable ServerErrorMessage server(SQLException e) {
    return e instanceof PSQLException server ? server.getServerErrorMessage() : null;
  }

  private Optional<String> afterRelation(String context, ChunkTarget chunk) {
    Stream<String> names = Stream.of(relation(chunk), table.name());
    return names
        .map(name -> "COPY " + name)
        .filter(start -> context.startsWith(start + ","))
        .map(start -> context.substring(start.length()))
        .findFirst();
  }

  private static String relation(ChunkTarget chunk) {
    Matcher name = RELATION.matcher(chunk.sql());
    if (!name.matches()) {
      return chunk.sql();
    }
    return name.group(1) == null ? name.group(2) : name.group(1).replace("\"\"", "\"");
  }

  /** The server's own words name the column where it has one to name. */
  private static String described(Position position, SQLException e, RowLines lines) {
    ServerErrorMessage message = server(e);
    String row = lines.contains(position.line()) ? ", row " + lines.row(position.line()) : "";
    boolean unnamed = position.column() == null || message == null || message.getColumn() != null;
    return unnamed ? row : row + ", column \"" + position.column() + "\"";
  }
}
