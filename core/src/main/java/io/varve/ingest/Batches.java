package io.varve.ingest;

import io.varve.model.QualifiedName;
import java.util.List;
import java.util.Set;

/**
 * The ledger of batches that were written under a name ({@link WriteOptions#batch}). What stands
 * before the first slash of a name is the batch's group: {@code nightly/1-50000} and {@code
 * nightly/50001-60000} are of the group {@code nightly}. Names count per user: this sees and
 * removes only those of the user who is connected. Thread-safe. See {@code Varve.batches()}.
 *
 * <p>Needs the toolkit ({@code Varve.toolkit()}); where it is not installed every method ends with
 * a {@link io.varve.SchemaException}.
 */
public interface Batches {

  /**
   * The batches of a group, by name. Waits for transactions that are about to commit one of them,
   * half a minute at most: what a process that was killed has sent is in the answer, or will never
   * be stored.
   *
   * @throws io.varve.ConflictException if such a transaction does not end
   * @throws io.varve.MappingException if the group is empty or holds a slash
   */
  List<StoredBatch> stored(String group);

  /**
   * Which other users have stored batches of that group in the table. They are not in {@link
   * #stored}, and a batch with the same name as one of theirs is stored again.
   */
  Set<String> otherWriters(String group, QualifiedName table);

  /**
   * Forgets the batches of a group; returns how many there were. Their rows stay. One that is sent
   * again after that is stored again.
   */
  long forget(String group);

  /**
   * Keeps other processes from claiming the group until the claim is closed, or this process ends.
   * Takes one connection of the pool; if that breaks, somebody else may claim the group, and ends
   * this claim with that. Batches written with the claim ({@link WriteOptions#batch(String,
   * Claim)}) are refused from then on; whoever writes without one is not kept from it.
   *
   * @throws io.varve.ConflictException if another process has claimed it, and holds it for seconds
   */
  Claim claim(String group);

  /** A group that nobody else writes to. Thread-safe. */
  interface Claim extends AutoCloseable {

    /** What the ledger knows the claim by. */
    String token();

    /** Gives the group back. */
    @Override
    void close();
  }
}
