package io.varve.cli.shell;

import static org.assertj.core.api.Assertions.assertThat;

import io.varve.AccessException;
import io.varve.CapabilityException;
import io.varve.CapacityException;
import io.varve.ConfigException;
import io.varve.ConflictException;
import io.varve.ConnectionException;
import io.varve.ConstraintException;
import io.varve.DataException;
import io.varve.DeadlineException;
import io.varve.MappingException;
import io.varve.SchemaException;
import java.util.List;
import org.junit.jupiter.api.Test;

class ExitCodeTest {

  @Test
  void theNumbersAreAPromise() {
    assertThat(ExitCode.values())
        .extracting(ExitCode::number)
        .containsExactly(0, 1, 2, 3, 4, 130, 141);
  }

  @Test
  void aLostOrRefusedConnectionIsUnreachable() {
    assertThat(ExitCode.of(new ConnectionException("x"))).isEqualTo(ExitCode.UNREACHABLE);
    for (String state : List.of("28P01", "3D000", "08004")) {
      assertThat(ExitCode.of(new AccessException("x", state, null)))
          .isEqualTo(ExitCode.UNREACHABLE);
    }
    assertThat(ExitCode.of(new CapacityException("x", "53300", null)))
        .isEqualTo(ExitCode.UNREACHABLE);
  }

  @Test
  void aBadSettingIsUsage() {
    assertThat(ExitCode.of(new ConfigException("x"))).isEqualTo(ExitCode.USAGE);
  }

  @Test
  void everythingElseIsFailure() {
    assertThat(ExitCode.of(new AccessException("x", "42501", null))).isEqualTo(ExitCode.FAILURE);
    assertThat(ExitCode.of(new SchemaException("x"))).isEqualTo(ExitCode.FAILURE);
    assertThat(ExitCode.of(new MappingException("x"))).isEqualTo(ExitCode.FAILURE);
    assertThat(ExitCode.of(new DataException("x"))).isEqualTo(ExitCode.FAILURE);
    assertThat(ExitCode.of(new ConstraintException("x"))).isEqualTo(ExitCode.FAILURE);
    assertThat(ExitCode.of(new ConflictException("x"))).isEqualTo(ExitCode.FAILURE);
    assertThat(ExitCode.of(new DeadlineException("x"))).isEqualTo(ExitCode.FAILURE);
    assertThat(ExitCode.of(new CapacityException("x"))).isEqualTo(ExitCode.FAILURE);
    assertThat(ExitCode.of(new CapabilityException("x"))).isEqualTo(ExitCode.FAILURE);
  }
}
