package io.varve.cli;

import io.varve.MappingException;
import io.varve.cli.csv.DecimalMark;
import io.varve.cli.csv.Header;
import io.varve.cli.csv.LocalZone;
import io.varve.cli.csv.TimeFormat;
import io.varve.cli.ingest.IngestRequest;
import io.varve.cli.ingest.OnConflict;
import io.varve.cli.ingest.TypeNames;
import io.varve.cli.shell.CommandException;
import io.varve.model.QualifiedName;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options that say what becomes of the file's columns. */
final class DesignOptions {

  @Option(
      names = "--table",
      paramLabel = "NAME",
      description = "The table (default: named like the file).")
  private @Nullable String table;

  @Option(names = "--time", paramLabel = "COL", description = "The time column.")
  private @Nullable String time;

  @Option(
      names = "--time-format",
      paramLabel = "FORMAT",
      description =
          "How it is written: iso, epoch-s, epoch-ms, epoch-us, epoch-ns, or a pattern such as"
              + " 'dd/MM/yyyy HH:mm'.")
  private @Nullable String timeFormat;

  @Option(
      names = "--zone",
      paramLabel = "ZONE",
      description = "Zone of times without an offset, such as Europe/Berlin (default: UTC).")
  private String zone = "UTC";

  @Option(
      names = "--decimal",
      paramLabel = "CHAR",
      description = "Decimal mark of numbers: . or , (default: .).")
  private String decimal = ".";

  @Option(
      names = "--types",
      paramLabel = "COL=TYPE,…",
      description = "Types of columns, such as value=numeric,id=text.")
  private @Nullable String types;

  @Option(
      names = "--dimension",
      paramLabel = "COL",
      split = ",",
      description = "A column that is a dimension; may be repeated.")
  private List<String> dimensions = List.of();

  @Option(
      names = "--measure",
      paramLabel = "COL",
      split = ",",
      description = "A column that is a measure although it repeats.")
  private List<String> measures = List.of();

  @Option(
      names = "--tag",
      paramLabel = "NAME=VALUE",
      description = "A dimension with the same text in every row; may be repeated.")
  private Map<String, String> tags = new LinkedHashMap<>();

  @Option(
      names = "--chunk",
      paramLabel = "WIDTH",
      description = "Width of a chunk, such as '7 days' (default: by the file's time span).")
  private @Nullable String chunk;

  @Option(
      names = "--on-conflict",
      paramLabel = "ACTION",
      description =
          "What becomes of a row whose key is in the table: error (default) rejects it, skip leaves it"
              + " out, update replaces the columns the file has. For skip and update a new table gets"
              + " its dimensions and the time as the key, and an existing one must have a key.")
  private OnConflict onConflict = OnConflict.error;

  /**
   * What the user wants.
   *
   * @param file the file, after which the table is named if nothing else is said
   */
  IngestRequest request(Optional<Path> file) {
    return new IngestRequest(
        usable(table != null ? table : tableName(file)),
        time,
        timeFormat == null ? null : TimeFormat.named(timeFormat),
        new LocalZone(Zones.parse(zone)),
        types == null ? Map.of() : TypeNames.parse(types),
        dimensions,
        measures,
        tags,
        chunk,
        decimalMark(),
        onConflict);
  }

  private DecimalMark decimalMark() {
    return switch (decimal) {
      case "." -> DecimalMark.POINT;
      case "," -> DecimalMark.COMMA;
      default ->
          throw CommandException.usage(
              "--decimal: \"" + decimal + "\" is no decimal mark", "expected . or ,");
    };
  }

  private static String usable(String name) {
    try {
      QualifiedName.parse(name);
      return name;
    } catch (MappingException e) {
      throw CommandException.usage(
          String.valueOf(e.getMessage()), "name the table with --table, as name or schema.name");
    }
  }

  private static String tableName(Optional<Path> file) {
    Path name =
        file.map(Path::getFileName)
            .orElseThrow(
                () ->
                    CommandException.usage(
                        "standard input has no name to name the table after",
                        "name the table with --table"));
    String base = name.toString().replaceAll("(?i)(\\.gz)?$", "").replaceAll("\\.[^.]*$", "");
    return Header.columnName(base).replaceAll("^c_(?=\\d)", "t_");
  }
}
