package io.varve.ingest;

import java.sql.SQLException;

/** A load that notes the times of its rows. Not thread-safe. */
final class CapturedLoad<T> implements RowLoad<T> {

  private final RowLoad<T> load;
  private final RowCodec<T> codec;
  private final TouchedTimes touched;

  CapturedLoad(RowLoad<T> load, RowCodec<T> codec, TouchedTimes touched) {
    this.load = load;
    this.codec = codec;
    this.touched = touched;
  }

  @Override
  public void add(T row, long index) throws SQLException {
    load.add(row, index);
    touched.add(codec.time(row));
  }

  @Override
  public long finish() throws SQLException {
    return load.finish();
  }

  @Override
  public void cancel() {
    load.cancel();
  }
}
