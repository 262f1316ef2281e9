package io.varve.series;

import java.time.Clock;
import java.util.Objects;

/**
 * How a {@link SeriesClient} works. Immutable. Where the server is, pools, time limits and retries
 * are {@link io.varve.Setting}s of its {@link io.varve.Varve}.
 *
 * @param batchSize how many records are stored in one transaction: 1 to 1,000,000; 10,000 by
 *     default
 * @param validatesRecords whether records are checked before they are sent; true by default.
 *     Without, the table's own checks refuse the same at the price of a round trip
 * @param createsSchema whether the tables are created when the client is made; false by default
 * @param maxRecords how many records are held in memory at most: 1 to 1,000,000; 10,000 by default
 * @param clock what time it is, for the spans that end now
 */
public record SeriesOptions(
    int batchSize, boolean validatesRecords, boolean createsSchema, int maxRecords, Clock clock) {

  private static final int MOST = 1_000_000;

  public SeriesOptions {
    check(batchSize, "batch size");
    check(maxRecords, "maximum of records");
    Objects.requireNonNull(clock, "clock");
  }

  private static void check(int number, String name) {
    if (number < 1 || number > MOST) {
      throw new IllegalArgumentException("%s %d; expected 1 to %d".formatted(name, number, MOST));
    }
  }

  public static SeriesOptions defaults() {
    return new SeriesOptions(10_000, true, false, 10_000, Clock.systemUTC());
  }

  public SeriesOptions batchSize(int records) {
    return new SeriesOptions(records, validatesRecords, createsSchema, maxRecords, clock);
  }

  /** Leaves the checks to the table. */
  public SeriesOptions withoutValidation() {
    return new SeriesOptions(batchSize, false, createsSchema, maxRecords, clock);
  }

  /** Creates the tables when the client is made; see {@link SeriesClient#ensureSchema}. */
  public SeriesOptions createSchema() {
    return new SeriesOptions(batchSize, validatesRecords, true, maxRecords, clock);
  }

  public SeriesOptions maxRecords(int records) {
    return new SeriesOptions(batchSize, validatesRecords, createsSchema, records, clock);
  }

  public SeriesOptions clock(Clock source) {
    return new SeriesOptions(batchSize, validatesRecords, createsSchema, maxRecords, source);
  }
}
