package io.varve.cli.csv;

import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.zone.ZoneRules;
import java.util.concurrent.atomic.LongAdder;

/**
 * The zone of times that come without an offset. A time the clocks skipped is refused; of a time
 * that came twice the first is taken, and counted. Thread-safe.
 */
public final class LocalZone {

  private final ZoneId id;
  private final ZoneRules rules;
  private final boolean fixed;
  private final LongAdder resolved = new LongAdder();
  private final LongAdder repeated = new LongAdder();

  public LocalZone(ZoneId id) {
    this.id = id;
    this.rules = id.getRules();
    this.fixed = rules.isFixedOffset();
  }

  Instant instant(LocalDateTime local) {
    Instant instant = local.toInstant(fixed ? rules.getOffset(Instant.EPOCH) : offset(local));
    resolved.increment();
    return instant;
  }

  private ZoneOffset offset(LocalDateTime local) {
    var offsets = rules.getValidOffsets(local);
    if (offsets.isEmpty()) {
      throw new Unfit("does not exist in " + id + ", where the clocks went forward over it");
    }
    if (offsets.size() > 1) {
      repeated.increment();
    }
    return offsets.get(0);
  }

  public ZoneId id() {
    return id;
  }

  /** How many times without an offset were placed in this zone. */
  public long resolved() {
    return resolved.sum();
  }

  /** How many of them came twice that day, when the clocks went back. */
  public long repeated() {
    return repeated.sum();
  }
}
