package io.varve.cli.csv;

import io.varve.cli.csv.CsvFormat.HeaderRule;
import java.util.List;
import java.util.Optional;

/** Formats for tests. */
final class CsvFormats {

  private CsvFormats() {}

  /** Everything is found from the content. */
  static CsvFormat detected() {
    return new CsvFormat(
        Optional.empty(), Optional.empty(), HeaderRule.DETECT, List.of(), NullTexts.byDefault());
  }
}
