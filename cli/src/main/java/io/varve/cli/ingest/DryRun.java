package io.varve.cli.ingest;

import io.varve.cli.csv.CsvRow;
import io.varve.cli.csv.Reject;
import io.varve.cli.csv.RowParser;
import io.varve.cli.shell.Interruption;
import io.varve.model.Role;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Reads a whole file as the load would, and writes nothing. Not thread-safe. */
public final class DryRun {

  private static final int EXAMPLES = 10;

  private final RowParser parser;
  private final int time;
  private final int[] identity;
  private final Interruption interruption;
  private final List<Reject> examples = new ArrayList<>();
  private final HashSample seen = new HashSample();
  private long offered;
  private long rejected;
  private final TimeSpan span = new TimeSpan();

  public DryRun(IngestPlan plan, Interruption interruption) {
    this.parser = plan.parser();
    this.time = plan.timeIndex();
    this.identity = identity(plan);
    this.interruption = interruption;
  }

  /** Time and dimensions: what tells one row from another. */
  private static int[] identity(IngestPlan plan) {
    return IntStream.range(0, plan.columns().size())
        .filter(i -> plan.columns().get(i).role() != Role.MEASURE)
        .toArray();
  }

  public void read(Iterator<CsvRow> rows) {
    while (rows.hasNext()) {
      if (offered++ % 1024 == 0) {
        interruption.check();
      }
      try {
        add(parser.parse(rows.next()));
      } catch (Reject e) {
        rejected++;
        if (examples.size() < EXAMPLES) {
          examples.add(e);
        }
      }
    }
  }

  private void add(@Nullable Object[] values) {
    span.add(Objects.requireNonNull(values[time]));
    seen.add(hash(values));
  }

  private long hash(@Nullable Object[] values) {
    RowHash hash = new RowHash();
    for (int column : identity) {
      hash.add(values[column]);
    }
    return hash.value();
  }

  public long offered() {
    return offered;
  }

  public long rejected() {
    return rejected;
  }

  /** The first rejected rows. */
  public List<Reject> examples() {
    return List.copyOf(examples);
  }

  /** The times of the rows that fit. */
  public TimeSpan span() {
    return span;
  }

  /** How many rows have the time and dimensions of an earlier one. */
  public long duplicates() {
    return seen.repeated();
  }

  /** How many rows were compared for that. */
  public long compared() {
    return seen.size() + seen.repeated();
  }

  /** A set of hashes that stops growing, so that memory stays bounded. */
  private static final class HashSample {

    private static final int MOST = 4_000_000;

    private long[] slots = new long[1 << 12];
    private int size;
    private long repeated;

    void add(long hash) {
      if (size == MOST) {
        return;
      }
      if (size > slots.length / 2) {
        grow();
      }
      if (insert(slots, hash == 0 ? 1 : hash)) {
        size++;
      } else {
        repeated++;
      }
    }

    private static boolean insert(long[] slots, long hash) {
      int mask = slots.length - 1;
      for (int i = (int) (hash >>> 20) & mask; ; i = (i + 1) & mask) {
        if (slots[i] == hash) {
          return false;
        }
        if (slots[i] == 0) {
          slots[i] = hash;
          return true;
        }
      }
    }

    private void grow() {
      long[] larger = new long[2 * slots.length];
      Arrays.stream(slots).filter(hash -> hash != 0).forEach(hash -> insert(larger, hash));
      slots = larger;
    }

    int size() {
      return size;
    }

    long repeated() {
      return repeated;
    }
  }
}
