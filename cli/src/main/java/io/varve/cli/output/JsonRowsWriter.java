package io.varve.cli.output;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.io.SerializedString;
import com.fasterxml.jackson.core.util.MinimalPrettyPrinter;
import io.varve.cli.shell.StandardOutput;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** An array of objects with one object per line, or just the lines (NDJSON). */
final class JsonRowsWriter implements RowsWriter {

  /** What stands around and between the objects. */
  enum Frame {
    ARRAY("[\n", ",\n", "\n]\n", "[]\n"),
    LINES("", "\n", "\n", "");

    private final String start;
    private final String between;
    private final String end;
    private final String empty;

    Frame(String start, String between, String end, String empty) {
      this.start = start;
      this.between = between;
      this.end = end;
      this.empty = empty;
    }
  }

  private final StandardOutput out;
  private final Frame frame;
  private final JsonGenerator json;
  private final JsonValues values = new JsonValues();
  private List<SerializedString> names = List.of();
  private boolean hasRows;

  JsonRowsWriter(StandardOutput out, Frame frame) {
    this.out = out;
    this.frame = frame;
    try {
      this.json = new JsonFactory().createGenerator(out);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    json.setPrettyPrinter(new MinimalPrettyPrinter(""));
  }

  @Override
  public void begin(List<OutputColumn> columns) {
    Set<String> taken = new HashSet<>();
    names = columns.stream().map(column -> unique(column.name(), taken)).toList();
    hasRows = false;
  }

  /** SQL may give two columns one name, an object may not. */
  private static SerializedString unique(String name, Set<String> taken) {
    String unique = name;
    for (int i = 2; !taken.add(unique); i++) {
      unique = name + "_" + i;
    }
    return new SerializedString(unique);
  }

  @Override
  public void row(@Nullable Object[] row) {
    try {
      json.writeRaw(hasRows ? frame.between : frame.start);
      hasRows = true;
      json.writeStartObject();
      for (int i = 0; i < row.length; i++) {
        json.writeFieldName(names.get(i));
        values.write(json, row[i]);
      }
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void end() {
    try {
      json.writeRaw(hasRows ? frame.end : frame.empty);
      json.flush();
      out.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
