package io.varve.cli.ingest;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * 64 bits of some values, each of which depends on every bit of them: among millions of rows two
 * that differ hardly ever have the same. Not thread-safe.
 */
final class RowHash {

  private long hash;

  /** Takes in one more value, as a column of that type compares it. */
  void add(@Nullable Object value) {
    if (value instanceof String text) {
      addText(text);
    } else if (value instanceof Instant instant) {
      addBits(instant.getEpochSecond());
      addBits(instant.getNano());
    } else if (value instanceof Long bits) {
      addBits(bits);
    } else if (value instanceof BigDecimal decimal) {
      addText(decimal.stripTrailingZeros().toString());
    } else if (value instanceof byte[] bytes) {
      addText(new String(bytes, StandardCharsets.ISO_8859_1));
    } else {
      addText(String.valueOf(value));
    }
  }

  /** The hash of what was taken in. */
  long value() {
    return hash;
  }

  private void addText(String text) {
    for (int i = 0; i < text.length(); i += 4) {
      long bits = 0;
      for (int j = i; j < Math.min(i + 4, text.length()); j++) {
        bits = bits << 16 | text.charAt(j);
      }
      addBits(bits);
    }
    addBits(text.length());
  }

  /** The finalizer of MurmurHash3, which spreads every bit over all others. */
  private void addBits(long bits) {
    long mixed = (hash + 0x9E3779B97F4A7C15L) ^ bits;
    mixed = (mixed ^ mixed >>> 33) * 0xff51afd7ed558ccdL;
    mixed = (mixed ^ mixed >>> 33) * 0xc4ceb9fe1a85ec53L;
    hash = mixed ^ mixed >>> 33;
  }
}
