package io.varve.testkit.contract;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;

/** Runs the same task on several threads that all start at once. */
final class Race {

  private static final long LIMIT_SECONDS = 60;

  private Race() {}

  /** The runners' results, in their order; the first failure is thrown. */
  static <R> List<R> run(int runners, IntFunction<R> task) throws Exception {
    CyclicBarrier start = new CyclicBarrier(runners);
    ExecutorService threads = Executors.newFixedThreadPool(runners);
    try {
      List<Callable<R>> tasks = new ArrayList<>();
      for (int i = 0; i < runners; i++) {
        int runner = i;
        tasks.add(
            () -> {
              start.await(LIMIT_SECONDS, TimeUnit.SECONDS);
              return task.apply(runner);
            });
      }
      return results(threads.invokeAll(tasks, LIMIT_SECONDS, TimeUnit.SECONDS));
    } finally {
      threads.shutdownNow();
    }
  }

  private static <R> List<R> results(List<Future<R>> futures) throws Exception {
    List<R> results = new ArrayList<>();
    for (Future<R> future : futures) {
      try {
        results.add(future.get());
      } catch (ExecutionException e) {
        throw new AssertionError("a runner failed: " + e.getCause(), e.getCause());
      }
    }
    return results;
  }
}
