package io.varve.cli.csv;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.StringReader;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * How much a file holds: an estimate from its beginning, and where it can be read at any place,
 * from a look at sixteen more.
 *
 * @param from about the earliest time
 * @param to about the latest time
 * @param rows about how many rows
 */
public record Extent(Instant from, Instant to, double rows) {

  private static final int PROBES = 16;
  private static final int PROBE_BYTES = 16 * 1024;

  /** How much more than the sample a stream of unknown length is taken to bring. */
  private static final double UNKNOWN_FACTOR = 10;

  /** From the earliest to the latest time. */
  public Duration span() {
    return Duration.between(from, to);
  }

  /**
   * Estimates.
   *
   * @param rows the rows, read up to the end of the sample
   * @param time reads the time of a field
   * @param index the field
   */
  public static Optional<Extent> of(
      CsvInput source, CsvRows rows, Sample sample, ValueParser time, int index) {
    Range range = new Range(time, index, sample.header().names().size());
    sample.rows().forEach(range::add);
    if (range.from == null || range.to == null) {
      return Optional.empty();
    }
    double factor = sample.isWhole() ? 1 : factor(source, rows);
    double expected = factor * sample.rows().size();
    Optional<Path> probed = source.path().filter(path -> !sample.isWhole() && isPlain(path));
    if (probed.isPresent()) {
      probe(probed.get(), rows.encoding(), rows.delimiter(), range);
      return Optional.of(new Extent(range.from, range.to, expected));
    }
    Duration seen = Duration.between(range.from, range.to);
    Instant end = range.from.plusSeconds((long) Math.min(1e11, seen.toSeconds() * factor));
    return Optional.of(new Extent(range.from, sample.isWhole() ? range.to : end, expected));
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
  private static void probe(Path path, Charset encoding, char delimiter, Range range) {
    try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "r")) {
      long last = Math.max(0, file.length() - PROBE_BYTES);
      for (int i = 1; i <= PROBES; i++) {
        long position = last * i / PROBES & ~1L;
        file.seek(position);
        byte[] block = new byte[PROBE_BYTES];
        int length = Math.max(0, file.read(block));
        for (CsvRow row : rows(new String(block, 0, length, encoding), delimiter)) {
          range.add(row);
        }
      }
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
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
    } catch (IOException | de.siegmar.fastcsv.reader.CsvParseException e) {
      return List.of();
    }
  }

  /** The earliest and latest time of the rows seen. */
  private static final class Range {

    private final ValueParser time;
    private final int index;
    private final int width;
    private @Nullable Instant from;
    private @Nullable Instant to;

    Range(ValueParser time, int index, int width) {
      this.time = time;
      this.index = index;
      this.width = width;
    }

    void add(CsvRow row) {
      String field = row.fields().length == width ? row.fields()[index] : null;
      if (field == null) {
        return;
      }
      try {
        if (time.parse(field) instanceof Instant instant) {
          from = from == null || instant.isBefore(from) ? instant : from;
          to = to == null || instant.isAfter(to) ? instant : to;
        }
      } catch (Unfit e) {
        return; // will be rejected when it is read for good
      }
    }
  }
}
