package io.varve.testkit;

import static io.varve.query.Aggregate.count;
import static io.varve.query.Aggregate.max;
import static io.varve.testkit.Ticks.ROWS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.varve.Varve;
import io.varve.query.BucketQuery;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Publishers, with a single connection to go round: whoever keeps it is noticed. */
@ExtendWith(DatabaseExtension.class)
@Timeout(120)
final class QueryPublisherIT {

  private final TestDatabase database;
  private final Ticks ticks;
  private final Varve varve;

  QueryPublisherIT(TestDatabase database) {
    this.database = database;
    this.ticks = new Ticks(database);
    this.varve = ticks.varve();
  }

  @BeforeEach
  void writeTicks() {
    ticks.write();
  }

  @AfterEach
  void drop() throws SQLException {
    ticks.close();
  }

  @Test
  void executorThatRefusesIsTheEndAndGivesTheConnectionBack() throws Exception {
    for (boolean cancelling : List.of(false, true)) {
      ExecutorService executor = Executors.newSingleThreadExecutor();
      Taker taker = new Taker();
      numbers().publisher(executor).subscribe(taker);
      taker.request(1);
      executor.shutdown();
      assertThat(executor.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
      assertThat(taker.signals).containsExactly("row");
      if (cancelling) {
        taker.cancel();
        assertThat(taker.signals).containsExactly("row");
      } else {
        taker.request(1);
        assertThat(taker.signals).containsExactly("row", "RejectedExecutionException");
      }
      assertThat(ticks.all().count()).isEqualTo(ROWS);
    }
  }

  @Test
  void whateverASubscriberThrowsGivesTheConnectionBack() {
    for (boolean fatal : List.of(false, true)) {
      Taker taker =
          new Taker(
              row -> {
                if (fatal) {
                  throw new LinkageError("no such class");
                }
                throw new IllegalStateException("enough");
              },
              () -> {});
      Serving serving = new Serving();
      numbers().publisher(serving).subscribe(taker);
      taker.request(2);
      if (fatal) {
        assertThatThrownBy(serving::await).hasCauseInstanceOf(LinkageError.class);
        assertThat(taker.signals).containsExactly("row", "LinkageError");
      } else {
        assertThatCode(serving::await).doesNotThrowAnyException();
        assertThat(taker.signals).containsExactly("row", "IllegalStateException");
      }
      assertThat(ticks.all().count()).isEqualTo(ROWS);
    }
  }

  @Test
  void nothingFollowsACompleteAnswer() {
    Taker taker =
        new Taker(
            row -> {},
            () -> {
              throw new IllegalStateException("too much");
            });
    Serving serving = new Serving();
    numbers().limit(2).publisher(serving).subscribe(taker);
    taker.request(10);
    assertThatThrownBy(serving::await).hasRootCauseMessage("too much");
    assertThat(taker.signals).containsExactly("row", "row", "complete");
    assertThat(ticks.all().count()).isEqualTo(ROWS);
  }

  @Test
  void cancellationEndsARunningStatement() throws Exception {
    Taker taker = new Taker();
    Serving serving = new Serving();
    varve
        .from(ticks.sleeping())
        .bucket(Duration.ofHours(1))
        .select(max("value"))
        .publisher(serving)
        .subscribe(taker);
    taker.request(1);
    Sessions.awaitSleeping(database);
    taker.cancel();
    serving.await();
    assertThat(taker.signals).isEmpty();
    assertThat(ticks.all().count()).isEqualTo(ROWS);
  }

  @Test
  void nothingIsHandedOverBeforeTheSubscriberHasItsSubscription() throws Exception {
    Serving serving = new Serving();
    Taker taker = new Taker();
    numbers()
        .publisher(serving)
        .subscribe(
            taker.beginning(
                subscription -> {
                  subscription.request(2);
                  serving.await();
                  taker.signals.add("subscribed");
                }));
    serving.await();
    assertThat(taker.signals).containsExactly("subscribed", "row", "row");
    taker.cancel();
    serving.await();
    assertThat(ticks.all().count()).isEqualTo(ROWS);
  }

  @Test
  void cancellationWhileSubscribingSendsNothing() throws Exception {
    Serving serving = new Serving();
    Taker taker = new Taker();
    numbers()
        .publisher(serving)
        .subscribe(
            taker.beginning(
                subscription -> {
                  subscription.request(2);
                  subscription.cancel();
                }));
    serving.await();
    assertThat(taker.signals).isEmpty();
    assertThat(ticks.all().count()).isEqualTo(ROWS);
  }

  @Test
  void asManyRowsAsThereAreAreTheEnd() throws Exception {
    for (int rows : List.of(1, 3)) {
      Serving serving = new Serving();
      Taker taker = new Taker();
      numbers().limit(rows).publisher(serving).subscribe(taker);
      for (int i = 0; i < rows; i++) {
        assertThat(taker.signals).hasSize(i).doesNotContain("complete");
        taker.request(1);
        serving.await();
      }
      assertThat(taker.signals).hasSize(rows + 1).endsWith("row", "complete");
      assertThat(ticks.all().count()).isEqualTo(ROWS);
    }
  }

  @Test
  void noRowsAreTheEndOfTheFirstRequest() throws Exception {
    Serving serving = new Serving();
    Taker taker = new Taker();
    numbers().limit(0).publisher(serving).subscribe(taker);
    taker.request(1);
    serving.await();
    assertThat(taker.signals).containsExactly("complete");
    assertThat(ticks.all().count()).isEqualTo(ROWS);
  }

  private BucketQuery numbers() {
    return ticks.all().bucket(Duration.ofSeconds(1)).select(count());
  }

  /** Runs each task in a thread and waits for all, with what they throw. */
  private static final class Serving implements Executor {

    private final Queue<CompletableFuture<Void>> tasks = new ConcurrentLinkedQueue<>();

    @Override
    public void execute(Runnable task) {
      tasks.add(CompletableFuture.runAsync(task));
    }

    void await() throws Exception {
      for (CompletableFuture<Void> task : tasks) {
        task.get(60, TimeUnit.SECONDS);
      }
    }
  }
}
