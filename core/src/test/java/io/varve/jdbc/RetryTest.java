package io.varve.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.varve.AccessException;
import io.varve.CapacityException;
import io.varve.ConnectionException;
import io.varve.InDoubtException;
import io.varve.VarveException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

final class RetryTest {

  private final List<Duration> pauses = new ArrayList<>();
  private long now;
  private int calls;

  @Test
  void firstSuccessEndsIt() {
    assertThat(retry(5, "PT1H", 1).call(failing(0, away()))).isEqualTo("connected");
    assertThat(calls).isEqualTo(1);
    assertThat(pauses).isEmpty();
  }

  @Test
  void boundOfThePauseDoublesUpToFiveSeconds() {
    assertThat(retry(10, "PT1H", 1).call(failing(9, away()))).isEqualTo("connected");
    assertThat(pauses)
        .extracting(Duration::toMillis)
        .containsExactly(100L, 200L, 400L, 800L, 1600L, 3200L, 5000L, 5000L, 5000L);
  }

  @Test
  void pauseIsAnyPartOfItsBound() {
    retry(3, "PT1H", 0.25).call(failing(2, away()));
    retry(3, "PT1H", 0).call(failing(2, away()));
    assertThat(pauses).extracting(Duration::toMillis).containsExactly(25L, 50L, 0L, 0L);
  }

  @Test
  void lastErrorIsReportedWhenTheAttemptsAreUsedUp() {
    ConnectionException last = away();
    assertThatThrownBy(() -> retry(3, "PT1H", 1).call(failing(99, last))).isSameAs(last);
    assertThat(calls).isEqualTo(3);
  }

  @Test
  void noAttemptBeginsAfterTheBudget() {
    ConnectionException last = away();
    assertThatThrownBy(() -> retry(99, "PT1S", 1).call(failing(99, last))).isSameAs(last);
    // 100 + 200 + 400 ms have passed; 800 more would be too late.
    assertThat(calls).isEqualTo(4);
  }

  @Test
  void timeSpentInAttemptsCounts() {
    assertThatThrownBy(
            () ->
                retry(99, "PT1S", 1)
                    .call(
                        () -> {
                          now += Duration.ofMillis(950).toNanos();
                          calls++;
                          throw away();
                        }))
        .isInstanceOf(ConnectionException.class);
    assertThat(calls).isEqualTo(1);
  }

  @Test
  void fullServerIsTriedAgain() {
    CapacityException full = new CapacityException("full", "53300", null);
    assertThat(retry(2, "PT1H", 1).call(failing(1, full))).isEqualTo("connected");
  }

  @Test
  void errorThatTimeDoesNotHealIsReportedAtOnce() {
    AccessException refused = new AccessException("refused");
    assertThatThrownBy(() -> retry(5, "PT1H", 1).call(failing(99, refused))).isSameAs(refused);
    assertThat(calls).isEqualTo(1);
  }

  @Test
  void interruptionEndsItAndIsRestored() {
    ConnectionException failure = away();
    Retry retry =
        new Retry(
            5,
            Duration.ofHours(1),
            () -> now,
            pause -> {
              throw new InterruptedException();
            },
            () -> 1);
    assertThatThrownBy(() -> retry.call(failing(99, failure)))
        .isInstanceOf(ConnectionException.class)
        .hasMessage("away; interrupted while waiting to try again")
        .hasCause(failure);
    assertThat(Thread.interrupted()).isTrue();
    assertThat(calls).isEqualTo(1);
  }

  @Test
  void doubtStaysUntilAnAttemptSucceeds() {
    InDoubtException doubt = new InDoubtException("lost while committing");
    AccessException refused = new AccessException("refused");
    assertThatThrownBy(() -> retry(3, "PT1H", 1).write(true, failing(doubt, away(), away())))
        .isInstanceOf(InDoubtException.class)
        .hasMessageContaining("away");
    assertThatThrownBy(() -> retry(5, "PT1H", 1).write(true, failing(doubt, refused)))
        .isInstanceOf(InDoubtException.class)
        .hasCause(refused);
    assertThatThrownBy(() -> retry(5, "PT1H", 1).write(false, failing(doubt))).isSameAs(doubt);
    assertThat(retry(5, "PT1H", 1).write(true, failing(doubt, away()))).isEqualTo("connected");
  }

  private static Supplier<String> failing(VarveException... failures) {
    Iterator<VarveException> left = List.of(failures).iterator();
    return () -> {
      if (left.hasNext()) {
        throw left.next();
      }
      return "connected";
    };
  }

  private static ConnectionException away() {
    return new ConnectionException("away", "08001", null);
  }

  private Supplier<String> failing(int times, VarveException failure) {
    calls = 0;
    return () -> {
      if (++calls <= times) {
        throw failure;
      }
      return "connected";
    };
  }

  /** With a clock that only pauses move. */
  private Retry retry(int attempts, String budget, double random) {
    return new Retry(
        attempts,
        Duration.parse(budget),
        () -> now,
        pause -> {
          pauses.add(pause);
          now += pause.toNanos();
        },
        () -> random);
  }
}
