package io.varve.cli.shell;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/**
 * Standard output, buffered; in UTF-8 where it is text. Unlike {@link java.io.PrintStream} it does
 * not hide that nobody reads any more, or that the disk is full: the method that finds out throws
 * {@link OutputClosedException}. What is written after that is dropped.
 */
public final class StandardOutput extends OutputStream {

  /** Something to be written. */
  private interface Writing {
    void run() throws IOException;
  }

  private final OutputStream out;
  private boolean broken;

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
    unlessBroken(() -> out.write(b));
  }

  @Override
  public void write(byte[] bytes, int offset, int length) {
    unlessBroken(() -> out.write(bytes, offset, length));
  }

  @Override
  public void flush() {
    unlessBroken(out::flush);
  }

  private void unlessBroken(Writing writing) {
    if (broken) {
      return;
    }
    try {
      writing.run();
    } catch (IOException e) {
      broken = true;
      throw new OutputClosedException(e);
    }
  }

  /** Only flushes: standard output belongs to the process. */
  @Override
  public void close() {
    flush();
  }
}
