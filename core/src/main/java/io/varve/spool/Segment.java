package io.varve.spool;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One file of a log: batches are appended to it and read from its beginning. Not thread-safe. */
final class Segment {

  private final Path path;
  private final SegmentFormat format;
  private final List<String> replayed = new ArrayList<>();
  private @Nullable RandomAccessFile appending;
  private long size;
  private long records;
  private long position;
  private boolean hasTail;

  /** A segment that is there. */
  Segment(Path path, SegmentFormat format, long size, long records) {
    this.path = path;
    this.format = format;
    this.size = size;
    this.records = records;
    this.position = format.headerLength();
  }

  /** Makes an empty one. Its header is on the disk before any batch is. */
  static Segment create(Path path, SegmentFormat format) throws IOException {
    Segment segment = new Segment(path, format, format.headerLength(), 0);
    Disk.write(path, format.header());
    Disk.sync(path.toAbsolutePath().getParent());
    segment.appending = Disk.open(path);
    return segment;
  }

  Path path() {
    return path;
  }

  long size() {
    return size;
  }

  boolean isEmpty() {
    return records == 0;
  }

  boolean isReplayed() {
    return replayed.size() == records;
  }

  /** The batches replayed so far, by name. */
  List<String> replayed() {
    return replayed;
  }

  /** Whether a failed {@link #append} has left bytes behind that must be cut off first. */
  boolean hasTail() {
    return hasTail;
  }

  /** Cuts off what a failed {@link #append} left. */
  void cutTail() throws IOException {
    RandomAccessFile file = file();
    file.setLength(size);
    file.getFD().sync();
    hasTail = false;
  }

  /** Appends the batch, which is on the disk on return. */
  void append(SpoolBatch batch) throws IOException {
    byte[] record = format.record(batch);
    RandomAccessFile file = file();
    file.seek(size);
    hasTail = true;
    file.write(record);
    file.getFD().sync();
    hasTail = false;
    size += record.length;
    records++;
  }

  private RandomAccessFile file() throws IOException {
    if (appending == null) {
      throw new IOException(path + " is closed");
    }
    return appending;
  }

  /** The oldest batch that is not replayed. */
  SpoolBatch head() throws IOException {
    try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "r")) {
      byte[] header = Disk.read(file, position, SegmentFormat.RECORD_HEADER);
      long length = SegmentFormat.length(header);
      if (length < SegmentFormat.RECORD_HEADER || position + length > size) {
        throw damaged();
      }
      byte[] record = Disk.read(file, position, Math.toIntExact(length));
      if (format.end(record, 0).orElse(-1) != record.length) {
        throw damaged();
      }
      return SegmentFormat.batch(record, 0, record.length);
    }
  }

  private IOException damaged() {
    return new IOException(
        "%s cannot be read at byte %d, though it could when it was opened; check the disk, and"
                .formatted(path, position)
            + " open the ingester again to have what is readable replayed");
  }

  /** How far it has been replayed; empty if not at all. */
  Optional<ReplayMark> mark() {
    return replayed.isEmpty()
        ? Optional.empty()
        : Optional.of(new ReplayMark(format.number(), position, replayed.get(replayed.size() - 1)));
  }

  /** The batch, which is the head, has been replayed. */
  void pass(SpoolBatch head) {
    position += SegmentFormat.lengthOf(head);
    replayed.add(head.id());
  }

  void close() throws IOException {
    if (appending != null) {
      appending.close();
      appending = null;
    }
  }
}
