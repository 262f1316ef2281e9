package io.varve.jdbc;

import io.varve.MappingException;
import java.nio.charset.StandardCharsets;

/** The one place where names become SQL. */
public final class Identifiers {

  /** PostgreSQL truncates longer identifiers silently; Varve refuses them. */
  public static final int MAX_BYTES = 63;

  private Identifiers() {}

  /** The identifier in double quotes, inner quotes doubled. */
  public static String quote(String identifier) {
    return '"' + identifier.replace("\"", "\"\"") + '"';
  }

  /** The text as an SQL string literal; for DDL, where nothing can be bound. */
  public static String literal(String text) {
    String escaped = text.replace("'", "''");
    return escaped.indexOf('\\') < 0
        ? "'" + escaped + "'"
        : " E'" + escaped.replace("\\", "\\\\") + "'";
  }

  /** Refuses what PostgreSQL would refuse or shorten: empty, NUL, more than 63 bytes. */
  public static String check(String identifier, String role) {
    int bytes = identifier.getBytes(StandardCharsets.UTF_8).length;
    if (bytes == 0 || bytes > MAX_BYTES || identifier.indexOf('\0') >= 0) {
      throw new MappingException(
          "%s name \"%s\" is not usable: expected 1 to %d bytes without NUL, found %d bytes"
              .formatted(role, identifier, MAX_BYTES, bytes));
    }
    return identifier;
  }
}
