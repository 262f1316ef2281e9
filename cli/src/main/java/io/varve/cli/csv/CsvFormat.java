package io.varve.cli.csv;

import java.nio.charset.Charset;
import java.util.List;
import java.util.Optional;

/**
 * What the user said about a file; what is not said is found from the content.
 *
 * @param encoding the encoding
 * @param delimiter the character between fields
 * @param header whether the first row names the columns
 * @param columns the columns' names, in order; empty if they were not given
 * @param nulls which fields mean null
 */
public record CsvFormat(
    Optional<Charset> encoding,
    Optional<Character> delimiter,
    HeaderRule header,
    List<String> columns,
    NullTexts nulls) {

  /** Whether the first row names the columns. */
  public enum HeaderRule {
    /** It does if it looks like names. */
    DETECT,
    /** It is data. */
    ABSENT
  }

  public CsvFormat {
    columns = List.copyOf(columns);
  }
}
