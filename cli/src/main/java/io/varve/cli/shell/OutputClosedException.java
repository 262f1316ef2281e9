package io.varve.cli.shell;

import java.io.IOException;

/** Standard output takes no more: its reader went away, or the disk is full. */
public final class OutputClosedException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  public OutputClosedException(IOException cause) {
    super("standard output: " + cause.getMessage(), cause);
  }

  /** Whether the program at the other end of the pipe has ended, as {@code head} does. */
  public boolean isBrokenPipe() {
    String message = getCause().getMessage();
    return message != null && (message.contains("Broken pipe") || message.contains("EPIPE"));
  }
}
