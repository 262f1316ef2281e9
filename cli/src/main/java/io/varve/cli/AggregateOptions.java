package io.varve.cli;

import io.varve.cli.output.OutputColumn;
import io.varve.model.Column;
import io.varve.model.Row;
import io.varve.model.Table;
import io.varve.query.Aggregate;
import io.varve.query.Aggregate.Function;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;

/** Options that say what is computed per bucket. */
final class AggregateOptions {

  @Option(names = "--avg", paramLabel = "COL", split = ",", description = "The mean of a column.")
  private List<String> avg = List.of();

  @Option(names = "--min", paramLabel = "COL", split = ",", description = "The least value.")
  private List<String> min = List.of();

  @Option(names = "--max", paramLabel = "COL", split = ",", description = "The greatest value.")
  private List<String> max = List.of();

  @Option(names = "--sum", paramLabel = "COL", split = ",", description = "The sum.")
  private List<String> sum = List.of();

  @Option(names = "--first", paramLabel = "COL", split = ",", description = "The earliest value.")
  private List<String> first = List.of();

  @Option(names = "--count", description = "The number of rows.")
  private boolean count;

  boolean isEmpty() {
    return !count
        && avg.isEmpty()
        && min.isEmpty()
        && max.isEmpty()
        && sum.isEmpty()
        && first.isEmpty();
  }

  /**
   * What was asked for; if nothing was, the mean of every measure that is a number, or else the
   * number of rows.
   *
   * @param last columns whose latest value is wanted
   */
  List<Aggregate> selected(Table<Row> table, List<String> last) {
    List<Aggregate> selected = new ArrayList<>();
    avg.forEach(column -> selected.add(Aggregate.avg(column)));
    min.forEach(column -> selected.add(Aggregate.min(column)));
    max.forEach(column -> selected.add(Aggregate.max(column)));
    sum.forEach(column -> selected.add(Aggregate.sum(column)));
    first.forEach(column -> selected.add(Aggregate.first(column)));
    last.forEach(column -> selected.add(Aggregate.last(column)));
    if (count) {
      selected.add(Aggregate.count());
    }
    if (selected.isEmpty()) {
      table.measures().stream()
          .filter(column -> column.type().isNumeric())
          .map(column -> Aggregate.avg(column.name()))
          .forEach(selected::add);
    }
    return selected.isEmpty() ? List.of(Aggregate.count()) : selected;
  }

  /** The column of a result that an aggregate makes. */
  OutputColumn column(Aggregate aggregate, Table<Row> table) {
    boolean number =
        aggregate.function() == Function.COUNT
            || aggregate.column().map(table::column).map(Column::type).orElseThrow().isNumeric();
    return new OutputColumn(aggregate.name(), number);
  }
}
