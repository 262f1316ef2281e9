package io.varve.cli.csv;

import java.io.IOException;
import java.io.Reader;
import java.util.function.LongSupplier;

/**
 * Passes text on and keeps it from the row on that is being parsed. The parser stops at a row that
 * is no CSV: here that row can be cut out, and the text after it read again by a new parser. Not
 * thread-safe.
 */
final class RecentText extends Reader {

  private static final int MUCH = 64 * 1024;

  private final Reader in;
  private final StringBuilder kept = new StringBuilder();

  /** What the reader has got of the kept text. */
  private int passed;

  /** The line on which the kept text begins. */
  private long line = 1;

  /** Tells the line of the row being parsed. */
  private LongSupplier current = () -> 1;

  RecentText(Reader in) {
    this.in = in;
  }

  /** Text before that line is not needed any more. */
  void keepFrom(LongSupplier parsedLine) {
    current = parsedLine;
  }

  @Override
  public int read(char[] buffer, int offset, int length) throws IOException {
    if (passed == kept.length()) {
      if (passed > MUCH) {
        forgetBefore(current.getAsLong());
      }
      if (!readOn(buffer, offset, length)) {
        return -1;
      }
    }
    int count = Math.min(length, kept.length() - passed);
    kept.getChars(passed, passed + count, buffer, offset);
    passed += count;
    return count;
  }

  private boolean readOn(char[] buffer, int offset, int length) throws IOException {
    int read = in.read(buffer, offset, length);
    if (read > 0) {
      kept.append(buffer, offset, read);
    }
    return read > 0;
  }

  /** Keeps the last line, whose line break may have a second half that is not read yet. */
  private void forgetBefore(long first) {
    int at = 0;
    for (int next = afterBreak(endOfLine(0));
        line < first && next < kept.length();
        next = afterBreak(endOfLine(at))) {
      at = next;
      line++;
    }
    kept.delete(0, at);
    passed -= at;
  }

  /**
   * Cuts out the row that begins on that line and has a character after a closing quote, up to the
   * end of the line of that character. The text after it is read next.
   */
  String cutRow(long first, char delimiter) throws IOException {
    forgetBefore(first);
    int end = fault(delimiter);
    while (!isBreak(end)) {
      end++;
    }
    String row = kept.substring(0, end);
    isBreak(end + 1); // read the second half of a line break, if there is one
    int after = afterBreak(end);
    for (int at = 0; at < after; at = afterBreak(endOfLine(at))) {
      line++;
    }
    kept.delete(0, after);
    passed = 0;
    return row;
  }

  /** The line on which the text that is read next begins. */
  long line() {
    return line;
  }

  /** Where the character after the closing quote is. */
  private int fault(char delimiter) throws IOException {
    int at = 0;
    while (true) {
      if (isAt(at, '"')) {
        at = afterClosingQuote(at + 1);
        if (!isAt(at, delimiter)) {
          return at;
        }
      }
      while (!isAt(at, delimiter)) {
        if (isBreak(at)) {
          return at;
        }
        at++;
      }
      at++;
    }
  }

  private int afterClosingQuote(int from) throws IOException {
    int at = from;
    while (has(at)) {
      if (kept.charAt(at) != '"') {
        at++;
      } else if (isAt(at + 1, '"')) {
        at += 2;
      } else {
        return at + 1;
      }
    }
    return at;
  }

  private boolean isAt(int index, char c) throws IOException {
    return has(index) && kept.charAt(index) == c;
  }

  /** Whether a line ends there, or the text does. */
  private boolean isBreak(int index) throws IOException {
    return !has(index) || kept.charAt(index) == '\n' || kept.charAt(index) == '\r';
  }

  private boolean has(int index) throws IOException {
    while (index >= kept.length()) {
      char[] more = new char[1024];
      if (!readOn(more, 0, more.length)) {
        return false;
      }
    }
    return true;
  }

  private int endOfLine(int from) {
    int at = from;
    while (at < kept.length() && kept.charAt(at) != '\n' && kept.charAt(at) != '\r') {
      at++;
    }
    return at;
  }

  private int afterBreak(int end) {
    boolean isTwo =
        end + 1 < kept.length() && kept.charAt(end) == '\r' && kept.charAt(end + 1) == '\n';
    return Math.min(kept.length(), end + (isTwo ? 2 : 1));
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
