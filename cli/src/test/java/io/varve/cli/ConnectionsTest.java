package io.varve.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.varve.cli.shell.Shell;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ConnectionsTest {

  @Test
  void withoutAnythingItIsTheLocalDatabase() {
    assertThat(connections(Map.of("HOME", "/home/me"), null).isLocal()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"VARVE_URL", "VARVE_HOST", "VARVE_DATABASE", "PGHOST", "PGPORT", "PGDATABASE"})
  void aVariableNamesAnother(String variable) {
    assertThat(connections(Map.of(variable, "x"), null).isLocal()).isFalse();
    assertThat(connections(Map.of(variable, ""), null).isLocal()).isTrue();
  }

  @Test
  void theOptionWins() {
    assertThat(connections(Map.of(), "postgresql://host/db").isLocal()).isFalse();
    assertThat(connections(Map.of("PGHOST", "x", "VARVE_URL", "y"), "local").isLocal()).isTrue();
  }

  @Test
  void findsTheDataDirectory() {
    assertThat(directory(Map.of("VARVE_HOME", "/v", "XDG_DATA_HOME", "/x", "HOME", "/h")))
        .isEqualTo(Path.of("/v/postgres"));
    assertThat(directory(Map.of("XDG_DATA_HOME", "/x", "HOME", "/h")))
        .isEqualTo(Path.of("/x/varve/postgres"));
    assertThat(directory(Map.of("XDG_DATA_HOME", "relative", "HOME", "/h")))
        .isEqualTo(Path.of("/h/.local/share/varve/postgres"));
  }

  @Test
  void theLocalDatabaseDoesNotExistBeforeItIsOpened() {
    assertThat(connections(Map.of("VARVE_HOME", "/nonexistent"), null).exists()).isFalse();
    assertThat(connections(Map.of(), "postgresql://host/db").exists()).isTrue();
  }

  private static Path directory(Map<String, String> env) {
    return connections(env, null).directory();
  }

  private static Connections connections(Map<String, String> env, String url) {
    Shell shell =
        Shell.of(
            InputStream.nullInputStream(),
            OutputStream.nullOutputStream(),
            OutputStream.nullOutputStream(),
            env,
            Set.of());
    return new Connections(shell, url);
  }
}
