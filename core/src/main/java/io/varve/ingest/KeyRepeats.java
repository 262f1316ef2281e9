package io.varve.ingest;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;

/**
 * Whether two rows of a load may have the same key. It remembers a hash of each key, so it never
 * says no where there is a repetition, and hardly ever yes where there is none. After some millions
 * of keys it stops looking. Not thread-safe.
 */
final class KeyRepeats<T> {

  private static final int FIRST_CAPACITY = 1 << 12;
  private static final int LAST_CAPACITY = 1 << 23;

  private final RowCodec<T> codec;
  private final int[] key;
  private final CopyBuffer bytes = new CopyBuffer(128);
  private long[] hashes = new long[FIRST_CAPACITY];
  private int count;
  private boolean possible;

  KeyRepeats(TableFormat.Format<T> format) {
    this.codec = format.codec();
    this.key = format.key().positions();
    this.possible = !format.key().isExact();
  }

  /** How many different keys these few rows have, as they are encoded. */
  static <T> long countKeys(TableFormat.Format<T> format, TupleBlock<T> block) {
    int[] key = format.key().positions();
    CopyBuffer bytes = new CopyBuffer(128);
    Set<ByteBuffer> keys = new HashSet<>();
    for (int i = 0; i < block.count(); i++) {
      bytes.truncate(0);
      format.codec().encode(block.row(i), key, bytes);
      keys.add(ByteBuffer.wrap(Arrays.copyOf(bytes.array(), bytes.size())));
    }
    return keys.size();
  }

  void add(T row) {
    if (possible) {
      return;
    }
    bytes.truncate(0);
    codec.encode(row, key, bytes);
    long hash = bytes.hash();
    possible = !insert(hash == 0 ? 1 : hash);
    if (!possible && ++count > hashes.length / 2) {
      grow();
    }
  }

  boolean mayBe() {
    return possible;
  }

  /** Whether it was not there; zero stands for nothing. */
  private boolean insert(long hash) {
    int mask = hashes.length - 1;
    int at = (int) hash & mask;
    while (hashes[at] != 0) {
      if (hashes[at] == hash) {
        return false;
      }
      at = at + 1 & mask;
    }
    hashes[at] = hash;
    return true;
  }

  private void grow() {
    if (hashes.length == LAST_CAPACITY) {
      possible = true;
      hashes = new long[0];
      return;
    }
    long[] before = hashes;
    hashes = new long[2 * before.length];
    for (long hash : before) {
      if (hash != 0) {
        insert(hash);
      }
    }
  }
}
