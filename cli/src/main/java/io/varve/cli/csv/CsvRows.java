package io.varve.cli.csv;

import de.siegmar.fastcsv.reader.CloseableIterator;
import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.FieldMismatchStrategy;
import io.varve.cli.shell.CommandException;
import java.io.IOException;
import java.io.InputStream;
import java.io.PushbackInputStream;
import java.io.PushbackReader;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.Locale;
import java.util.NoSuchElementException;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/**
 * The rows of a file, one after the other, in constant memory. Reads on as rows are asked for, so
 * every refusal may come late. A row with text after a closing quote comes as it stands, with the
 * reason; one whose quote never closes has no end, and ends the reading. Not thread-safe, but for
 * {@link #bytesRead}.
 */
public final class CsvRows implements Iterator<CsvRow>, AutoCloseable {

  private static final int HEAD_BYTES = 16;
  private static final int HEAD_CHARS = 64 * 1024;
  private static final byte[] GZIP = {0x1f, (byte) 0x8b};
  private static final byte[] UTF_8_MARK = {(byte) 0xef, (byte) 0xbb, (byte) 0xbf};
  private static final byte[] UTF_16LE_MARK = {(byte) 0xff, (byte) 0xfe};
  private static final byte[] UTF_16BE_MARK = {(byte) 0xfe, (byte) 0xff};

  private final CsvInput source;
  private final CountingInputStream bytes;
  private final char delimiter;
  private final Charset encoding;
  private final NullTexts nulls;
  private final RecentText text;
  private CsvRowHandler handler;
  private CloseableIterator<CsvRow> rows;
  private @Nullable CsvRow flawed;

  private CsvRows(
      CsvInput source,
      CountingInputStream bytes,
      char delimiter,
      Charset encoding,
      NullTexts nulls,
      Reader text) {
    this.source = source;
    this.bytes = bytes;
    this.delimiter = delimiter;
    this.encoding = encoding;
    this.nulls = nulls;
    this.text = new RecentText(text);
    this.handler = new CsvRowHandler(nulls);
    this.rows = parse(handler);
  }

  private CloseableIterator<CsvRow> parse(CsvRowHandler into) {
    text.keepFrom(into::line);
    return reader(delimiter).build(into, text).iterator();
  }

  static CsvRows open(CsvInput source, CsvFormat format, CountingInputStream bytes)
      throws IOException {
    PushbackInputStream in = decompressed(source, bytes);
    Charset marked = byteOrderMark(in);
    Charset encoding = marked != null ? marked : format.encoding().orElse(StandardCharsets.UTF_8);
    PushbackReader text =
        new PushbackReader(new StrictDecoder(in, encoding, source.name()), HEAD_CHARS);
    char delimiter = format.delimiter().isPresent() ? format.delimiter().get() : delimiter(text);
    return new CsvRows(source, bytes, delimiter, encoding, format.nulls(), text);
  }

  /** How this program reads CSV. */
  static CsvReader.CsvReaderBuilder reader(char delimiter) {
    return CsvReader.builder()
        .fieldSeparator(delimiter)
        .extraFieldStrategy(FieldMismatchStrategy.IGNORE)
        .missingFieldStrategy(FieldMismatchStrategy.IGNORE)
        .allowUnclosedQuote(false);
  }

  /** Whether the file is compressed. */
  static boolean isCompressed(Path path) {
    try (InputStream in = Files.newInputStream(path)) {
      return CsvInput.Foreign.startsWith(in.readNBytes(GZIP.length), GZIP);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static PushbackInputStream decompressed(CsvInput source, InputStream bytes)
      throws IOException {
    PushbackInputStream in = new PushbackInputStream(bytes, HEAD_BYTES);
    byte[] head = peek(in);
    refuseForeign(source, head);
    if (!CsvInput.Foreign.startsWith(head, GZIP)) {
      return in;
    }
    return new PushbackInputStream(new GZIPInputStream(in, 64 * 1024), HEAD_BYTES);
  }

  private static void refuseForeign(CsvInput source, byte[] head) {
    CsvInput.Foreign.of(head)
        .ifPresent(
            format -> {
              throw CommandException.failure(
                  source + " is not CSV but " + format.title,
                  "expected CSV text, plain or compressed with gzip");
            });
  }

  private static byte[] peek(PushbackInputStream in) throws IOException {
    byte[] head = in.readNBytes(HEAD_BYTES);
    in.unread(head);
    return head;
  }

  /** The encoding a byte order mark tells, with the mark consumed. */
  private static @Nullable Charset byteOrderMark(PushbackInputStream in) throws IOException {
    byte[] head = peek(in);
    if (CsvInput.Foreign.startsWith(head, UTF_8_MARK)) {
      in.skipNBytes(UTF_8_MARK.length);
      return StandardCharsets.UTF_8;
    }
    if (CsvInput.Foreign.startsWith(head, UTF_16LE_MARK)) {
      in.skipNBytes(UTF_16LE_MARK.length);
      return StandardCharsets.UTF_16LE;
    }
    if (CsvInput.Foreign.startsWith(head, UTF_16BE_MARK)) {
      in.skipNBytes(UTF_16BE_MARK.length);
      return StandardCharsets.UTF_16BE;
    }
    return null;
  }

  /** Looks at the beginning, and puts it back. */
  private static char delimiter(PushbackReader text) throws IOException {
    char[] head = new char[HEAD_CHARS];
    int length = 0;
    try {
      for (int read; length < HEAD_CHARS; length += read) {
        read = text.read(head, length, HEAD_CHARS - length);
        if (read < 0) {
          break;
        }
      }
    } finally {
      text.unread(head, 0, length);
    }
    return Delimiters.detect(head, length);
  }

  /** The character between fields. */
  public char delimiter() {
    return delimiter;
  }

  /** The encoding in use. */
  public Charset encoding() {
    return encoding;
  }

  /** How many bytes of the file have been read. */
  public long bytesRead() {
    return bytes.count();
  }

  @Override
  public boolean hasNext() {
    if (flawed != null) {
      return true;
    }
    try {
      return rows.hasNext();
    } catch (CsvParseException e) {
      flawed = pastFault(e);
      return true;
    } catch (UncheckedIOException e) {
      throw broken(e);
    }
  }

  @Override
  public CsvRow next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    CsvRow row = flawed;
    flawed = null;
    return row == null ? rows.next() : row;
  }

  /** Cuts out the row at fault and parses on after it, unless it has no end. */
  private CsvRow pastFault(CsvParseException e) {
    String message = String.valueOf(e.getMessage());
    if (e.getCause() != null || !message.startsWith("Unexpected character after closing quote")) {
      throw broken(e);
    }
    long line = handler.line();
    try {
      String cut = text.cutRow(line, delimiter);
      handler = new CsvRowHandler(nulls, text.line() - 1);
      rows = parse(handler);
      return new CsvRow(line, new String[0], new CsvRow.Flaw(cut, reason(message)));
    } catch (IOException unreadable) {
      throw source.unreadable(unreadable);
    }
  }

  private CommandException broken(RuntimeException e) {
    if (e.getCause() instanceof CommandException refused) {
      return refused;
    }
    if (e.getCause() instanceof IOException cause) {
      return source.unreadable(cause);
    }
    return CommandException.failure(
        source + ", line " + handler.line() + ": " + reason(String.valueOf(e.getMessage())),
        "close it, or double a quote that is part of the text",
        e);
  }

  /** The parser's words. */
  private static String reason(String message) {
    if (message.startsWith("Unclosed quoted field")) {
      return "a quoted field that opens in this row never closes";
    }
    if (message.startsWith("The maximum buffer size")) {
      return "a field of this row is too long; perhaps a quote that opens in it never closes";
    }
    String reason = message.replaceFirst(" \\(record starting at line \\d+\\)$", "");
    return "has an " + reason.substring(0, 1).toLowerCase(Locale.ROOT) + reason.substring(1);
  }

  @Override
  public void close() {
    try {
      rows.close();
    } catch (IOException e) {
      throw source.unreadable(e);
    }
  }
}
