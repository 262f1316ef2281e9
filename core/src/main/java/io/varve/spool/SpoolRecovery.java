package io.varve.spool;

import io.varve.ConfigException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the segments a log consists of when it is opened. Not thread-safe.
 *
 * <p>A crash can leave the last batch of the last segment incomplete: nobody was told that it is
 * kept, so it is cut off. Whatever else cannot be read was acknowledged. The file is copied aside,
 * and its place taken by one that holds what can be read, so that the next crash finds either of
 * them whole.
 */
final class SpoolRecovery {

  private static final Logger LOG = LoggerFactory.getLogger(SpoolRecovery.class);

  private static final Pattern SEGMENT = Pattern.compile("(\\d{8,18})\\.spool");
  private static final Pattern DAMAGED = Pattern.compile("(\\d{8,18})(?:\\.\\d+)?\\.damaged");
  private static final String REPAIRED = ".repaired";

  private final Path directory;
  private final String table;
  private final List<Segment> segments = new ArrayList<>();
  private final List<Path> damaged = new ArrayList<>();
  private long lastNumber;
  private long batches;
  private long rows;
  private long bytesCut;
  private Optional<ReplayMark> mark = Optional.empty();
  private Optional<Instant> oldest = Optional.empty();

  SpoolRecovery(Path directory, String table) {
    this.directory = directory;
    this.table = table;
  }

  static Path segment(Path directory, long number) {
    return directory.resolve("%08d.spool".formatted(number));
  }

  /** A file that is not there yet: what was damaged before is kept as well. */
  private static Path damaged(Path directory, long number) {
    Path path = directory.resolve("%08d.damaged".formatted(number));
    for (int i = 2; Files.exists(path); i++) {
      path = directory.resolve("%08d.%d.damaged".formatted(number, i));
    }
    return path;
  }

  /** Looks at every file. */
  void run() throws IOException {
    for (Path rest : files(Pattern.compile("\\d+\\" + REPAIRED))) {
      Files.delete(rest);
    }
    mark = ReplayMark.read(directory);
    List<Path> found = files(SEGMENT);
    for (int i = 0; i < found.size(); i++) {
      recover(found.get(i), i == found.size() - 1);
    }
    for (Path file : files(DAMAGED)) {
      damaged.add(file);
      lastNumber = Math.max(lastNumber, number(DAMAGED, file));
    }
    Disk.sync(directory);
  }

  private List<Path> files(Pattern name) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files
          .filter(file -> name.matcher(file.getFileName().toString()).matches())
          .sorted(
              Comparator.comparing((Path file) -> file.toString().length())
                  .thenComparing(Comparator.naturalOrder()))
          .toList();
    }
  }

  private static long number(Pattern name, Path file) {
    Matcher matcher = name.matcher(file.getFileName().toString());
    if (!matcher.matches()) {
      throw new IllegalArgumentException(file + " has no number");
    }
    return Long.parseLong(matcher.group(1));
  }

  private void recover(Path file, boolean last) throws IOException {
    long number = number(SEGMENT, file);
    lastNumber = Math.max(lastNumber, number);
    SegmentFormat format = new SegmentFormat(table, number);
    byte[] bytes = Disk.read(file);
    SegmentScan scan = scan(file, bytes, format);
    long tail = bytes.length - scan.end();
    boolean unfinished = !scan.header() && bytes.length <= format.headerLength();
    if (last && unfinished) {
      cut(file, 0, bytes.length);
      Files.delete(file);
      return;
    }
    if (!scan.header() || scan.unreadable() > 0 || tail > 0 && !last) {
      putAside(file, bytes, scan, format, number);
    } else if (tail > 0) {
      cut(file, scan.end(), tail);
    }
    add(file, bytes, scan, format, number);
  }

  private static SegmentScan scan(Path file, byte[] bytes, SegmentFormat format) {
    try {
      return SegmentScan.of(bytes, format);
    } catch (ConfigException e) {
      throw new ConfigException("spool %s %s".formatted(file, e.getMessage()), null, e);
    }
  }

  private void cut(Path file, int end, long tail) throws IOException {
    Disk.truncate(file, end);
    bytesCut += tail;
    if (tail > 0) {
      LOG.warn(
          "spool {}: the last {} bytes cannot be read and are cut: a batch that a crash kept from"
              + " being written, and acknowledged, to its end, if the disk is well",
          file,
          tail);
    }
  }

  private void putAside(
      Path file, byte[] bytes, SegmentScan scan, SegmentFormat format, long number)
      throws IOException {
    Path aside = damaged(directory, number);
    Disk.write(aside, bytes);
    ByteArrayOutputStream readable = new ByteArrayOutputStream();
    readable.writeBytes(format.header());
    for (SegmentScan.Record record : scan.records()) {
      readable.writeBytes(Arrays.copyOfRange(bytes, record.from(), record.to()));
    }
    Path repaired = directory.resolve("%08d%s".formatted(number, REPAIRED));
    Disk.write(repaired, readable.toByteArray());
    Disk.sync(directory);
    Files.move(repaired, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    LOG.warn(
        "spool {}: acknowledged batches cannot be read; {} others can and will be replayed, the"
            + " damaged file is kept as {}",
        file,
        scan.records().size(),
        aside);
  }

  private void add(Path file, byte[] bytes, SegmentScan scan, SegmentFormat format, long number) {
    List<SpoolBatch> all = new ArrayList<>();
    long size = format.headerLength();
    int replayed = 0;
    for (SegmentScan.Record record : scan.records()) {
      SpoolBatch batch = SegmentFormat.batch(bytes, record.from(), record.to());
      all.add(batch);
      size += record.to() - record.from();
      if (mark.equals(Optional.of(new ReplayMark(number, record.to(), batch.id())))) {
        replayed = all.size();
      }
    }
    Segment segment = new Segment(file, format, size, all.size());
    segments.add(segment);
    all.subList(0, replayed).forEach(segment::pass);
    all.subList(replayed, all.size()).forEach(this::count);
  }

  private void count(SpoolBatch batch) {
    batches++;
    rows += batch.rows();
    if (oldest.isEmpty()) {
      oldest = Optional.of(batch.spooledAt());
    }
  }

  /** What can be replayed, oldest first. */
  List<Segment> segments() {
    return segments;
  }

  /** The largest number of a segment so far. */
  long lastNumber() {
    return lastNumber;
  }

  SpoolState state() {
    long bytes = segments.stream().mapToLong(Segment::size).sum();
    return new SpoolState(batches, rows, bytes, oldest, bytesCut, damaged);
  }
}
