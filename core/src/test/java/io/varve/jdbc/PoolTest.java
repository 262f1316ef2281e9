package io.varve.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class PoolTest {

  @Test
  void closesThoughTheFirstConnectionDoesNot() throws Exception {
    SQLException stuck = new SQLException("it will not close");
    Connection first = new Connections().failing("close", stuck).getConnection();
    Pool pool = new Pool(SPEC, new Connector(SPEC), first);
    List<Thread> keepers = housekeepers();
    assertThat(keepers).hasSize(1);

    assertThatThrownBy(pool::close).isSameAs(stuck);

    keepers.get(0).join(Duration.ofMinutes(1).toMillis());
    assertThat(keepers.get(0).isAlive()).isFalse();
  }

  /** Nothing listens there, and no connection is kept ready: the first stays where it is. */
  private static final ConnectionSpec SPEC =
      new ConnectionSpec(
          "localhost:1",
          "pool_test",
          "me",
          Optional.empty(),
          Map.of(),
          Map.of(),
          Duration.ofSeconds(1),
          1,
          0,
          Duration.ofSeconds(1),
          Duration.ZERO,
          Duration.ZERO);

  private static List<Thread> housekeepers() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().matches("varve .*pool_test.*housekeeper"))
        .toList();
  }
}
