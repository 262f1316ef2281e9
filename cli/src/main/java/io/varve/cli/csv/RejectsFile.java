package io.varve.cli.csv;

import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.writer.CsvWriter;
import de.siegmar.fastcsv.writer.QuoteStrategy;
import io.varve.cli.shell.CommandException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.LongPredicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the rejected rows, as CSV in UTF-8: where, which column, value and reason, then the row's
 * fields as they stood in the source. So a file of rejected rows can be corrected and loaded: the
 * columns in front are left out then. A row that is no CSV is one field. The file is made with the
 * first row. Not thread-safe.
 *
 * <p>A load that goes on finds the rows again that were not stored, whether or not the one before
 * got so far as to keep them: what the file holds of them is removed.
 */
public final class RejectsFile implements AutoCloseable {

  /** The columns in front of the row's own. */
  public static final List<String> COLUMNS =
      List.of("rejected_line", "rejected_column", "rejected_value", "rejected_reason");

  private static final Pattern NUMBERED = Pattern.compile("(.+)\\.rejects(?:\\.(\\d{1,6}))?\\.csv");

  private final Path path;
  private final List<String> titles;
  private final NullTexts nulls;
  private @Nullable CsvWriter writer;

  private RejectsFile(Path path, List<String> titles, NullTexts nulls) {
    this.path = path;
    this.titles = List.copyOf(titles);
    this.nulls = nulls;
  }

  /**
   * Where the rejected rows of a file go; those of such a file itself into one with a number.
   *
   * @param mark what tells this load of the file from others; may be empty
   */
  public static Path beside(String source, String mark) {
    Matcher rejects = NUMBERED.matcher(source);
    if (!rejects.matches()) {
      return Path.of(source + mark + ".rejects.csv");
    }
    int number = rejects.group(2) == null ? 1 : Integer.parseInt(rejects.group(2));
    return Path.of("%s%s.rejects.%d.csv".formatted(rejects.group(1), mark, number + 1));
  }

  /**
   * A new file; an earlier one of that name is removed.
   *
   * @param titles the columns of the source
   * @param nulls which fields mean null in the source
   */
  public static RejectsFile replacing(Path path, List<String> titles, NullTexts nulls) {
    RejectsFile file = new RejectsFile(path, titles, nulls);
    try {
      if (Files.isRegularFile(path)) {
        Files.delete(path);
      }
    } catch (IOException e) {
      throw file.notKept(e);
    }
    return file;
  }

  /**
   * The file of a load that goes on: what is in it stays, but for the rows it will find again.
   *
   * @param stays tells by its line whether a row is not found again
   */
  public static RejectsFile extending(
      Path path, List<String> titles, NullTexts nulls, LongPredicate stays) {
    RejectsFile file = new RejectsFile(path, titles, nulls);
    file.retain(stays);
    return file;
  }

  /** Removes the other rows, those of earlier loads too. */
  public void retain(LongPredicate stays) {
    close();
    writer = null;
    try {
      if (Files.isRegularFile(path)) {
        rewrite(stays);
      }
    } catch (IOException e) {
      throw notKept(e);
    }
  }

  private void rewrite(LongPredicate stays) throws IOException {
    Path kept = path.resolveSibling(path.getFileName() + ".tmp");
    try {
      try (CsvReader<CsvRow> old = reader();
          CsvWriter fresh = writer(kept, StandardOpenOption.TRUNCATE_EXISTING)) {
        copy(old, fresh, stays);
      }
      Files.move(kept, path, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    } catch (UncheckedIOException e) {
      throw e.getCause();
    } finally {
      Files.deleteIfExists(kept);
    }
  }

  private CsvReader<CsvRow> reader() throws IOException {
    CsvRowHandler handler = new CsvRowHandler(new NullTexts(Set.of()));
    return CsvRows.reader(',').build(handler, path, StandardCharsets.UTF_8);
  }

  /** Stops at a row that was not written to its end: it is one of the last, which come again. */
  private void copy(CsvReader<CsvRow> old, CsvWriter fresh, LongPredicate stays) {
    try {
      boolean isFirst = true;
      for (CsvRow row : old) {
        List<@Nullable String> fields = Arrays.asList(row.fields());
        if (isFirst && !fields.subList(0, Math.min(4, fields.size())).equals(COLUMNS)) {
          throw CommandException.usage(
              path + " is there and does not hold rejected rows", "name another with --rejects");
        }
        if (isFirst || stays(row, stays)) {
          fresh.writeRecord(row.fields());
        }
        isFirst = false;
      }
    } catch (CsvParseException e) {
      return;
    }
  }

  private static boolean stays(CsvRow row, LongPredicate stays) {
    String number = row.fields()[0];
    return row.fields().length > COLUMNS.size()
        && number != null
        && number.matches("\\d{1,18}")
        && stays.test(Long.parseLong(number));
  }

  /** Where they go. */
  public Path path() {
    return path;
  }

  /** Keeps one; on disk it is after {@link #flush}. */
  public void add(CsvRow row, Reject reject) {
    List<@Nullable String> fields = new ArrayList<>();
    fields.add(Long.toString(reject.line()));
    fields.add(reject.column().isEmpty() ? null : reject.column());
    fields.add(reject.value().isEmpty() ? null : reject.value());
    fields.add(reject.reason());
    if (row.flaw() == null) {
      fields.addAll(own(Arrays.asList(row.fields())));
    } else {
      fields.add(row.flaw().text());
    }
    try {
      open().writeRecord(fields);
    } catch (UncheckedIOException e) {
      throw notKept(e.getCause());
    }
  }

  /** The source may be such a file itself. */
  private <T extends @Nullable String> List<T> own(List<T> fields) {
    boolean isRejects = titles.size() > 4 && titles.subList(0, 4).equals(COLUMNS);
    return isRejects ? fields.subList(Math.min(4, fields.size()), fields.size()) : fields;
  }

  private CsvWriter open() {
    CsvWriter open = writer;
    if (open != null) {
      return open;
    }
    try {
      boolean isNew = !Files.exists(path) || Files.size(path) == 0;
      CsvWriter fresh = writer(path, StandardOpenOption.APPEND);
      writer = fresh;
      if (isNew) {
        List<String> all = new ArrayList<>(COLUMNS);
        all.addAll(own(titles));
        fresh.writeRecord(all);
      }
      return fresh;
    } catch (IOException e) {
      throw notKept(e);
    }
  }

  private CsvWriter writer(Path file, StandardOpenOption mode) throws IOException {
    return CsvWriter.builder()
        .quoteStrategy(new KeepingNulls(nulls))
        .build(
            Files.newBufferedWriter(
                file, StandardOpenOption.CREATE, StandardOpenOption.WRITE, mode));
  }

  /**
   * Hands what was added over to the operating system, so that the end of this process is no loss.
   */
  public void flush() {
    try {
      if (writer != null) {
        writer.flush();
      }
    } catch (IOException e) {
      throw notKept(e);
    }
  }

  private CommandException notKept(IOException e) {
    String reason = e instanceof NoSuchFileException ? "no such directory" : e.getMessage();
    return CommandException.failure(
        "the rejected rows cannot be kept in " + path + ": " + reason,
        "name another file with --rejects",
        e);
  }

  @Override
  public void close() {
    if (writer != null) {
      try {
        writer.close();
      } catch (IOException e) {
        throw CommandException.failure(
            "the rejected rows could not all be kept in " + path + ": " + e.getMessage(), null, e);
      }
    }
  }

  /** Texts that would mean null without quotes get them. */
  private record KeepingNulls(NullTexts nulls) implements QuoteStrategy {

    @Override
    public boolean quoteEmpty(int line, int field) {
      return true;
    }

    @Override
    public boolean quoteValue(int line, int field, String value) {
      return nulls.isNull(value) || NullTexts.byDefault().isNull(value);
    }
  }
}
