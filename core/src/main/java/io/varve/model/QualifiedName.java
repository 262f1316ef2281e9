package io.varve.model;

import io.varve.MappingException;
import io.varve.jdbc.Identifiers;

/**
 * A relation's schema and name, as the catalogue holds them (unquoted, case kept).
 *
 * @param schema the schema, {@code public} where none was given
 * @param name the relation
 */
public record QualifiedName(String schema, String name) {

  public QualifiedName {
    Identifiers.check(schema, "schema");
    Identifiers.check(name, "table");
  }

  /**
   * Reads {@code name} or {@code schema.name}; quotes are neither needed nor understood.
   *
   * @throws MappingException if there are more parts, or one cannot be a name
   */
  public static QualifiedName parse(String text) {
    int dot = text.indexOf('.');
    if (dot != text.lastIndexOf('.')) {
      throw new MappingException(
          "table name \"%s\" is not usable: expected name or schema.name".formatted(text));
    }
    return dot < 0
        ? new QualifiedName("public", text)
        : new QualifiedName(text.substring(0, dot), text.substring(dot + 1));
  }

  /** The name as SQL, both parts quoted. */
  public String sql() {
    return Identifiers.quote(schema) + "." + Identifiers.quote(name);
  }

  /** The name as a person would write it: without the schema where that is {@code public}. */
  @Override
  public String toString() {
    return schema.equals("public") ? name : schema + "." + name;
  }
}
