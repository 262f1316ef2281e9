package io.varve.testkit.contract;

import static io.varve.testkit.contract.Samples.START;
import static io.varve.testkit.contract.Samples.byTime;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.varve.DataException;
import io.varve.MappingException;
import io.varve.Varve;
import io.varve.model.Row;
import io.varve.query.Distribution;
import io.varve.query.Query;
import io.varve.query.Statistics;
import io.varve.testkit.contract.Samples.Sample;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.Predicate;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Statistics and distributions of values, against the same in Java. */
@ExtendWith(VarveExtension.class)
final class StatisticsContract {

  private final Samples samples;

  StatisticsContract(Varve varve) {
    this.samples = Samples.create(varve);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void statisticsAgreeWithJava(long seed) {
    List<Sample> written = samples.write(seed);
    Statistics found = samples.all().statistics("value", 0, 0.25, 0.5, 0.95, 1);
    assertThat(found.nulls()).isEqualTo(written.stream().filter(it -> it.value() == null).count());
    assertThat(found.nans()).isEqualTo(count(written, it -> Double.isNaN(it)));
    assertThat(found.infinities()).isEqualTo(count(written, it -> Double.isInfinite(it)));
    assertNumbers(found, written.stream().filter(Sample::isFinite).mapToDouble(Sample::number));
    List<Sample> ordered = byTime(written.stream().filter(Sample::isFinite));
    assertThat(found.first()).isEqualTo(ordered.get(0).value());
    assertThat(found.last()).isEqualTo(ordered.get(ordered.size() - 1).value());

    Statistics amounts = samples.all().statistics("amount", 0, 0.25, 0.5, 0.95, 1);
    assertNumbers(amounts, written.stream().filter(Sample::isFinite).mapToDouble(Sample::number));
    assertThat(amounts.nulls()).isEqualTo(written.size() - amounts.count());

    Statistics part = samples.all().since(START.plusSeconds(86_400 * 7)).statistics("steps");
    List<Sample> week =
        written.stream()
            .filter(it -> !it.time().isBefore(START.plusSeconds(86_400 * 7)) && it.steps() != null)
            .toList();
    assertNumbers(part, week.stream().mapToDouble(it -> Objects.requireNonNull(it.steps())));
    assertThat(part.percentiles()).containsOnlyKeys(0.5, 0.95, 0.99);
  }

  private static long count(List<Sample> written, Predicate<Double> which) {
    return written.stream().filter(it -> it.value() != null && which.test(it.value())).count();
  }

  private static void assertNumbers(Statistics found, DoubleStream values) {
    double[] sorted = values.sorted().toArray();
    int count = sorted.length;
    double mean = DoubleStream.of(sorted).sum() / count;
    double variance =
        DoubleStream.of(sorted).map(it -> (it - mean) * (it - mean)).sum() / (count - 1);
    assertThat(found.count()).isEqualTo(count);
    assertThat(found.min()).isEqualTo(sorted[0]);
    assertThat(found.max()).isEqualTo(sorted[count - 1]);
    assertThat(found.sum()).isCloseTo(mean * count, within(1e-6));
    assertThat(found.avg()).isCloseTo(mean, within(1e-9));
    assertThat(found.variance()).isCloseTo(variance, within(1e-6));
    assertThat(found.stddev()).isCloseTo(Math.sqrt(variance), within(1e-9));
    found
        .percentiles()
        .forEach(
            (fraction, value) -> {
              double position = fraction * (count - 1);
              int below = (int) Math.floor(position);
              double above = sorted[Math.min(below + 1, count - 1)];
              double expected = sorted[below] + (above - sorted[below]) * (position - below);
              assertThat(value).isCloseTo(expected, within(1e-9));
            });
  }

  @Test
  void statisticsOfNothingAreNull() {
    Statistics nothing = samples.all().statistics("value");
    assertThat(nothing.count() + nothing.nulls() + nothing.nans() + nothing.infinities()).isZero();
    assertThat(nothing.avg()).isNull();
    assertThat(nothing.first()).isNull();
    assertThat(nothing.percentiles()).isEmpty();
    assertThat(samples.all().delta("value")).isEmpty();
    assertThat(samples.all().deltaEach("value")).isEmpty();
    assertThat(samples.all().distribution("value", 5).bins()).isEmpty();
    samples.insert(List.of(new Sample(START, "a", 1, 2.0, null).row()));
    Statistics one = samples.all().statistics("value");
    assertThat(one.stddev()).isNull();
    assertThat(one.percentiles()).containsEntry(0.99, 2.0);
    assertThat(samples.all().distribution("value", 5).bins())
        .containsExactly(new Distribution.Bin(2, 2, 1));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 7, 100})
  void distributionCountsEveryValueOnce(int bins) {
    List<Sample> written = samples.write(bins);
    double[] values =
        written.stream().filter(Sample::isFinite).mapToDouble(Sample::number).toArray();
    double min = Arrays.stream(values).min().orElseThrow();
    double max = Arrays.stream(values).max().orElseThrow();
    Distribution whole = samples.all().distribution("value", bins);
    assertBins(whole, values, bins, min, max);
    assertThat(whole.below() + whole.above()).isZero();
    assertThat(whole.nans()).isEqualTo(count(written, it -> Double.isNaN(it)));
    assertThat(whole.infinities()).isEqualTo(count(written, it -> Double.isInfinite(it)));
    Distribution part = samples.all().distribution("value", bins, 0, 11);
    assertBins(part, values, bins, 0, 11);
    assertThat(part.below()).isEqualTo(Arrays.stream(values).filter(it -> it < 0).count());
    assertThat(part.above()).isEqualTo(Arrays.stream(values).filter(it -> it > 11).count());
    assertThat(part.nulls()).isEqualTo(written.stream().filter(it -> it.value() == null).count());
  }

  private static void assertBins(
      Distribution found, double[] values, int bins, double lower, double upper) {
    assertThat(found.bins()).hasSize(bins);
    for (int i = 0; i < bins; i++) {
      Distribution.Bin bin = found.bins().get(i);
      assertThat(bin.lower()).isCloseTo(lower + (upper - lower) * i / bins, within(1e-9));
      assertThat(bin.upper()).isCloseTo(lower + (upper - lower) * (i + 1) / bins, within(1e-9));
      boolean last = i == bins - 1;
      assertThat(bin.count())
          .isEqualTo(
              Arrays.stream(values)
                  .filter(
                      it -> it >= bin.lower() && (it < bin.upper() || last && it <= bin.upper()))
                  .count());
    }
  }

  @Test
  void distributionOfEqualAndOfNeighbouringValuesCountsAll() {
    for (double low : new double[] {3.14, 0.1, -7.3, 1e5 / 3}) {
      for (double high : new double[] {low, Math.nextUp(low), Math.nextUp(Math.nextUp(low))}) {
        double[] values = {low, low, low, low, high, high, high};
        Query<Row> query = samples.all().where("site", low + " to " + high);
        samples.insert(
            DoubleStream.of(values)
                .mapToObj(it -> new Sample(START, low + " to " + high, 1, it, null).row())
                .toList());
        for (int bins : new int[] {1, 3, 7, 10, 29}) {
          Distribution whole = query.distribution("value", bins);
          assertBins(whole, values, low == high ? 1 : bins, low, high);
          assertThat(counted(whole)).isEqualTo(values.length);
          if (low < high) {
            assertThat(query.distribution("value", bins, low, high)).isEqualTo(whole);
          }
        }
      }
    }
  }

  private static long counted(Distribution found) {
    return found.bins().stream().mapToLong(Distribution.Bin::count).sum();
  }

  @Test
  void statisticsBeyondADoubleFailAsAWhole() {
    samples.insert(
        List.of(
            new Sample(START, "a", 1, Double.MAX_VALUE, null).row(),
            new Sample(START, "b", 1, Double.MAX_VALUE, null).row()));
    assertThatThrownBy(() -> samples.all().statistics("value")).isInstanceOf(DataException.class);
  }

  @Test
  void whatDoesNotFitIsRefused() {
    assertThatThrownBy(() -> samples.all().statistics("site"))
        .isInstanceOf(MappingException.class)
        .hasMessage("table samples, column \"site\" is of type text; expected a number");
    assertThatThrownBy(() -> samples.all().statistics("value", 95))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("percentile 95.0; expected a fraction from 0 to 1");
    assertThatThrownBy(() -> samples.all().distribution("value", 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("0 bins; expected 1 to 10000");
    assertThatThrownBy(() -> samples.all().distribution("value", 3, 1, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("distribution from 1.0 to 1.0; expected finite bounds, the lower one first");
    assertThatThrownBy(() -> samples.all().topChanges("value", -1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("the top -1 changes; expected 0 or more");
    assertThatThrownBy(() -> samples.all().limit(1).statistics("value"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("limit(1) before statistics would leave out rows at random; expected a range");
  }
}
