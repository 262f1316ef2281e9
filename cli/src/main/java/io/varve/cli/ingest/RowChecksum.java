package io.varve.cli.ingest;

import io.varve.cli.csv.CsvRow;
import java.util.Arrays;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/** A checksum of the fields of some rows, wherever in a file they stand. Not thread-safe. */
final class RowChecksum {

  private static final int NULL = -1;
  private static final int FLAW = -2;
  private static final int END = -3;

  private final CRC32C checksum = new CRC32C();
  private byte[] bytes = new byte[1 << 12];
  private int size;

  /** Takes in one more row. */
  void add(CsvRow row) {
    for (String field : row.fields()) {
      add(field);
    }
    if (row.flaw() != null) {
      number(FLAW);
      add(row.flaw().text());
    }
    number(END);
    checksum.update(bytes, 0, size);
    size = 0;
  }

  private void add(@Nullable String field) {
    if (field == null) {
      number(NULL);
      return;
    }
    number(field.length());
    room(2 * field.length());
    for (int i = 0; i < field.length(); i++) {
      char c = field.charAt(i);
      bytes[size++] = (byte) (c >>> 8);
      bytes[size++] = (byte) c;
    }
  }

  private void number(int number) {
    room(Integer.BYTES);
    for (int shift = 24; shift >= 0; shift -= 8) {
      bytes[size++] = (byte) (number >>> shift);
    }
  }

  private void room(int more) {
    if (size + more > bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, size + more));
    }
  }

  /** The checksum of what was taken in. */
  int value() {
    return (int) checksum.getValue();
  }
}
