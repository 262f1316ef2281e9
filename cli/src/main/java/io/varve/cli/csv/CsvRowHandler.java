package io.varve.cli.csv;

import de.siegmar.fastcsv.reader.AbstractBaseCsvCallbackHandler;
import de.siegmar.fastcsv.reader.RecordType;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Makes rows of what the parser finds, telling an empty field from a quoted empty text. */
final class CsvRowHandler extends AbstractBaseCsvCallbackHandler<CsvRow> {

  private final NullTexts nulls;
  private @Nullable String[] fields = new @Nullable String[16];
  private int size;
  private final long before;
  private long line;

  CsvRowHandler(NullTexts nulls) {
    this(nulls, 0);
  }

  /**
   * @param before how many lines come before what is parsed
   */
  CsvRowHandler(NullTexts nulls, long before) {
    this.nulls = nulls;
    this.before = before;
    this.line = before + 1;
  }

  /** The line on which the row being read begins. */
  long line() {
    return line;
  }

  @Override
  protected void handleBegin(long startingLineNumber) {
    line = before + startingLineNumber;
    size = 0;
  }

  @Override
  protected void handleField(int index, char[] buffer, int offset, int length, boolean quoted) {
    if (index == fields.length) {
      fields = Arrays.copyOf(fields, 2 * fields.length);
    }
    String field = new String(buffer, offset, length);
    fields[index] = !quoted && nulls.isNull(field) ? null : field;
    size = index + 1;
  }

  @Override
  protected @Nullable CsvRow buildRecord() {
    return getRecordType() == RecordType.DATA
        ? new CsvRow(line, Arrays.copyOf(fields, size))
        : null;
  }
}
