package io.varve.testkit.schema;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;

/** Lets threads loose on the same thing at the same moment. */
final class Together {

  private Together() {}

  /** Runs the numbered tasks at once; fails with the first failure, or after two minutes. */
  static <R> List<R> run(int threads, IntFunction<Callable<R>> task) throws Exception {
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    try {
      CyclicBarrier start = new CyclicBarrier(threads);
      List<Future<R>> running = new ArrayList<>();
      for (int i = 0; i < threads; i++) {
        Callable<R> step = task.apply(i);
        running.add(
            pool.submit(
                () -> {
                  start.await();
                  return step.call();
                }));
      }
      List<R> results = new ArrayList<>();
      for (Future<R> result : running) {
        results.add(result.get(2, TimeUnit.MINUTES));
      }
      return results;
    } finally {
      pool.shutdownNow();
    }
  }
}
