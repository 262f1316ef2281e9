/**
 * Whole-path benchmarks, each against a reference measured in the same run. Start at {@link
 * io.varve.benchmarks.Benchmarks}; the codec's microbenchmarks are JMH classes beside it.
 */
@NullMarked
package io.varve.benchmarks;

import org.jspecify.annotations.NullMarked;
