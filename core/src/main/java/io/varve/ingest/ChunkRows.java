package io.varve.ingest;

/** The rows of one chunk on their way there. Not thread-safe. */
interface ChunkRows<T> {

  /** Whether rows of this time belong here. */
  boolean holds(long time);

  /** Adds a row; one that is refused leaves nothing behind. Returns how many bytes it takes. */
  int add(RowCodec<T> codec, T row, long index);

  /** How many bytes wait to be sent. */
  int waiting();

  /** How many bytes the current COPY has sent. */
  long sent();

  /** Sends what waits, in the current COPY or a new one. */
  void send();

  /** Sends what waits and ends the COPY; returns how many rows it stored. */
  long end();

  /** Gives up a COPY that is going on, so that its connection can roll back. */
  void cancel();
}
