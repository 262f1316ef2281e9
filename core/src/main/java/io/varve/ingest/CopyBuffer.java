package io.varve.ingest;

import io.varve.MappingException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Bytes on their way to the server, in network order. Grows as needed; not thread-safe.
 *
 * <p>A value of variable length is framed by {@link #begin} and {@link #end}, which fills in the
 * length afterwards.
 */
final class CopyBuffer {

  /** PostgreSQL holds no larger field. */
  static final int MAX_BYTES = 0x3fffffff;

  /** Up to so many characters room is made for three bytes each, without counting. */
  private static final int SHORT_TEXT = 1 << 16;

  private static final VarHandle SHORT =
      MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.BIG_ENDIAN);
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  private final int initialBytes;
  private byte[] bytes;
  private int size;

  CopyBuffer(int initialBytes) {
    this.initialBytes = initialBytes;
    this.bytes = new byte[initialBytes];
  }

  /** The content, from 0 to {@link #size}; valid until the next change. */
  byte[] array() {
    return bytes;
  }

  int size() {
    return size;
  }

  /** Forgets everything from the given size on. */
  void truncate(int toSize) {
    size = toSize;
  }

  /** Takes so many bytes out. */
  void cut(int from, int length) {
    System.arraycopy(bytes, from + length, bytes, from, size - from - length);
    size -= length;
  }

  /** Appends a part of another buffer. */
  void putAll(CopyBuffer other, int from, int to) {
    reserve(to - from);
    System.arraycopy(other.bytes, from, bytes, size, to - from);
    size += to - from;
  }

  /** The four bytes there, as a number. */
  int intAt(int position) {
    return (int) INT.get(bytes, position);
  }

  /** A hash of the whole content. */
  long hash() {
    long hash = size;
    int at = 0;
    for (; at + Long.BYTES <= size; at += Long.BYTES) {
      hash = mix(hash ^ (long) LONG.get(bytes, at));
    }
    for (; at < size; at++) {
      hash = mix(hash ^ bytes[at]);
    }
    return hash;
  }

  /** The finalizer of MurmurHash3, which is public domain: every bit changes half of the others. */
  private static long mix(long value) {
    long mixed = (value ^ value >>> 33) * 0xff51afd7ed558ccdL;
    mixed = (mixed ^ mixed >>> 33) * 0xc4ceb9fe1a85ec53L;
    return mixed ^ mixed >>> 33;
  }

  /** Puts a number where there is room for one already. */
  void setInt(int position, int value) {
    INT.set(bytes, position, value);
  }

  /** Forgets everything and gives back the memory beyond the initial size. */
  void release() {
    size = 0;
    if (bytes.length > initialBytes) {
      bytes = new byte[initialBytes];
    }
  }

  void putByte(int value) {
    reserve(1);
    bytes[size++] = (byte) value;
  }

  void putShort(int value) {
    reserve(Short.BYTES);
    SHORT.set(bytes, size, (short) value);
    size += Short.BYTES;
  }

  void putInt(int value) {
    reserve(Integer.BYTES);
    INT.set(bytes, size, value);
    size += Integer.BYTES;
  }

  void putLong(long value) {
    reserve(Long.BYTES);
    LONG.set(bytes, size, value);
    size += Long.BYTES;
  }

  void putBytes(byte[] value) {
    reserve(value.length);
    System.arraycopy(value, 0, bytes, size, value.length);
    size += value.length;
  }

  /** A field of one byte with its length. */
  void putField1(int value) {
    reserve(Integer.BYTES + 1);
    INT.set(bytes, size, 1);
    bytes[size + Integer.BYTES] = (byte) value;
    size += Integer.BYTES + 1;
  }

  /** A field of two bytes with its length. */
  void putField2(short value) {
    reserve(Integer.BYTES + Short.BYTES);
    INT.set(bytes, size, Short.BYTES);
    SHORT.set(bytes, size + Integer.BYTES, value);
    size += Integer.BYTES + Short.BYTES;
  }

  /** A field of four bytes with its length. */
  void putField4(int value) {
    reserve(Integer.BYTES + Integer.BYTES);
    INT.set(bytes, size, Integer.BYTES);
    INT.set(bytes, size + Integer.BYTES, value);
    size += Integer.BYTES + Integer.BYTES;
  }

  /** A field of eight bytes with its length. */
  void putField8(long value) {
    reserve(Integer.BYTES + Long.BYTES);
    INT.set(bytes, size, Long.BYTES);
    LONG.set(bytes, size + Integer.BYTES, value);
    size += Integer.BYTES + Long.BYTES;
  }

  /** A field without a value. */
  void putNull() {
    putInt(-1);
  }

  /** Leaves room for a field's length; returns what {@link #end} needs. */
  int begin() {
    putInt(0);
    return size;
  }

  /** Fills in the length of the field begun there. */
  void end(int begun) {
    INT.set(bytes, begun - Integer.BYTES, size - begun);
  }

  /**
   * The text in UTF-8, without its length. What UTF-8 or PostgreSQL cannot hold is refused: half a
   * surrogate pair, which Java's own encoder would replace by a question mark, and NUL.
   */
  void putText(String text) {
    int length = text.length();
    reserve(length <= SHORT_TEXT ? 3L * length : bytesOf(text));
    int at = size;
    for (int i = 0; i < length; i++) {
      char c = text.charAt(i);
      if (c < 0x80) {
        if (c == 0) {
          throw new MappingException(
              "the text has a NUL character at position %d, which PostgreSQL cannot hold"
                  .formatted(i));
        }
        bytes[at++] = (byte) c;
      } else if (c < 0x800) {
        bytes[at++] = (byte) (0xc0 | c >> 6);
        bytes[at++] = (byte) (0x80 | c & 0x3f);
      } else if (Character.isSurrogate(c)) {
        at = putCodePoint(codePoint(text, i), at);
        i++;
      } else {
        bytes[at++] = (byte) (0xe0 | c >> 12);
        bytes[at++] = (byte) (0x80 | c >> 6 & 0x3f);
        bytes[at++] = (byte) (0x80 | c & 0x3f);
      }
    }
    size = at;
  }

  /** Half a surrogate pair, which is refused later, counts as a character. */
  private static long bytesOf(String text) {
    long count = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c < 0x80) {
        count++;
      } else {
        // Each half of a pair takes two of the four bytes.
        count += c < 0x800 || Character.isSurrogate(c) ? 2 : 3;
      }
    }
    return count;
  }

  private int putCodePoint(int codePoint, int at) {
    bytes[at] = (byte) (0xf0 | codePoint >> 18);
    bytes[at + 1] = (byte) (0x80 | codePoint >> 12 & 0x3f);
    bytes[at + 2] = (byte) (0x80 | codePoint >> 6 & 0x3f);
    bytes[at + 3] = (byte) (0x80 | codePoint & 0x3f);
    return at + 4;
  }

  private static int codePoint(String text, int at) {
    int codePoint = text.codePointAt(at);
    if (!Character.isSupplementaryCodePoint(codePoint)) {
      throw new MappingException(
          "the text has half a surrogate pair (U+%04X) at position %d, which is no character"
              .formatted((int) text.charAt(at), at));
    }
    return codePoint;
  }

  private void reserve(long more) {
    if (bytes.length - size < more) {
      grow(more);
    }
  }

  private void grow(long more) {
    long needed = size + more;
    if (needed > MAX_BYTES) {
      throw new MappingException(
          "a row of up to %d bytes; expected at most %d".formatted(needed, MAX_BYTES));
    }
    bytes = Arrays.copyOf(bytes, (int) Math.min(MAX_BYTES, Math.max(needed, 2L * bytes.length)));
  }
}
