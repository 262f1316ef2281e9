package io.varve.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import io.varve.ingest.IngestBatch.Waiting;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

final class IngestLaneTest {

  private final IngestLane<String> lane = new IngestLane<>(new IngestLane.Limits(2, 1_000, 0));

  private static Waiting<String> waiting(String row) {
    return new Waiting<>(row, 1, System.nanoTime(), new CompletableFuture<>());
  }

  @Test
  void rowsComeInOrderAndOnlySoMany() throws InterruptedException {
    List.of("a", "b", "c").forEach(row -> lane.add(waiting(row)));
    assertThat(lane.take(rows -> {})).extracting(Waiting::row).containsExactly("a", "b");
    assertThat(lane.take(rows -> {})).extracting(Waiting::row).containsExactly("c");
  }

  @Test
  void whoeverFindsTheLaneEmptyFindsItsRowsBeingWritten() throws InterruptedException {
    lane.add(waiting("a"));
    List<Waiting<String>> beingWritten = new ArrayList<>();
    List<Waiting<String>> seen = new ArrayList<>();
    Thread closer =
        new Thread(
            () -> {
              seen.addAll(lane.removeAll());
              seen.addAll(beingWritten);
            });
    lane.take(
        rows -> {
          closer.start();
          awaitWaiting(closer);
          beingWritten.addAll(rows);
        });
    closer.join();
    assertThat(seen).extracting(Waiting::row).containsExactly("a");
  }

  /** Until it waits, or has not needed to. */
  private static void awaitWaiting(Thread thread) {
    while (thread.getState() != Thread.State.WAITING
        && thread.getState() != Thread.State.TERMINATED) {
      Thread.onSpinWait();
    }
  }
}
