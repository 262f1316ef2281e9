/** Benchmarks of what {@code io.varve.ingest} keeps to itself. */
@NullMarked
package io.varve.ingest;

import org.jspecify.annotations.NullMarked;
