package io.varve.model;

/** The tables of annotated records, each read once. */
final class RecordTables {

  /** Linking the accessors takes milliseconds, and its result depends on the class alone. */
  private static final ClassValue<Table<?>> TABLES =
      new ClassValue<>() {
        @Override
        protected Table<?> computeValue(Class<?> record) {
          return new RecordReader<>(record.asSubclass(Record.class)).table();
        }
      };

  private RecordTables() {}

  @SuppressWarnings("unchecked")
  static <T extends Record> Table<T> table(Class<T> record) {
    return (Table<T>) TABLES.get(record);
  }
}
