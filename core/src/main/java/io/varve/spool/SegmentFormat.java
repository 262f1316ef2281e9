package io.varve.spool;

import io.varve.ConfigException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.OptionalInt;
import java.util.zip.CRC32C;

/**
 * How one segment is written down, in network order.
 *
 * <p>Header: magic, version, number of the segment, length and text of the table's description,
 * CRC32C of all that. Record: marker, length of the payload, CRC32C; then the payload: the batch's
 * id with its length, microseconds since 1970, number of rows, rows. A record's checksum also
 * covers the description and the segment's number, so that bytes only count as a record where they
 * were written as one. Immutable and thread-safe.
 */
final class SegmentFormat {

  /** Marker, length and checksum of a record. */
  static final int RECORD_HEADER = 3 * Integer.BYTES;

  private static final long MAGIC = 0x56415256_4553504cL;
  private static final int VERSION = 1;
  private static final int MARKER = 0xfa53504c;

  /** Magic, version, number, length of the description. */
  private static final int FIXED_HEADER = Long.BYTES + Integer.BYTES + Long.BYTES + Integer.BYTES;

  /** Length of the id, time, rows. */
  private static final int FIXED_PAYLOAD = Short.BYTES + Long.BYTES + Integer.BYTES;

  private final byte[] table;
  private final long number;

  /**
   * @param table what the rows are of
   * @param number the segment's
   */
  SegmentFormat(String table, long number) {
    this.table = table.getBytes(StandardCharsets.UTF_8);
    this.number = number;
  }

  long number() {
    return number;
  }

  byte[] header() {
    ByteBuffer header = ByteBuffer.allocate(headerLength());
    header.putLong(MAGIC).putInt(VERSION).putLong(number).putInt(table.length).put(table);
    return header.putInt(crc(header.array(), 0, header.position())).array();
  }

  int headerLength() {
    return FIXED_HEADER + table.length + Integer.BYTES;
  }

  /**
   * Whether the bytes begin with this segment's header.
   *
   * @throws ConfigException if they begin with the header of another table or version
   */
  boolean hasHeader(byte[] segment) {
    ByteBuffer header = ByteBuffer.wrap(segment);
    if (segment.length < FIXED_HEADER + Integer.BYTES || header.getLong() != MAGIC) {
      return false;
    }
    int version = header.getInt();
    long found = header.getLong();
    int length = header.getInt();
    if (length < 0 || length > segment.length - FIXED_HEADER - Integer.BYTES) {
      return false;
    }
    int end = FIXED_HEADER + length;
    if (crc(segment, 0, end) != header.getInt(end)) {
      return false;
    }
    if (version != VERSION) {
      throw new ConfigException(
          "has version %d; expected %d: replay it with the Varve that wrote it"
              .formatted(version, VERSION));
    }
    String other = new String(segment, FIXED_HEADER, length, StandardCharsets.UTF_8);
    if (!other.equals(new String(table, StandardCharsets.UTF_8))) {
      throw new ConfigException(
          "holds rows of %s; expected %s: replay it with the model that wrote it, or name another directory"
              .formatted(other, new String(table, StandardCharsets.UTF_8)));
    }
    return found == number;
  }

  /** What the batch takes in a segment; more than an int if it is too large for one. */
  static long lengthOf(SpoolBatch batch) {
    return (long) RECORD_HEADER + FIXED_PAYLOAD + id(batch).length + batch.body().length;
  }

  private static byte[] id(SpoolBatch batch) {
    return batch.id().getBytes(StandardCharsets.UTF_8);
  }

  byte[] record(SpoolBatch batch) {
    byte[] id = id(batch);
    ByteBuffer record = ByteBuffer.allocate(Math.toIntExact(lengthOf(batch)));
    record.position(RECORD_HEADER);
    record.putShort((short) id.length).put(id);
    record.putLong(ChronoUnit.MICROS.between(Instant.EPOCH, batch.spooledAt()));
    record.putInt(batch.rows()).put(batch.body());
    int payload = record.position() - RECORD_HEADER;
    record.putInt(0, MARKER).putInt(Integer.BYTES, payload);
    record.putInt(2 * Integer.BYTES, recordCrc(record.array(), 0, payload));
    return record.array();
  }

  /** Where the record that begins there ends; empty if none does. */
  OptionalInt end(byte[] bytes, int at) {
    if (bytes.length - at < RECORD_HEADER + FIXED_PAYLOAD) {
      return OptionalInt.empty();
    }
    ByteBuffer record = ByteBuffer.wrap(bytes);
    int payload = record.getInt(at + Integer.BYTES);
    boolean valid =
        record.getInt(at) == MARKER
            && payload >= FIXED_PAYLOAD
            && payload <= bytes.length - at - RECORD_HEADER
            && record.getInt(at + 2 * Integer.BYTES) == recordCrc(bytes, at, payload);
    return valid ? OptionalInt.of(at + RECORD_HEADER + payload) : OptionalInt.empty();
  }

  /** The length of the whole record with that beginning. */
  static long length(byte[] recordHeader) {
    return (long) RECORD_HEADER + ByteBuffer.wrap(recordHeader).getInt(Integer.BYTES);
  }

  /** The batch of a valid record. */
  static SpoolBatch batch(byte[] bytes, int at, int end) {
    ByteBuffer record = ByteBuffer.wrap(bytes, at + RECORD_HEADER, end - at - RECORD_HEADER);
    byte[] id = new byte[Short.toUnsignedInt(record.getShort())];
    record.get(id);
    Instant spooledAt = Instant.EPOCH.plus(record.getLong(), ChronoUnit.MICROS);
    int rows = record.getInt();
    byte[] body = new byte[record.remaining()];
    record.get(body);
    return new SpoolBatch(new String(id, StandardCharsets.UTF_8), spooledAt, rows, body);
  }

  private int recordCrc(byte[] bytes, int at, int payload) {
    CRC32C crc = new CRC32C();
    crc.update(table);
    crc.update(ByteBuffer.allocate(Long.BYTES).putLong(number).flip());
    crc.update(bytes, at + Integer.BYTES, Integer.BYTES);
    crc.update(bytes, at + RECORD_HEADER, payload);
    return (int) crc.getValue();
  }

  private static int crc(byte[] bytes, int from, int to) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, from, to - from);
    return (int) crc.getValue();
  }
}
