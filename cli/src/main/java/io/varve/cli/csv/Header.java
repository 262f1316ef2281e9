package io.varve.cli.csv;

import io.varve.cli.csv.CsvFormat.HeaderRule;
import io.varve.cli.shell.CommandException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The columns' names.
 *
 * @param titles as the file or the user writes them
 * @param names as the database has them: lower case, letters, digits and {@code _}
 * @param isFirstRow whether they stand in the file's first row, which then holds no data
 */
public record Header(List<String> titles, List<String> names, boolean isFirstRow) {

  public Header {
    titles = List.copyOf(titles);
    names = List.copyOf(names);
  }

  /**
   * Decides by the first row, which looks like names if it holds no time, no number that is likely
   * to be one, and not only numbers.
   */
  static Header of(CsvRow first, CsvFormat format) {
    boolean isFirstRow = format.header() == HeaderRule.DETECT && looksLikeNames(first);
    List<String> titles = titles(first, format, isFirstRow);
    if (titles.size() != first.fields().length) {
      throw CommandException.usage(
          "--columns names %d columns, but the first row has %d"
              .formatted(titles.size(), first.fields().length),
          "name every column, in the order of the file");
    }
    List<String> names =
        format.columns().isEmpty() ? titles.stream().map(Header::columnName).toList() : titles;
    refuseDuplicates(titles, names);
    return new Header(titles, names, isFirstRow);
  }

  private static List<String> titles(CsvRow first, CsvFormat format, boolean isFirstRow) {
    if (!format.columns().isEmpty()) {
      return format.columns();
    }
    List<String> titles = new ArrayList<>();
    for (String field : first.fields()) {
      boolean named = isFirstRow && field != null && !field.isBlank();
      titles.add(named ? String.valueOf(field).strip() : "column_" + (titles.size() + 1));
    }
    return titles;
  }

  private static boolean looksLikeNames(CsvRow row) {
    boolean numbersOnly = true;
    for (String field : row.fields()) {
      if (field == null) {
        continue;
      }
      String text = field.strip();
      if (TimeDetector.detect(List.of(text)).isPresent()) {
        return false;
      }
      numbersOnly &= Numbers.isDecimal(text) || Numbers.isSpecial(text);
    }
    return !numbersOnly;
  }

  /** {@code Temperature (°C)} becomes {@code temperature_c}: a name that needs no quotes in SQL. */
  public static String columnName(String title) {
    String name =
        title.toLowerCase(Locale.ROOT).replaceAll("[^\\p{L}\\p{N}]+", "_").replaceAll("^_|_$", "");
    if (name.isEmpty()) {
      return "column";
    }
    return Character.isDigit(name.charAt(0)) ? "c_" + name : name;
  }

  private static void refuseDuplicates(List<String> titles, List<String> names) {
    Map<String, Integer> seen = new HashMap<>();
    for (int i = 0; i < names.size(); i++) {
      Integer earlier = seen.put(names.get(i), i);
      if (earlier != null) {
        throw CommandException.usage(
            "columns %d and %d are both named \"%s\"%s"
                .formatted(
                    earlier + 1,
                    i + 1,
                    names.get(i),
                    titles.get(i).equals(titles.get(earlier))
                        ? ""
                        : " (\"%s\" and \"%s\")".formatted(titles.get(earlier), titles.get(i))),
            "rename one in the file, or name all columns with --columns");
      }
    }
  }

  /** The position of a column given by either of its names, or -1. */
  public int indexOf(String name) {
    int index = titles.indexOf(name);
    return index >= 0 ? index : names.indexOf(name);
  }
}
