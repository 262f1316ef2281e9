package io.varve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.varve.jdbc.Connections;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class VarveTest {

  @Test
  void embeddedServerNeedsItsArtifact() {
    assertThatThrownBy(() -> Varve.embedded(Path.of("anywhere")))
        .isInstanceOf(CapabilityException.class)
        .hasMessage(
            "no embedded PostgreSQL on the class path: add the artifact io.varve:varve-embedded, or"
                + " connect to a server");
  }

  @Test
  void dataSourceThatCannotConnectIsReported() {
    Connections source =
        new Connections().failing("open", new SQLException("no route to host", "08001"));
    assertThatThrownBy(() -> Varve.of(source))
        .isInstanceOf(ConnectionException.class)
        .hasMessage("looking at the server: no route to host");
  }

  @Test
  void embeddedServerIsLeftIfConnectingFails() {
    List<String> left = new ArrayList<>();
    VarveBuilder builder =
        new VarveBuilder(Map.of("user.name", "me"), Map.of()).set(Setting.PORT, "none");
    assertThatThrownBy(() -> builder.connect(() -> left.add("server")))
        .isInstanceOf(ConfigException.class);
    assertThat(left).containsExactly("server");
  }

  @Test
  void failureToLeaveDoesNotHideTheFailureToConnect() {
    VarveBuilder builder =
        new VarveBuilder(Map.of("user.name", "me"), Map.of()).set(Setting.PORT, "none");
    assertThatThrownBy(
            () ->
                builder.connect(
                    () -> {
                      throw new IllegalStateException("cannot leave");
                    }))
        .isInstanceOf(ConfigException.class)
        .hasSuppressedException(new IllegalStateException("cannot leave"));
  }

  @Test
  void builderStartsFromItsPreset() {
    assertThat(Varve.builder(Preset.BULK).config().text(Setting.PRESET)).contains("bulk");
  }
}
