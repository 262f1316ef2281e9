package io.varve.cli.ingest;

import io.varve.MappingException;
import io.varve.cli.csv.ChunkWidth;
import io.varve.cli.csv.ColumnSample;
import io.varve.cli.csv.CsvInput;
import io.varve.cli.csv.CsvRows;
import io.varve.cli.csv.DecimalMark;
import io.varve.cli.csv.Extent;
import io.varve.cli.csv.Header;
import io.varve.cli.csv.Inference;
import io.varve.cli.csv.LocalZone;
import io.varve.cli.csv.RowParser.Slot;
import io.varve.cli.csv.Sample;
import io.varve.cli.csv.TimeColumn;
import io.varve.cli.csv.TimeFormat;
import io.varve.cli.csv.ValueParser;
import io.varve.cli.csv.ValueParser.Rounding;
import io.varve.cli.shell.CommandException;
import io.varve.model.ColumnType;
import io.varve.model.ColumnType.Kind;
import io.varve.model.Role;
import io.varve.model.Row;
import io.varve.model.Table;
import io.varve.model.TableBuilder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Designs the table of a file: time first, then dimensions, then measures.
 *
 * <p>Texts and UUIDs that repeat are dimensions, unless the user says otherwise; everything else is
 * a measure.
 */
public final class NewTablePlanner {

  private final IngestRequest request;
  private final CsvInput source;
  private final CsvRows rows;
  private final Sample sample;
  private final Header header;
  private final List<ColumnSample> columns;

  /**
   * @param rows the file, read up to the end of the sample
   */
  public NewTablePlanner(IngestRequest request, CsvInput source, CsvRows rows, Sample sample) {
    this.request = request;
    this.source = source;
    this.rows = rows;
    this.sample = sample;
    this.header = sample.header();
    this.columns = sample.columns();
  }

  public IngestPlan plan() {
    refuseUnknown("--types", request.types().keySet());
    refuseUnknown("--dimension", request.dimensions());
    refuseUnknown("--measure", request.measures());
    refuseTaken(request.tags().keySet());
    TimeColumn time = TimeColumn.find(header, columns, request.time(), request.timeFormat());
    PlannedColumn timeColumn = time(time);
    List<PlannedColumn> planned = new ArrayList<>(List.of(timeColumn));
    request.tags().forEach((name, value) -> planned.add(tag(name, value)));
    List<PlannedColumn> others = others(time.index());
    others.stream().filter(column -> column.role() == Role.DIMENSION).forEach(planned::add);
    others.stream().filter(column -> column.role() == Role.MEASURE).forEach(planned::add);
    String chunk = chunk(time, timeColumn);
    return new IngestPlan(table(planned, chunk), true, planned, header.names().size(), chunk);
  }

  private void refuseUnknown(String option, Collection<String> names) {
    for (String name : names) {
      if (header.indexOf(name) < 0) {
        throw CommandException.usage(
            option + ": there is no column \"" + name + "\"",
            "expected one of " + String.join(", ", header.titles()));
      }
    }
  }

  private void refuseTaken(Collection<String> tags) {
    for (String tag : tags) {
      if (header.names().contains(tag)) {
        throw CommandException.usage(
            "--tag " + tag + ": the file has a column of that name", "choose another name");
      }
    }
  }

  private PlannedColumn time(TimeColumn time) {
    String title = header.titles().get(time.index());
    ColumnType type = chosenType(time.index()).orElse(ColumnType.of(Kind.TIMESTAMPTZ));
    if (!type.isTime()) {
      throw CommandException.usage(
          "column \"%s\" is the time and cannot be %s".formatted(title, type.sql()),
          "expected timestamptz, timestamp, date or bigint");
    }
    String name = header.isFirstRow() || !isUnnamed(time.index()) ? name(time.index()) : "time";
    Slot slot = Slot.field(name, time.index(), timeParser(type, time.format()), true);
    String note = type.kind() == Kind.BIGINT ? "" : time.format().title();
    return new PlannedColumn(slot, title, type, Role.TIME, note);
  }

  private boolean isUnnamed(int index) {
    return name(index).equals("column_" + (index + 1));
  }

  private ValueParser timeParser(ColumnType type, TimeFormat format) {
    return type.kind() == Kind.BIGINT
        ? ValueParser.of(type, Rounding.NEAREST, request.decimal())
        : ValueParser.times(type, format, request.zone());
  }

  private static PlannedColumn tag(String name, String value) {
    return new PlannedColumn(
        Slot.constant(name, value),
        "--tag",
        ColumnType.of(Kind.TEXT),
        Role.DIMENSION,
        "always " + value);
  }

  private List<PlannedColumn> others(int time) {
    List<PlannedColumn> others = new ArrayList<>();
    for (int i = 0; i < columns.size(); i++) {
      if (i != time) {
        others.add(other(i));
      }
    }
    return others;
  }

  private PlannedColumn other(int index) {
    Optional<ColumnType> chosen = chosenType(index);
    Inference inferred = Inference.of(columns.get(index), request.decimal());
    ColumnType type = chosen.orElse(inferred.type());
    ColumnSample column = sample(index, type);
    if (chosen.isEmpty() && type.kind() == Kind.TEXT) {
      refuseDecimalCommas(column);
    }
    Role role = role(index, type);
    ValueParser parser =
        chosen.isPresent() ? chosenParser(index, type) : inferredParser(type, inferred);
    return new PlannedColumn(
        Slot.field(name(index), index, parser, role == Role.DIMENSION),
        header.titles().get(index),
        type,
        role,
        note(
            note(column, chosen.isPresent() ? 0 : inferred.misfits()),
            chosen.isEmpty() && type.kind() == Kind.BIGINT && role == Role.MEASURE,
            name(index)));
  }

  /** Blank texts are values of text, and of no other type. */
  private ColumnSample sample(int index, ColumnType type) {
    ColumnSample column = columns.get(index);
    return type.kind() == Kind.TEXT ? column : column.withBlanksAsNulls();
  }

  /** As texts they would be stored without a word. */
  private static void refuseDecimalCommas(ColumnSample column) {
    if (Inference.of(column, DecimalMark.COMMA).type().isNumeric()) {
      throw CommandException.usage(
          "column \"%s\" holds numbers with commas, such as \"%s\""
              .formatted(column.name(), firstWithComma(column)),
          "if the comma is the decimal mark give --decimal ,; to keep them as text give --types"
              + " %s=text".formatted(column.name()));
    }
  }

  private static String firstWithComma(ColumnSample column) {
    return column.values().stream().filter(text -> text.contains(",")).findFirst().orElse("");
  }

  private ValueParser inferredParser(ColumnType type, Inference inferred) {
    return inferred
        .time()
        .map(format -> ValueParser.times(type, format, request.zone()))
        .orElseGet(() -> ValueParser.of(type, Rounding.REFUSED, request.decimal()));
  }

  private ValueParser chosenParser(int index, ColumnType type) {
    boolean holdsTimes = type.isTime() && type.kind() != Kind.BIGINT;
    return holdsTimes
        ? ValueParser.times(type, TimeColumn.format(columns.get(index)), request.zone())
        : ValueParser.of(type, Rounding.NEAREST, request.decimal());
  }

  private static String note(String note, boolean isWhole, String column) {
    String whole = "whole numbers only; --types " + column + PlannedColumn.WHOLE_NUMBERS;
    return isWhole ? note.isEmpty() ? whole : note + ", " + whole : note;
  }

  private static String note(ColumnSample column, long misfits) {
    if (column.values().isEmpty()) {
      return "no values in the sample";
    }
    String nulls =
        column.nulls() == 0
            ? ""
            : String.format(Locale.ROOT, "%,d of %,d empty", column.nulls(), size(column));
    String unfit =
        misfits == 0
            ? ""
            : String.format(Locale.ROOT, "%,d of %,d do not fit", misfits, size(column));
    return nulls.isEmpty() || unfit.isEmpty() ? nulls + unfit : nulls + ", " + unfit;
  }

  private static long size(ColumnSample column) {
    return column.nulls() + column.values().size();
  }

  private Role role(int index, ColumnType type) {
    if (names(request.dimensions(), index)) {
      return Role.DIMENSION;
    }
    boolean names = type.kind() == Kind.TEXT || type.kind() == Kind.UUID;
    return names && sample(index, type).isRepeating() && !names(request.measures(), index)
        ? Role.DIMENSION
        : Role.MEASURE;
  }

  private boolean names(List<String> names, int index) {
    return names.stream().anyMatch(name -> header.indexOf(name) == index);
  }

  private Optional<ColumnType> chosenType(int index) {
    return request.types().entrySet().stream()
        .filter(entry -> header.indexOf(entry.getKey()) == index)
        .map(Map.Entry::getValue)
        .findFirst();
  }

  private String name(int index) {
    return header.names().get(index);
  }

  private String chunk(TimeColumn time, PlannedColumn column) {
    if (request.chunk() != null) {
      return request.chunk();
    }
    if (column.type().kind() == Kind.BIGINT) {
      throw CommandException.usage(
          "a bigint time has no usual chunk width", "give one in its own units, as --chunk 100000");
    }
    ValueParser instants =
        ValueParser.times(
            ColumnType.of(Kind.TIMESTAMPTZ), time.format(), new LocalZone(request.zone().id()));
    Duration width =
        Extent.of(source, rows, sample, instants, time.index())
            .map(extent -> ChunkWidth.choose(extent.span(), extent.rows()))
            .orElse(Duration.ofDays(7));
    boolean tooFine = column.type().kind() == Kind.DATE && width.toDays() == 0;
    return tooFine ? "1 day" : ChunkWidth.text(width);
  }

  private Table<Row> table(List<PlannedColumn> planned, String chunk) {
    TableBuilder table = Table.builder(request.table()).chunk(chunk);
    for (PlannedColumn column : planned) {
      String name = column.slot().column();
      switch (column.role()) {
        case TIME -> table.time(name, column.type());
        case DIMENSION -> table.dimension(name, column.type());
        case MEASURE -> table.measure(name, column.type());
      }
    }
    if (request.onConflict() != OnConflict.error) {
      table.key(key(planned));
    }
    try {
      return table.build();
    } catch (MappingException e) {
      String message = String.valueOf(e.getMessage());
      int width = message.indexOf("chunk \"" + chunk + "\":");
      throw width >= 0
          ? CommandException.usage("--" + message.substring(width))
          : CommandException.usage(message, "change it with --table, --columns or --chunk");
    }
  }

  /** What tells one row from another: the dimensions, then the time. */
  private static String[] key(List<PlannedColumn> planned) {
    return Stream.of(Role.DIMENSION, Role.TIME)
        .flatMap(role -> planned.stream().filter(column -> column.role() == role))
        .map(column -> column.slot().column())
        .toArray(String[]::new);
  }
}
