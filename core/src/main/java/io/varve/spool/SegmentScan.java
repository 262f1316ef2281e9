package io.varve.spool;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/**
 * What can be read of a segment's bytes.
 *
 * @param header whether the header can be read
 * @param records where the records are that can be read, in order
 * @param unreadable bytes before the last of them that cannot be read
 * @param end where the last of them ends, or the header does
 */
record SegmentScan(boolean header, List<Record> records, long unreadable, int end) {

  /** From one position to another. */
  record Record(int from, int to) {}

  SegmentScan {
    records = List.copyOf(records);
  }

  static SegmentScan of(byte[] bytes, SegmentFormat format) {
    boolean header = format.hasHeader(bytes);
    List<Record> records = new ArrayList<>();
    long unreadable = 0;
    int end = header ? format.headerLength() : 0;
    int at = end;
    while (at < bytes.length) {
      OptionalInt next = format.end(bytes, at);
      if (next.isPresent()) {
        records.add(new Record(at, next.getAsInt()));
        unreadable += at - end;
        end = next.getAsInt();
        at = end;
      } else {
        at++;
      }
    }
    return new SegmentScan(header, records, unreadable, end);
  }
}
