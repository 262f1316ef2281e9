package io.varve.cli.csv;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Makes a table's values of a file's row. Thread-safe.
 *
 * <p>Columns of the table that the file does not have get a constant, or null.
 */
public final class RowParser {

  /**
   * Where a column of the table gets its value from.
   *
   * @param column the column
   * @param field position in the file, or -1
   * @param parser reads the field; null where there is none
   * @param constant the value where there is no field
   * @param required whether null is refused
   */
  public record Slot(
      String column,
      int field,
      @Nullable ValueParser parser,
      @Nullable Object constant,
      boolean required) {

    /** A value from the file. */
    public static Slot field(String column, int field, ValueParser parser, boolean required) {
      return new Slot(column, field, parser, null, required);
    }

    /** The same value in every row; may be null. */
    public static Slot constant(String column, @Nullable Object constant) {
      return new Slot(column, -1, null, constant, false);
    }
  }

  private final int width;
  private final List<Slot> slots;

  /**
   * @param width how many fields a row of the file has
   * @param slots one per column of the table, in order
   */
  public RowParser(int width, List<Slot> slots) {
    this.width = width;
    this.slots = List.copyOf(slots);
  }

  /** The values; a row that cannot be written is refused with the column and the reason. */
  public @Nullable Object[] parse(CsvRow row) {
    if (row.flaw() != null) {
      throw new Reject(row.line(), "", row.flaw().text(), row.flaw().reason());
    }
    if (row.fields().length != width) {
      throw new Reject(
          row.line(),
          "",
          row.display(),
          "has %d fields, expected %d".formatted(row.fields().length, width));
    }
    @Nullable Object[] values = new @Nullable Object[slots.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = value(row, slots.get(i));
    }
    return values;
  }

  private static @Nullable Object value(CsvRow row, Slot slot) {
    if (slot.parser() == null) {
      return slot.constant();
    }
    String field = row.fields()[slot.field()];
    try {
      Object value = field == null ? null : slot.parser().parse(field);
      if (value == null && slot.required()) {
        throw new Unfit("is empty, but the column must not be null");
      }
      return value;
    } catch (Unfit e) {
      throw new Reject(row.line(), slot.column(), field == null ? "" : field, e.reason());
    }
  }
}
