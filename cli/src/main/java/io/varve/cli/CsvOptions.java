package io.varve.cli;

import io.varve.cli.csv.CsvFormat;
import io.varve.cli.csv.CsvFormat.HeaderRule;
import io.varve.cli.csv.NullTexts;
import io.varve.cli.shell.CommandException;
import java.nio.charset.Charset;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options that say how a file is written. */
final class CsvOptions {

  @Option(names = "--no-header", description = "The first row is data.")
  private boolean noHeader;

  @Option(
      names = "--columns",
      paramLabel = "COL",
      split = ",",
      description = "Names of all columns, in order, instead of the header's.")
  private List<String> columns = List.of();

  @Option(
      names = "--delimiter",
      paramLabel = "CHAR",
      description = "Between fields: one character, or tab (default: found among , ; | and tab).")
  private @Nullable String delimiter;

  @Option(
      names = "--encoding",
      paramLabel = "NAME",
      description = "Encoding, such as ISO-8859-1 (default: by byte order mark, else UTF-8).")
  private @Nullable String encoding;

  @Option(
      names = "--null",
      paramLabel = "TEXT",
      description = "A field that means null, instead of NULL and \\N; may be repeated.")
  private List<String> nulls = List.of();

  CsvFormat format() {
    return new CsvFormat(
        Optional.ofNullable(encoding).map(CsvOptions::charset),
        Optional.ofNullable(delimiter).map(CsvOptions::character),
        noHeader ? HeaderRule.ABSENT : HeaderRule.DETECT,
        columns,
        nulls());
  }

  /** Which fields mean null. */
  NullTexts nulls() {
    return nulls.isEmpty() ? NullTexts.byDefault() : new NullTexts(Set.copyOf(nulls));
  }

  private static Charset charset(String name) {
    try {
      return Charset.forName(name);
    } catch (IllegalArgumentException e) {
      throw CommandException.usage(
          "there is no encoding \"" + name + "\"",
          "expected one such as UTF-8, ISO-8859-1, windows-1252 or UTF-16LE");
    }
  }

  private static char character(String text) {
    String character = text.equals("tab") || text.equals("\\t") ? "\t" : text;
    if (character.length() != 1 || "\"\r\n".contains(character)) {
      throw CommandException.usage(
          "\"" + text + "\" cannot stand between fields", "expected one character, or tab");
    }
    return character.charAt(0);
  }
}
