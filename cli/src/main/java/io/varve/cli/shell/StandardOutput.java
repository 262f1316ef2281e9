package io.varve.cli.shell;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/**
 * Standard output, buffered; in UTF-8 where it is text. Unlike {@link java.io.PrintStream} it does
 * not hide that nobody reads any more: then every method throws {@link OutputClosedException}.
 */
public final class StandardOutput extends OutputStream {

  private final OutputStream out;

  public StandardOutput(OutputStream out) {
    this.out = new BufferedOutputStream(out, 32 * 1024);
  }

  /** Writes text as it is. */
  public void print(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    write(bytes, 0, bytes.length);
  }

  /** Writes a line. */
  public void println(String line) {
    print(line + "\n");
  }

  @Override
  public void write(int b) {
    try {
      out.write(b);
    } catch (IOException e) {
      throw new OutputClosedException(e);
    }
  }

  @Override
  public void write(byte[] bytes, int offset, int length) {
    try {
      out.write(bytes, offset, length);
    } catch (IOException e) {
      throw new OutputClosedException(e);
    }
  }

  @Override
  public void flush() {
    try {
      out.flush();
    } catch (IOException e) {
      throw new OutputClosedException(e);
    }
  }

  /** Only flushes: standard output belongs to the process. */
  @Override
  public void close() {
    flush();
  }
}
