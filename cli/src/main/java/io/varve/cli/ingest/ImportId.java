package io.varve.cli.ingest;

import io.varve.cli.shell.CommandException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.UUID;
import java.util.regex.Pattern;

/**
 * The name of an import: the group of its batches in the ledger.
 *
 * @param text up to 100 letters, digits, and {@code . _ : -}
 */
public record ImportId(String text) {

  private static final int LONGEST = 100;

  private static final Pattern USABLE = Pattern.compile("[\\p{L}\\p{N}_][\\p{L}\\p{N}._:-]*");

  private static final Pattern GENERATED = Pattern.compile("import-\\d{8}-\\d{6}-[0-9a-f]{8}");

  /** The id the user gave. */
  public static ImportId parse(String text) {
    if (text.length() > LONGEST || !USABLE.matcher(text).matches()) {
      throw CommandException.usage(
          "--import-id: \"" + text + "\" is not usable",
          "expected up to 100 letters, digits, and . _ : -");
    }
    return new ImportId(text);
  }

  /** An id nobody else has. */
  public static ImportId generated(Instant now) {
    return new ImportId(
        DateTimeFormatter.ofPattern("'import-'yyyyMMdd-HHmmss-", Locale.ROOT)
                .format(now.atOffset(ZoneOffset.UTC))
            + UUID.randomUUID().toString().substring(0, 8));
  }

  /** Whether nobody chose it, though it may have been given to go on with a load. */
  public boolean isGenerated() {
    return GENERATED.matcher(text).matches();
  }

  /** What the ledger calls the batch of these lines. */
  String batch(LineRange lines, int checksum) {
    return "%s/%d-%d/%08x".formatted(text, lines.first(), lines.last(), checksum);
  }

  @Override
  public String toString() {
    return text;
  }
}
