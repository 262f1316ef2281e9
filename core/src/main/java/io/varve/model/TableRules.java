package io.varve.model;

import io.varve.MappingException;
import io.varve.jdbc.Identifiers;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What every hypertable must be, however it was described. Messages begin with the subject: the
 * record or table the reader wrote.
 */
final class TableRules {

  private static final Set<String> SYSTEM_COLUMNS =
      Set.of("tableoid", "xmin", "cmin", "xmax", "cmax", "ctid");

  /** A precision below a timestamp's own. */
  private static final Pattern ROUNDED = Pattern.compile("\\( *[0-5] *\\)");

  private final String subject;

  TableRules(String subject) {
    this.subject = subject;
  }

  <T> Table<T> table(
      QualifiedName name,
      Class<T> rowType,
      List<Column<T, ?>> columns,
      String chunk,
      List<String> key,
      Function<@Nullable Object[], T> constructor) {
    List<String> names = names(columns);
    checkNames(names);
    Column<T, ?> time = time(columns);
    checkKey(key, names, time.name());
    return new Table<>(name, rowType, columns, interval(chunk, time), key, constructor);
  }

  private void checkNames(List<String> names) {
    Set<String> seen = new HashSet<>();
    for (String name : names) {
      try {
        Identifiers.check(name, "column");
      } catch (MappingException e) {
        throw refusal(e.getMessage());
      }
      if (SYSTEM_COLUMNS.contains(name)) {
        throw refusal(
            "column name \"%s\" belongs to PostgreSQL itself; expected another name"
                .formatted(name));
      }
      if (!seen.add(name)) {
        throw refusal("two columns are named \"%s\"; expected different names".formatted(name));
      }
    }
  }

  private <T> Column<T, ?> time(List<Column<T, ?>> columns) {
    List<Column<T, ?>> times =
        columns.stream().filter(column -> column.role() == Role.TIME).toList();
    if (times.size() != 1) {
      throw refusal(
          (times.isEmpty()
                  ? "no column is the time"
                  : "several columns are the time, " + names(times))
              + "; expected exactly one @Time");
    }
    Column<T, ?> time = times.get(0);
    if (!time.type().isTime()) {
      throw refusal(
          "time column \"%s\" is of type %s".formatted(time.name(), time.type().sql())
              + "; expected timestamp with or without time zone, date or bigint (Instant,"
              + " LocalDateTime, LocalDate or long)");
    }
    if (ROUNDED.matcher(time.type().sql()).find()) {
      throw refusal(
          "time column \"%s\" is of type %s, which rounds times, perhaps into the next chunk;"
                  .formatted(time.name(), time.type().sql())
              + " expected full precision: %s".formatted(time.type().kind().sql()));
    }
    return time;
  }

  private static <T> List<String> names(List<Column<T, ?>> columns) {
    return columns.stream().<String>map(Column::name).toList();
  }

  private void checkKey(List<String> key, List<String> names, String time) {
    for (String column : key) {
      if (!names.contains(column)) {
        throw refusal(
            "key names a column \"%s\" that is not there; expected some of %s"
                .formatted(column, names));
      }
    }
    if (new HashSet<>(key).size() != key.size()) {
      throw refusal("key %s names a column twice".formatted(key));
    }
    if (!key.isEmpty() && !key.contains(time)) {
      List<String> remedy = new ArrayList<>(key);
      remedy.add(time);
      throw refusal(
          "key %s lacks the time: uniqueness is kept chunk by chunk; use key %s"
              .formatted(key, remedy));
    }
  }

  private ChunkInterval interval(String chunk, Column<?, ?> time) {
    try {
      return chunk.isBlank()
          ? ChunkInterval.byDefault(time.type())
          : ChunkInterval.parse(chunk, time.type());
    } catch (MappingException e) {
      throw refusal(e.getMessage());
    }
  }

  MappingException refusal(@Nullable String reason) {
    return new MappingException(subject + ": " + reason);
  }
}
