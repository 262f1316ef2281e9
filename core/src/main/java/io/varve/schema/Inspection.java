package io.varve.schema;

import io.varve.SchemaException;
import io.varve.backend.Backend.HypertableInfoRow;
import io.varve.jdbc.IsoTime;
import io.varve.model.ColumnType;
import io.varve.model.ColumnType.Kind;
import io.varve.model.Role;
import io.varve.model.Row;
import io.varve.model.Table;
import io.varve.model.TableBuilder;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Describes an existing hypertable as a {@link Table}.
 *
 * <p>Which columns are dimensions is known for hypertables Varve made. For others it is read off
 * the keys and indexes: what comes with the time in a unique key or before it in an index names the
 * series, unless it is of a type that only measures.
 */
final class Inspection {

  private final ExistingTable existing;
  private final HypertableInfoRow hypertable;
  private final @Nullable Set<String> registeredDimensions;

  Inspection(
      ExistingTable existing,
      HypertableInfoRow hypertable,
      @Nullable Set<String> registeredDimensions) {
    this.existing = existing;
    this.hypertable = hypertable;
    this.registeredDimensions = registeredDimensions;
  }

  Table<Row> table() {
    refuseUnknownTypes();
    refuseRoundedTime();
    TableBuilder builder = Table.builder(existing.name());
    Set<String> dimensions =
        registeredDimensions == null ? guessedDimensions() : registeredDimensions;
    for (ExistingColumn column : writable()) {
      builder.column(column.name(), type(column), role(column, dimensions), column.nullable());
    }
    existing.keys().stream()
        .filter(key -> key.contains(hypertable.timeColumn()))
        .findFirst()
        .ifPresent(key -> builder.key(key.toArray(String[]::new)));
    return builder.chunk(chunk()).build();
  }

  /** Generated columns can be read but not written, and a table's columns are both. */
  private List<ExistingColumn> writable() {
    return existing.columns().stream().filter(column -> !column.isGenerated()).toList();
  }

  private void refuseUnknownTypes() {
    String unknown =
        writable().stream()
            .filter(column -> column.type() == null)
            .map(column -> "\"%s\" %s".formatted(column.name(), column.typeSql()))
            .collect(Collectors.joining(", "));
    if (!unknown.isEmpty()) {
      throw new SchemaException(
          "hypertable %s has columns of types Varve does not know: %s; expected %s, an enum, or an array or domain of one"
              .formatted(
                  existing.name(),
                  unknown,
                  Stream.of(Kind.values()).map(Kind::sql).collect(Collectors.joining(", "))));
    }
  }

  /** A time that is rounded may belong to the next chunk. */
  private void refuseRoundedTime() {
    ExistingColumn time = existing.columnsByName().get(hypertable.timeColumn());
    if (time.stored().roundsTimes()) {
      throw new SchemaException(
          "hypertable %s has a time column \"%s\" of type %s, which rounds times; expected full precision"
              .formatted(existing.name(), time.name(), time.typeSql()));
    }
  }

  private static ColumnType type(ExistingColumn column) {
    if (column.type() == null) {
      throw new IllegalStateException("column " + column.name() + " has no known type");
    }
    return column.type();
  }

  private Role role(ExistingColumn column, Set<String> dimensions) {
    if (column.name().equals(hypertable.timeColumn())) {
      return Role.TIME;
    }
    return dimensions.contains(column.name()) ? Role.DIMENSION : Role.MEASURE;
  }

  private Set<String> guessedDimensions() {
    Set<String> candidates =
        existing.indexes().stream().flatMap(this::besideTime).collect(Collectors.toSet());
    return existing.columns().stream()
        .filter(column -> candidates.contains(column.name()) && namesThings(column.type()))
        .map(ExistingColumn::name)
        .collect(Collectors.toSet());
  }

  private Stream<String> besideTime(ExistingTable.Index index) {
    int time = index.columns().indexOf(hypertable.timeColumn());
    if (time < 0) {
      return Stream.empty();
    }
    return index.isUnique()
        ? index.columns().stream().filter(column -> !column.equals(hypertable.timeColumn()))
        : index.columns().stream().limit(time);
  }

  private static boolean namesThings(@Nullable ColumnType type) {
    return type != null
        && !type.array()
        && switch (type.kind()) {
          case TEXT, UUID, SMALLINT, INTEGER, BIGINT, BOOLEAN -> true;
          case REAL, DOUBLE, NUMERIC, JSONB, BYTEA, TIMESTAMPTZ, TIMESTAMP, DATE -> false;
        };
  }

  private String chunk() {
    ColumnType time = type(existing.columnsByName().get(hypertable.timeColumn()));
    long units = hypertable.interval();
    return switch (time.kind()) {
      case DATE -> units + " days";
      case TIMESTAMPTZ, TIMESTAMP ->
          units % IsoTime.MICROS_PER_DAY == 0
              ? units / IsoTime.MICROS_PER_DAY + " days"
              : units + " microseconds";
      default -> Long.toString(units);
    };
  }
}
