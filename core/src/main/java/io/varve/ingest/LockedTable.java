package io.varve.ingest;

import io.varve.schema.StoredType;
import java.util.List;

/**
 * A table as it is while the transaction lasts.
 *
 * @param types what each of the model's columns stores
 * @param readable whether the user may read all of it
 */
record LockedTable(List<StoredType> types, TableTriggers triggers, boolean readable) {

  LockedTable {
    types = List.copyOf(types);
  }
}
