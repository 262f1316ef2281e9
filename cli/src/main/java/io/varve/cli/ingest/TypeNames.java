package io.varve.cli.ingest;

import io.varve.cli.shell.CommandException;
import io.varve.model.ColumnType;
import io.varve.model.ColumnType.Kind;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** Types as users write them: {@code temperature=double,device=text}. */
public final class TypeNames {

  private TypeNames() {}

  /** Reads {@code column=type} pairs joined by commas; those within parentheses do not divide. */
  public static Map<String, ColumnType> parse(String pairs) {
    Map<String, ColumnType> types = new LinkedHashMap<>();
    for (String pair : pairs.split(",(?![^(]*\\))")) {
      int equals = pair.lastIndexOf('=');
      if (equals <= 0) {
        throw CommandException.usage(
            "\"" + pair + "\" is no pair of column and type",
            "expected --types column=type,column=type");
      }
      types.put(pair.substring(0, equals).strip(), type(pair.substring(equals + 1).strip()));
    }
    return types;
  }

  private static ColumnType type(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    return switch (lower.replaceAll("\\(.*\\)", "").strip()) {
      case "boolean", "bool" -> ColumnType.of(Kind.BOOLEAN);
      case "smallint", "int2", "short" -> ColumnType.of(Kind.SMALLINT);
      case "integer", "int", "int4" -> ColumnType.of(Kind.INTEGER);
      case "bigint", "int8", "long" -> ColumnType.of(Kind.BIGINT);
      case "real", "float4", "float" -> ColumnType.of(Kind.REAL);
      case "double precision", "double", "float8" -> ColumnType.of(Kind.DOUBLE);
      case "numeric", "decimal" -> new ColumnType(Kind.NUMERIC, false, numeric(lower));
      case "text", "varchar", "string" -> ColumnType.of(Kind.TEXT);
      case "uuid" -> ColumnType.of(Kind.UUID);
      case "jsonb", "json" -> ColumnType.of(Kind.JSONB);
      case "bytea" -> ColumnType.of(Kind.BYTEA);
      case "timestamptz", "timestamp with time zone" -> ColumnType.of(Kind.TIMESTAMPTZ);
      case "timestamp", "timestamp without time zone" -> ColumnType.of(Kind.TIMESTAMP);
      case "date" -> ColumnType.of(Kind.DATE);
      default ->
          throw CommandException.usage(
              "\"" + name + "\" is no type Varve writes",
              "expected boolean, smallint, integer, bigint, real, double, numeric, text, uuid, jsonb,"
                  + " bytea, timestamptz, timestamp or date");
    };
  }

  /** {@code numeric}, or {@code numeric(10,2)}. */
  private static String numeric(String name) {
    int open = name.indexOf('(');
    String scale = open < 0 ? "" : name.substring(open).replace(" ", "");
    if (!scale.isEmpty() && !scale.matches("\\(\\d{1,4}(,-?\\d{1,4})?\\)")) {
      throw CommandException.usage(
          "\"" + name + "\" is no type Varve writes", "expected numeric(precision,scale)");
    }
    return "numeric" + scale;
  }
}
