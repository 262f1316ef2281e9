package io.varve.ingest;

import io.varve.ConstraintException;
import io.varve.MappingException;
import io.varve.VarveException;
import io.varve.backend.Backend.ChunkTarget;
import io.varve.jdbc.SqlErrors;
import io.varve.model.QualifiedName;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/**
 * Says which row was refused. PostgreSQL names the line of the COPY, and for a malformed field the
 * column, in the context of its error: "COPY conditions, line 7, column humidity", in the server's
 * language.
 */
final class RowErrors {

  /** A qualified name in SQL, its parts quoted where they must be; the relation is the last. */
  private static final Pattern RELATION =
      Pattern.compile("(?:\"(?:[^\"]|\"\")+\"|[^\".]+)\\.(?:\"((?:[^\"]|\"\")+)\"|([^\".]+))");

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
    return SqlErrors.translate(task() + position(e, chunk, lines), e);
  }

  private String position(SQLException e, ChunkTarget chunk, RowLines lines) {
    ServerErrorMessage message =
        e instanceof PSQLException server ? server.getServerErrorMessage() : null;
    if (message == null || message.getWhere() == null) {
      return "";
    }
    return message
        .getWhere()
        .lines()
        .flatMap(line -> afterRelation(line, chunk).stream())
        .map(POSITION::matcher)
        .filter(Matcher::matches)
        .map(matcher -> position(matcher, message, lines))
        .findFirst()
        .orElse("");
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

  private String position(Matcher found, ServerErrorMessage message, RowLines lines) {
    long line = Long.parseLong(found.group(1));
    String row = lines.contains(line) ? ", row " + lines.row(line) : "";
    String column = found.group(2);
    boolean unnamed = column == null || message.getColumn() != null || !columns.contains(column);
    return unnamed ? row : row + ", column \"" + column + "\"";
  }
}
