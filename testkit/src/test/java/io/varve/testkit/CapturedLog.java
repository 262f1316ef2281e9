package io.varve.testkit;

import java.util.List;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;

/** What Varve, the pool and the driver log. */
final class CapturedLog extends Handler {

  private final StringBuffer text = new StringBuffer();
  private final List<Logger> loggers =
      List.of(
          Logger.getLogger("io.varve"),
          Logger.getLogger("com.zaxxer.hikari"),
          Logger.getLogger("org.postgresql"));

  /** Listens from that level upwards. */
  void start(Level level) {
    stop();
    setLevel(level);
    loggers.forEach(
        logger -> {
          logger.setLevel(level);
          logger.setUseParentHandlers(false);
          logger.addHandler(this);
        });
  }

  void stop() {
    loggers.forEach(
        logger -> {
          logger.removeHandler(this);
          logger.setUseParentHandlers(true);
          logger.setLevel(null);
        });
  }

  String text() {
    return text.toString();
  }

  @Override
  public void publish(LogRecord message) {
    text.append(message.getLoggerName()).append(' ').append(new SimpleFormatter().format(message));
  }

  @Override
  public void flush() {}

  @Override
  public void close() {}
}
