package io.varve.testkit;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.varve.CapabilityException;
import org.junit.jupiter.api.Test;

final class OldServerIT {

  @Test
  void serverOlderThanFifteenIsRefused() {
    try (OwnedServer server = OwnedServer.start("14")) {
      assertThatThrownBy(server::connect)
          .isInstanceOf(CapabilityException.class)
          .hasMessageMatching(
              "this server is PostgreSQL 14\\.\\d+: expected 15 or newer; upgrade it, or use another"
                  + " server");
    }
  }
}
