package io.varve.cli;

import io.varve.cli.output.OutputColumn;
import io.varve.cli.shell.CommandException;
import io.varve.model.Column;
import io.varve.model.Row;
import io.varve.model.Table;
import io.varve.query.Aggregate;
import io.varve.query.ResultColumn;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import picocli.CommandLine.Option;

/** Options that say what is computed. */
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

  @Option(
      names = "--distinct",
      paramLabel = "COL",
      split = ",",
      description = "The number of different values.")
  private List<String> distinct = List.of();

  @Option(
      names = "--mode",
      paramLabel = "COL",
      split = ",",
      description = "The most frequent value.")
  private List<String> mode = List.of();

  @Option(
      names = "--stddev",
      paramLabel = "COL",
      split = ",",
      description = "The standard deviation of a sample.")
  private List<String> stddev = List.of();

  @Option(
      names = "--variance",
      paramLabel = "COL",
      split = ",",
      description = "The variance of a sample.")
  private List<String> variance = List.of();

  @Option(
      names = "--percentile",
      paramLabel = "COL:P",
      split = ",",
      description = "A percentile in percent, 0 or 1 to 100: temperature:95.")
  private List<String> percentile = List.of();

  @Option(
      names = "--histogram",
      paramLabel = "COL:LOW:HIGH:BINS",
      split = ",",
      description = "The number of values per bin, and below and above all bins.")
  private List<String> histogram = List.of();

  @Option(
      names = "--delta",
      paramLabel = "COL",
      split = ",",
      description = "The last value minus the first.")
  private List<String> delta = List.of();

  @Option(
      names = "--increase",
      paramLabel = "COL",
      split = ",",
      description = "By how much a counter grew, resets considered.")
  private List<String> increase = List.of();

  @Option(
      names = "--rate",
      paramLabel = "COL",
      split = ",",
      description = "By how much a counter grew per second.")
  private List<String> rate = List.of();

  @Option(
      names = "--time-weighted-avg",
      paramLabel = "COL",
      split = ",",
      description = "The mean of a value that holds until the next one.")
  private List<String> timeWeightedAvg = List.of();

  boolean isEmpty() {
    return asked(List.of()).isEmpty();
  }

  /**
   * What was asked for; if nothing was, the mean of every measure that is a number, or else the
   * number of rows.
   *
   * @param last columns whose latest value is wanted
   */
  List<Aggregate> selected(Table<Row> table, List<String> last) {
    List<Aggregate> asked = asked(last);
    if (!asked.isEmpty()) {
      return asked;
    }
    List<Aggregate> means =
        table.measures().stream()
            .filter(column -> column.type().isNumeric())
            .map(Column::name)
            .map(Aggregate::avg)
            .toList();
    return means.isEmpty() ? List.of(Aggregate.count()) : means;
  }

  private List<Aggregate> asked(List<String> last) {
    List<Aggregate> asked = new ArrayList<>();
    add(asked, avg, Aggregate::avg);
    add(asked, min, Aggregate::min);
    add(asked, max, Aggregate::max);
    add(asked, sum, Aggregate::sum);
    add(asked, first, Aggregate::first);
    add(asked, last, Aggregate::last);
    add(asked, distinct, Aggregate::distinct);
    add(asked, mode, Aggregate::mode);
    add(asked, stddev, Aggregate::stddev);
    add(asked, variance, Aggregate::variance);
    add(asked, percentile, AggregateOptions::percentile);
    add(asked, histogram, AggregateOptions::histogram);
    add(asked, delta, Aggregate::delta);
    add(asked, increase, Aggregate::increase);
    add(asked, rate, Aggregate::rate);
    add(asked, timeWeightedAvg, Aggregate::timeWeightedAvg);
    if (count) {
      asked.add(Aggregate.count());
    }
    return asked;
  }

  private static void add(
      List<Aggregate> all, List<String> columns, Function<String, Aggregate> maker) {
    columns.stream().map(maker).forEach(all::add);
  }

  private static Aggregate percentile(String text) {
    String[] parts = text.split(":", -1);
    return numbers(
        "--percentile",
        text,
        "COL:P, P in percent, such as temperature:95",
        parts,
        2,
        it -> Aggregate.percentile(parts[0], fraction(it.get(0))));
  }

  /** The library takes fractions: whoever gives one here does not mean that many percent. */
  private static double fraction(BigDecimal percent) {
    if (percent.signum() > 0 && percent.compareTo(BigDecimal.ONE) < 0) {
      throw new IllegalArgumentException(
          "%s is a fraction; for that percentile write %s"
              .formatted(
                  percent.toPlainString(),
                  percent.movePointRight(2).stripTrailingZeros().toPlainString()));
    }
    if (percent.signum() < 0 || percent.compareTo(BigDecimal.valueOf(100)) > 0) {
      throw new IllegalArgumentException(percent.toPlainString() + " is not from 0 to 100");
    }
    return percent.movePointLeft(2).doubleValue();
  }

  private static Aggregate histogram(String text) {
    String[] parts = text.split(":", -1);
    return numbers(
        "--histogram",
        text,
        "COL:LOW:HIGH:BINS, such as temperature:0:40:8",
        parts,
        4,
        it ->
            Aggregate.histogram(
                parts[0],
                it.get(0).doubleValue(),
                it.get(1).doubleValue(),
                it.get(2).intValueExact()));
  }

  /** Makes an aggregate of the numbers behind a column's name. */
  private static Aggregate numbers(
      String option,
      String text,
      String expectation,
      String[] parts,
      int count,
      Function<List<BigDecimal>, Aggregate> maker) {
    try {
      List<BigDecimal> numbers = new ArrayList<>();
      for (int i = 1; i < parts.length; i++) {
        numbers.add(new BigDecimal(parts[i].strip()));
      }
      if (parts.length == count) {
        return maker.apply(numbers);
      }
    } catch (NumberFormatException e) {
      throw CommandException.usage(
          option + " " + text + ": " + "not a number", "expected " + expectation);
    } catch (ArithmeticException | IllegalArgumentException e) {
      throw CommandException.usage(
          option + " " + text + ": " + e.getMessage(), "expected " + expectation);
    }
    throw CommandException.usage(
        option + " " + text + ": a part is missing", "expected " + expectation);
  }

  /** The column of an answer as it is shown. */
  static OutputColumn shown(ResultColumn column, boolean isKey) {
    return new OutputColumn(column.name(), !isKey && column.type().isNumeric());
  }
}
