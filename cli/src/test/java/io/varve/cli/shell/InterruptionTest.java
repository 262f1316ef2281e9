package io.varve.cli.shell;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class InterruptionTest {

  @Test
  void workGoesOnUntilItIsAskedToStop() {
    assertThatCode(() -> new Interruption().check()).doesNotThrowAnyException();
  }

  @Test
  void aRequestWakesTheWorkAndWaitsForTheEndOfTheCommand() throws InterruptedException {
    Interruption interruption = new Interruption();
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch cancelled = new CountDownLatch(2);
    AtomicBoolean ended = new AtomicBoolean();
    Thread command =
        new Thread(
            () -> {
              interruption.during(
                  cancelled::countDown,
                  () -> {
                    begun.countDown();
                    await(cancelled);
                  });
              ended.set(true);
              interruption.commandEnded();
            });
    command.start();
    await(begun);

    interruption.request();

    assertThat(ended).describedAs("after the work, too").isTrue();
    assertThatThrownBy(interruption::check)
        .isInstanceOf(CommandException.class)
        .hasMessage("interrupted")
        .extracting(e -> ((CommandException) e).exitCode())
        .isEqualTo(ExitCode.INTERRUPTED);
    command.join();
  }

  @Test
  void withoutWorkNothingIsWaitedFor() {
    new Interruption().request();
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
