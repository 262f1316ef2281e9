package io.varve.ingest;

import io.varve.model.QualifiedName;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Internal: tells one listener of writes, and keeps what it throws from them. Thread-safe. */
public final class WriteReports {

  private static final Logger LOG = LoggerFactory.getLogger(WriteReports.class);

  private final WriteListener listener;
  private final AtomicBoolean warned = new AtomicBoolean();

  public WriteReports(WriteListener listener) {
    this.listener = listener;
  }

  /** With nobody to tell. */
  public static WriteReports none() {
    return new WriteReports(new WriteListener() {});
  }

  /** A call that begins now. */
  WriteReport begin(QualifiedName table, WriteMode mode) {
    return new WriteReport(this, table, mode, System::nanoTime);
  }

  /**
   * By now the rows are stored or not. An exception from here, of whatever kind, would say
   * something else.
   */
  void tell(Consumer<WriteListener> event) {
    try {
      event.accept(listener);
    } catch (Throwable e) {
      String message = "the write listener {} failed; the write is not affected: {}";
      if (warned.compareAndSet(false, true)) {
        LOG.warn(message, listener, e.toString(), e);
      } else {
        LOG.debug(message, listener, e.toString());
      }
    }
  }
}
