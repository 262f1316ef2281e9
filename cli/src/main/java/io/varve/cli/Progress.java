package io.varve.cli;

import io.varve.cli.shell.Shell;
import java.util.Iterator;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.function.LongSupplier;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;

/** A progress bar on standard error, if that is a terminal; nothing otherwise. */
final class Progress implements AutoCloseable {

  private static final int INTERVAL_MILLIS = 200;
  private static final int STEP = 512;

  private final @Nullable ProgressBar bar;

  private Progress(@Nullable ProgressBar bar) {
    this.bar = bar;
  }

  /** Progress in bytes. */
  static Progress bytes(Shell shell, String task, OptionalLong total) {
    return open(shell, task, total, " MB", 1_000_000);
  }

  /** Progress in rows. */
  static Progress rows(Shell shell, String task, long total) {
    return open(shell, task, OptionalLong.of(total), " rows", 1);
  }

  private static Progress open(
      Shell shell, String task, OptionalLong total, String unit, long unitSize) {
    if (!shell.isErrTerminal() || "dumb".equals(shell.variable("TERM"))) {
      return new Progress(null);
    }
    return new Progress(
        new ProgressBarBuilder()
            .setTaskName(task)
            .setInitialMax(total.orElse(-1))
            .setUnit(unit, unitSize)
            .setUpdateIntervalMillis(INTERVAL_MILLIS)
            .setStyle(
                shell.style().isUnicode() ? ProgressBarStyle.UNICODE_BLOCK : ProgressBarStyle.ASCII)
            .setConsumer(new ConsoleProgressBarConsumer(shell.err(), shell.width() - 1))
            .clearDisplayOnFinish()
            .build());
  }

  /**
   * The same elements; the bar follows the position as they are taken, and says how fast rows are
   * done.
   */
  <T> Iterator<T> follow(Iterator<T> elements, LongSupplier position, LongSupplier rowsDone) {
    ProgressBar shown = bar;
    if (shown == null) {
      return elements;
    }
    long start = System.nanoTime();
    return follow(
        elements,
        () -> {
          long rows = rowsDone.getAsLong();
          double seconds = (System.nanoTime() - start) / 1e9;
          if (rows > 0) {
            shown.setExtraMessage(String.format(Locale.ROOT, "%,.0f rows/s", rows / seconds));
          }
          return position.getAsLong();
        });
  }

  /** The same elements; the bar follows the position as they are taken. */
  <T> Iterator<T> follow(Iterator<T> elements, LongSupplier position) {
    if (bar == null) {
      return elements;
    }
    ProgressBar shown = bar;
    return new Iterator<>() {
      private int taken;

      @Override
      public boolean hasNext() {
        return elements.hasNext();
      }

      @Override
      public T next() {
        if (taken++ % STEP == 0) {
          shown.stepTo(position.getAsLong());
        }
        return elements.next();
      }
    };
  }

  /** Sets the position. */
  void count(long position) {
    if (bar != null && position % STEP == 0) {
      bar.stepTo(position);
    }
  }

  @Override
  public void close() {
    if (bar != null) {
      bar.close();
    }
  }
}
