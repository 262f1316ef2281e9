package io.varve.cli.output;

import io.varve.cli.shell.StandardOutput;
import io.varve.cli.shell.TextStyle;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Aligned columns for people. Widths are taken from the first rows, which wait until then; a wider
 * value further down shifts its line. So memory does not grow with the result.
 */
final class TableRowsWriter implements RowsWriter {

  private static final int ROWS_FOR_WIDTHS = 1_000;
  private static final String GAP = "  ";

  private final StandardOutput out;
  private final Values values;
  private final TextStyle style;
  private final List<String[]> waiting = new ArrayList<>();
  private List<OutputColumn> columns = List.of();
  private int[] widths = new int[0];
  private boolean started;

  TableRowsWriter(StandardOutput out, Values values, TextStyle style) {
    this.out = out;
    this.values = values;
    this.style = style;
  }

  @Override
  public void begin(List<OutputColumn> columns) {
    this.columns = columns;
    widths = columns.stream().mapToInt(column -> TextWidth.of(column.name())).toArray();
    waiting.clear();
    started = false;
  }

  @Override
  public void row(@Nullable Object[] row) {
    String[] cells = new String[row.length];
    for (int i = 0; i < row.length; i++) {
      cells[i] = TextWidth.printable(values.text(row[i]));
    }
    if (started) {
      print(cells);
      return;
    }
    waiting.add(cells);
    for (int i = 0; i < cells.length; i++) {
      widths[i] = Math.max(widths[i], TextWidth.of(cells[i]));
    }
    if (waiting.size() == ROWS_FOR_WIDTHS) {
      start();
    }
  }

  @Override
  public void end() {
    if (!started) {
      start();
    }
    out.flush();
  }

  private void start() {
    started = true;
    String[] titles = new String[columns.size()];
    String[] lines = new String[columns.size()];
    for (int i = 0; i < titles.length; i++) {
      titles[i] = TextWidth.printable(columns.get(i).name());
      lines[i] = style.line().repeat(Math.max(1, widths[i]));
    }
    out.println(style.bold(line(titles)));
    out.println(style.dim(line(lines)));
    waiting.forEach(this::print);
    waiting.clear();
  }

  private void print(String[] cells) {
    out.println(line(cells));
  }

  private String line(String[] cells) {
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < cells.length; i++) {
      String padding = " ".repeat(Math.max(0, widths[i] - TextWidth.of(cells[i])));
      line.append(i == 0 ? "" : GAP);
      line.append(columns.get(i).isNumber() ? padding + cells[i] : cells[i] + padding);
    }
    return line.toString().stripTrailing();
  }
}
