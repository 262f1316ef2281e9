package io.varve.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.varve.DeadlineException;
import io.varve.InDoubtException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class TimeLimitTest {

  private static final Duration SHORT = Duration.ofMillis(20);
  private static final Duration LONG = Duration.ofMinutes(30);

  private final ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1);
  private final TimeLimit limit = new TimeLimit(timer, "inserting into ticks");
  private final Cancellation batch = new Cancellation();

  @AfterEach
  void stop() {
    timer.shutdownNow();
  }

  /** What an attempt does whose server never answers. */
  private static String hang(Function<InterruptedException, RuntimeException> failure) {
    try {
      new CountDownLatch(1).await();
      return "answered";
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw failure.apply(e);
    }
  }

  @Test
  void anAttemptThatHangsIsBrokenOffAndMayBeMadeAgain() {
    for (int i = 0; i < 3; i++) {
      assertThatThrownBy(() -> limit.within(SHORT, batch, () -> hang(IllegalStateException::new)))
          .isInstanceOf(DeadlineException.class)
          .hasMessage("inserting into ticks: broken off after PT0.02S");
      assertThat(Thread.currentThread().isInterrupted()).isFalse();
      assertThat(batch.isCancelled()).isTrue();
    }
    assertThat(limit.<Boolean>within(LONG, batch, batch::isCancelled)).isFalse();
  }

  @Test
  void aCommitThatWasNotAnsweredStaysInDoubt() {
    assertThatThrownBy(
            () ->
                limit.within(
                    SHORT, batch, () -> hang(e -> new InDoubtException("no answer", null, e))))
        .isInstanceOf(InDoubtException.class);
  }

  @Test
  void anotherFailureIsNotTheLimits() {
    assertThatThrownBy(
            () ->
                limit.within(
                    LONG,
                    batch,
                    () -> {
                      throw new IllegalStateException("of its own");
                    }))
        .hasMessage("of its own");
    assertThat(timer.getQueue()).allMatch(alarm -> ((Future<?>) alarm).isCancelled());
  }

  @Test
  void anInterruptOfSomebodyElseStays() {
    limit.within(
        LONG,
        batch,
        () -> {
          Thread.currentThread().interrupt();
          return true;
        });
    assertThat(Thread.interrupted()).isTrue();
  }
}
