package io.varve.cli.csv;

import de.siegmar.fastcsv.reader.CsvParseException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * How much a file holds: an estimate from its beginning, and where it can be read at any place,
 * from a look at sixteen more. A few times far from all others do not count.
 *
 * @param span about from the earliest to the latest time
 * @param rows about how many rows
 */
public record Extent(Duration span, double rows) {

  private static final int PROBES = 16;
  private static final int PROBE_BYTES = 16 * 1024;

  /** How much more than the sample a stream of unknown length is taken to bring. */
  private static final double UNKNOWN_FACTOR = 10;

  /**
   * Estimates.
   *
   * @param rows the rows, read up to the end of the sample
   * @param time reads the time of a field
   * @param index the field
   */
  public static Optional<Extent> of(
      CsvInput source, CsvRows rows, Sample sample, ValueParser time, int index) {
    TimeReader reader = new TimeReader(time, index, sample.header().names().size());
    Optional<Range> seen = Range.of(reader.times(sample.rows()));
    if (seen.isEmpty()) {
      return Optional.empty();
    }
    if (sample.isWhole()) {
      return Optional.of(new Extent(seen.get().span(), sample.rows().size()));
    }
    double factor = factor(source, rows);
    Duration span =
        source
            .path()
            .filter(Extent::isPlain)
            .map(path -> probe(path, rows, reader, seen.get()).span())
            .orElseGet(() -> scaled(seen.get().span(), factor));
    return Optional.of(new Extent(span, factor * sample.rows().size()));
  }

  private static Duration scaled(Duration span, double factor) {
    return Duration.ofSeconds((long) Math.min(1e11, span.toSeconds() * factor));
  }

  private static double factor(CsvInput source, CsvRows rows) {
    OptionalLong size = source.size();
    return size.isPresent()
        ? Math.max(1, (double) size.getAsLong() / Math.max(1, rows.bytesRead()))
        : UNKNOWN_FACTOR;
  }

  private static boolean isPlain(Path path) {
    return Files.isRegularFile(path) && !CsvRows.isCompressed(path);
  }

  /** Rows that cannot be read are passed over: this is only a guess, reading it all comes later. */
  private static Range probe(Path path, CsvRows rows, TimeReader reader, Range seen) {
    Range range = seen;
    try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "r")) {
      long last = Math.max(0, file.length() - PROBE_BYTES);
      for (int i = 1; i <= PROBES; i++) {
        long position = last * i / PROBES & ~1L;
        file.seek(position);
        byte[] block = new byte[PROBE_BYTES];
        int length = Math.max(0, file.read(block));
        String piece = new String(block, 0, length, rows.encoding());
        range =
            Range.of(reader.times(rows(piece, rows.delimiter()))).map(range::union).orElse(range);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return range;
  }

  /** The whole lines in a piece of the file. */
  private static List<CsvRow> rows(String piece, char delimiter) {
    int start = piece.indexOf('\n') + 1;
    int end = piece.lastIndexOf('\n') + 1;
    if (start == 0 || end <= start) {
      return List.of();
    }
    try (var reader =
        CsvRows.reader(delimiter)
            .build(
                new CsvRowHandler(NullTexts.byDefault()),
                new StringReader(piece.substring(start, end)))) {
      return reader.stream().toList();
    } catch (IOException | CsvParseException e) {
      return List.of();
    }
  }

  /** Reads the times of rows, and passes over what is none: it will be rejected later. */
  private record TimeReader(ValueParser time, int index, int width) {

    List<Instant> times(List<CsvRow> rows) {
      List<Instant> times = new ArrayList<>();
      for (CsvRow row : rows) {
        String field = row.fields().length == width ? row.fields()[index] : null;
        Instant instant = field == null ? null : time(field);
        if (instant != null) {
          times.add(instant);
        }
      }
      return times;
    }

    private @Nullable Instant time(String field) {
      try {
        return (Instant) time.parse(field);
      } catch (Unfit e) {
        return null;
      }
    }
  }

  /** A span of time. */
  private record Range(Instant from, Instant to) {

    /**
     * Where nearly all of the times are: without the earliest and the latest hundredth, at least
     * one of each, and made longer again by what those would take if they followed at the pace of
     * the others.
     */
    static Optional<Range> of(List<Instant> times) {
      if (times.isEmpty()) {
        return Optional.empty();
      }
      List<Instant> sorted = times.stream().sorted().toList();
      int last = sorted.size() - 1;
      int outer = last < 3 ? 0 : Math.max(1, sorted.size() / 100);
      Instant from = sorted.get(outer);
      Instant to = sorted.get(last - outer);
      Duration more =
          last == 0
              ? Duration.ZERO
              : Duration.between(from, to).multipliedBy(outer).dividedBy(last - 2L * outer);
      return Optional.of(
          new Range(
              later(sorted.get(0), from.minus(more)), earlier(sorted.get(last), to.plus(more))));
    }

    Range union(Range other) {
      return new Range(earlier(from, other.from), later(to, other.to));
    }

    Duration span() {
      return Duration.between(from, to);
    }

    private static Instant earlier(Instant one, Instant other) {
      return one.isBefore(other) ? one : other;
    }

    private static Instant later(Instant one, Instant other) {
      return one.isAfter(other) ? one : other;
    }
  }
}
