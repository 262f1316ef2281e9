/** Writing rows. Start at {@link io.varve.ingest.TableWriter}. */
@NullMarked
package io.varve.ingest;

import org.jspecify.annotations.NullMarked;
