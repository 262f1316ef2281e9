package io.varve.cli.ingest;

import io.varve.MappingException;
import io.varve.cli.csv.ColumnSample;
import io.varve.cli.csv.Header;
import io.varve.cli.csv.RejectsFile;
import io.varve.cli.csv.RowParser.Slot;
import io.varve.cli.csv.Sample;
import io.varve.cli.csv.TimeColumn;
import io.varve.cli.csv.TimeFormat;
import io.varve.cli.csv.Unfit;
import io.varve.cli.csv.ValueParser;
import io.varve.cli.csv.ValueParser.Rounding;
import io.varve.cli.shell.CommandException;
import io.varve.model.ChunkInterval;
import io.varve.model.Column;
import io.varve.model.ColumnType;
import io.varve.model.ColumnType.Kind;
import io.varve.model.Role;
import io.varve.model.Row;
import io.varve.model.Table;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Finds the columns of an existing table in a file, by name. The table's types hold; options that
 * say what the table is already are fine, so that a load can be run again as it was.
 *
 * <p>A double refuses digits it cannot keep, as it does in a new table, unless the user names its
 * type: whether a row fits must not depend on which load of the file brings it.
 */
public final class ExistingTablePlanner {

  private final IngestRequest request;
  private final Table<Row> table;
  private final Header header;
  private final List<ColumnSample> samples;
  private final Map<String, Integer> fields = new HashMap<>();

  public ExistingTablePlanner(IngestRequest request, Table<Row> table, Sample sample) {
    this.request = request;
    this.table = table;
    this.header = sample.header();
    this.samples = sample.columns();
  }

  public IngestPlan plan() {
    refuseDesign();
    requireKey();
    refuseUnknownTags();
    matchFields();
    List<PlannedColumn> planned = new ArrayList<>();
    for (Column<Row, ?> column : table.columns()) {
      planned.add(plan(column));
    }
    return new IngestPlan(table, false, planned, header.names().size(), "");
  }

  /** What the table is has been decided when it was created. */
  private void refuseDesign() {
    request.types().forEach(this::requireType);
    request.dimensions().forEach(name -> requireRole("--dimension", name, Role.DIMENSION));
    request.measures().forEach(name -> requireRole("--measure", name, Role.MEASURE));
    if (request.chunk() != null && !table.chunk().equals(width(request.chunk()))) {
      throw kept("--chunk", "its chunks have another width");
    }
  }

  private void requireKey() {
    if (request.onConflict() == OnConflict.error || !table.key().isEmpty()) {
      return;
    }
    String columns =
        Stream.concat(table.dimensions().stream(), Stream.of(table.time()))
            .map(Column::name)
            .collect(Collectors.joining(", "));
    throw CommandException.usage(
        "--on-conflict %s: table %s has no unique key with the time"
            .formatted(request.onConflict(), table.name()),
        "make one, such as varve sql 'create unique index on %s (%s)', or leave the option out"
            .formatted(table.name(), columns));
  }

  private void requireType(String name, ColumnType type) {
    Column<Row, ?> column = column("--types", name);
    if (!column.type().equals(type)) {
      throw kept("--types", "%s is %s".formatted(column.name(), column.type().sql()));
    }
  }

  private void requireRole(String option, String name, Role role) {
    Column<Row, ?> column = column(option, name);
    if (column.role() != role) {
      throw kept(
          option,
          "%s is a %s".formatted(column.name(), column.role().name().toLowerCase(Locale.ROOT)));
    }
  }

  private CommandException kept(String option, String fact) {
    return CommandException.usage(
        "%s: table %s exists and keeps its columns".formatted(option, table.name()),
        fact + "; leave the option out, or choose another table with --table");
  }

  private Column<Row, ?> column(String option, String name) {
    int field = header.indexOf(name);
    String column = field >= 0 ? columnOf(field) : name;
    return table.columns().stream()
        .filter(each -> each.name().equals(column))
        .findFirst()
        .orElseThrow(
            () ->
                CommandException.usage(
                    "%s: table %s has no column \"%s\"".formatted(option, table.name(), name),
                    "it has " + String.join(", ", names())));
  }

  private ChunkInterval width(String text) {
    try {
      return Table.builder(request.table())
          .time(table.time().name(), table.time().type())
          .chunk(text)
          .build()
          .chunk();
    } catch (MappingException e) {
      throw CommandException.usage(String.valueOf(e.getMessage()), "change it with --chunk");
    }
  }

  private void refuseUnknownTags() {
    for (String tag : request.tags().keySet()) {
      if (!names().contains(tag)) {
        throw CommandException.usage(
            "--tag %s: table %s has no such column".formatted(tag, table.name()),
            "it has " + String.join(", ", names()));
      }
    }
  }

  private void matchFields() {
    List<String> unknown = new ArrayList<>();
    for (int i = 0; i < header.names().size(); i++) {
      String column = columnOf(i);
      if (column == null && RejectsFile.COLUMNS.contains(header.titles().get(i))) {
        continue;
      }
      if (column == null) {
        unknown.add(header.titles().get(i));
      } else if (fields.put(column, i) != null) {
        throw CommandException.usage(
            "two columns of the file are for \"%s\" of table %s".formatted(column, table.name()),
            "rename one in the file, or name all columns with --columns");
      }
    }
    if (!unknown.isEmpty()) {
      throw CommandException.usage(
          "table %s has no column %s".formatted(table.name(), String.join(", ", unknown)),
          "it has %s; name the file's columns with --columns, or choose another table with --table"
              .formatted(String.join(", ", names())));
    }
  }

  private @Nullable String columnOf(int field) {
    String title = header.titles().get(field);
    if (title.equals(request.time()) || header.names().get(field).equals(request.time())) {
      return table.time().name();
    }
    List<String> names = names();
    if (names.contains(title)) {
      return title;
    }
    String name = header.names().get(field);
    if (names.contains(name)) {
      return name;
    }
    return isUnnamedTime(field) ? table.time().name() : null;
  }

  /**
   * A file without titles gave its columns numbers, and its time another name: it is the one number
   * that the table does not have.
   */
  private boolean isUnnamedTime(int field) {
    List<String> unknown =
        header.names().stream()
            .filter(name -> name.matches("column_\\d+") && !names().contains(name))
            .toList();
    return request.time() == null
        && !header.names().contains(table.time().name())
        && unknown.equals(List.of(header.names().get(field)));
  }

  private List<String> names() {
    return table.columns().stream().<String>map(Column::name).toList();
  }

  private PlannedColumn plan(Column<Row, ?> column) {
    String tag = request.tags().get(column.name());
    Integer field = fields.get(column.name());
    if (tag != null && field != null) {
      throw CommandException.usage(
          "--tag " + column.name() + ": the file has that column", "leave the tag out");
    }
    if (field != null) {
      return fromFile(column, field);
    }
    return tag == null ? absent(column) : tagged(column, tag);
  }

  private PlannedColumn fromFile(Column<Row, ?> column, int field) {
    if (column.type().array()) {
      throw CommandException.usage(
          "column \"%s\" of table %s is an array (%s), which CSV does not hold"
              .formatted(column.name(), table.name(), column.type().sql()),
          "leave it out of the file");
    }
    Slot slot = Slot.field(column.name(), field, parser(column, field), !column.nullable());
    return new PlannedColumn(slot, header.titles().get(field), column.type(), column.role(), "");
  }

  private ValueParser parser(Column<Row, ?> column, int field) {
    ColumnType type = column.type();
    if (!type.isTime() || type.kind() == Kind.BIGINT) {
      return ValueParser.of(type, rounding(column), request.decimal());
    }
    TimeFormat given = column.role() == Role.TIME ? request.timeFormat() : null;
    TimeFormat format = given != null ? given : TimeColumn.format(samples.get(field));
    return ValueParser.times(type, format, request.zone());
  }

  private Rounding rounding(Column<Row, ?> column) {
    return request.types().keySet().stream()
            .anyMatch(name -> column("--types", name).name().equals(column.name()))
        ? Rounding.NEAREST
        : Rounding.REFUSED;
  }

  private PlannedColumn tagged(Column<Row, ?> column, String tag) {
    try {
      Object value = ValueParser.of(column.type(), Rounding.NEAREST).parse(tag);
      return new PlannedColumn(
          Slot.constant(column.name(), value),
          "--tag",
          column.type(),
          column.role(),
          "always " + tag);
    } catch (Unfit | IllegalArgumentException e) {
      throw CommandException.usage(
          "--tag %s: \"%s\" %s".formatted(column.name(), tag, e.getMessage()),
          "the column is of type " + column.type().sql());
    }
  }

  private PlannedColumn absent(Column<Row, ?> column) {
    if (!column.nullable()) {
      throw CommandException.usage(
          "the file has no column \"%s\", which table %s requires"
              .formatted(column.name(), table.name()),
          column.role() == Role.TIME
              ? "say which column is the time with --time"
              : "add it to the file, or give one value for all rows with --tag");
    }
    return new PlannedColumn(
        Slot.constant(column.name(), null), "", column.type(), column.role(), "not in the file");
  }
}
