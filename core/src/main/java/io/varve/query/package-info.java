/** Reading rows: ranges, latest values, buckets, streams. Start at {@link io.varve.query.Query}. */
@NullMarked
package io.varve.query;

import org.jspecify.annotations.NullMarked;
