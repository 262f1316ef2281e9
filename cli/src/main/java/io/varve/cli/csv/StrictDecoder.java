package io.varve.cli.csv;

import io.varve.cli.shell.CommandException;
import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.Charset;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;

/**
 * Turns bytes into text and refuses what is no text: bytes the encoding does not know, and NUL. The
 * refusal names the line, and everything before it is delivered first.
 */
final class StrictDecoder extends Reader {

  private final InputStream in;
  private final String name;
  private final CharsetDecoder decoder;
  private final ByteBuffer bytes = ByteBuffer.allocate(64 * 1024).flip();
  private boolean ended;
  private boolean nulAhead;
  private boolean wasCarriageReturn;

  /** The second half of a character whose first half filled the reader's buffer; else NUL. */
  private char secondHalf;

  private long line = 1;

  StrictDecoder(InputStream in, Charset charset, String name) {
    this.in = in;
    this.name = name;
    this.decoder =
        charset
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPORT)
            .onUnmappableCharacter(CodingErrorAction.REPORT);
  }

  @Override
  public int read(char[] buffer, int offset, int length) throws IOException {
    if (nulAhead) {
      return refuseNul();
    }
    if (secondHalf != '\0' && length > 0) {
      buffer[offset] = secondHalf;
      secondHalf = '\0';
      return upToNul(buffer, offset, 1);
    }
    CharBuffer chars = CharBuffer.wrap(buffer, offset, length);
    while (chars.position() == offset && length > 0) {
      CoderResult result = decoder.decode(bytes, chars, ended);
      if (chars.position() > offset) {
        break;
      }
      if (result.isError()) {
        throw undecodable(result.length());
      }
      if (result.isOverflow()) {
        firstHalf(chars);
      } else if (ended) {
        return -1;
      } else {
        fill();
      }
    }
    return upToNul(buffer, offset, chars.position() - offset);
  }

  /** Splits a character of two halves where there is room for one. */
  private void firstHalf(CharBuffer chars) {
    CharBuffer pair = CharBuffer.allocate(2);
    decoder.decode(bytes, pair, ended);
    pair.flip();
    chars.put(pair.get());
    secondHalf = pair.get();
  }

  private void fill() throws IOException {
    bytes.compact();
    int read = in.read(bytes.array(), bytes.position(), bytes.remaining());
    if (read < 0) {
      ended = true;
    } else {
      bytes.position(bytes.position() + read);
    }
    bytes.flip();
  }

  /** Counts lines, and stops before a NUL: the next read will refuse it. */
  private int upToNul(char[] buffer, int offset, int length) {
    for (int i = 0; i < length; i++) {
      char c = buffer[offset + i];
      if (c == '\0') {
        nulAhead = true;
        return i > 0 ? i : refuseNul();
      }
      if (c == '\n' ? !wasCarriageReturn : c == '\r') {
        line++;
      }
      wasCarriageReturn = c == '\r';
    }
    return length;
  }

  private int refuseNul() {
    throw CommandException.failure(
        name + ", line " + line + ": NUL character: this is a binary file, or UTF-16",
        "expected CSV text; UTF-16 without a byte order mark needs --encoding UTF-16LE");
  }

  private CommandException undecodable(int length) {
    StringBuilder hex = new StringBuilder();
    for (int i = 0; i < length; i++) {
      hex.append("0x%02x ".formatted(bytes.get(bytes.position() + i)));
    }
    return CommandException.failure(
        "%s, line %d: byte %sis not %s".formatted(name, line, hex, decoder.charset().displayName()),
        "give the file's encoding, such as --encoding ISO-8859-1 or --encoding windows-1252");
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
