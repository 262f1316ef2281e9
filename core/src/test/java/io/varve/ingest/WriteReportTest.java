package io.varve.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.varve.ConflictException;
import io.varve.model.QualifiedName;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;

final class WriteReportTest {

  private static final QualifiedName TABLE = QualifiedName.parse("readings");
  private static final WriteResult RESULT = new WriteResult(3, 0, List.of());

  private final List<Object> events = new ArrayList<>();
  private final AtomicLong clock = new AtomicLong();

  private final WriteListener listener =
      new WriteListener() {
        @Override
        public void written(Written call) {
          events.add(call);
        }

        @Override
        public void failed(Failed call) {
          events.add(call);
        }

        @Override
        public void retried(Retried call) {
          events.add(call);
        }
      };

  private WriteReport report(WriteListener told) {
    return new WriteReport(
        new WriteReports(told), TABLE, WriteMode.UPSERT, () -> clock.getAndAdd(1_000_000));
  }

  @Test
  void attemptsAreToldFromTheSecondOn() {
    ConflictException conflict = new ConflictException("a deadlock", "40P01", null);
    WriteReport report = report(listener);
    report.of(
        () -> 3,
        () -> {
          assertThatThrownBy(
                  () ->
                      report.attempt(
                          () -> {
                            throw conflict;
                          }))
              .isSameAs(conflict);
          return report.attempt(() -> RESULT);
        });
    assertThat(events)
        .containsExactly(
            new WriteListener.Retried(TABLE, WriteMode.UPSERT, 2, conflict),
            new WriteListener.Written(TABLE, WriteMode.UPSERT, RESULT, 2, Duration.ofMillis(1)));
  }

  @Test
  void whatAListenerThrowsIsWarnedOfOnce() {
    Logger logger = Logger.getLogger(WriteReports.class.getName());
    List<LogRecord> records = new ArrayList<>();
    Handler handler =
        new Handler() {
          @Override
          public void publish(LogRecord message) {
            records.add(message);
          }

          @Override
          public void flush() {}

          @Override
          public void close() {}
        };
    logger.addHandler(handler);
    try {
      WriteReports reports =
          new WriteReports(
              new WriteListener() {
                @Override
                public void written(Written call) {
                  throw new IllegalStateException("the registry is closed");
                }

                @Override
                public String toString() {
                  return "a listener";
                }
              });
      for (int i = 0; i < 3; i++) {
        WriteReport report = reports.begin(TABLE, WriteMode.APPEND);
        assertThat(report.of(() -> 3, () -> report.attempt(() -> RESULT))).isEqualTo(RESULT);
      }
    } finally {
      logger.removeHandler(handler);
    }
    assertThat(records).filteredOn(each -> each.getLevel() == Level.WARNING).hasSize(1);
    assertThat(records.get(0).getThrown()).hasMessage("the registry is closed");
  }
}
