package io.varve.cli.shell;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.io.OutputStream;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ShellTest {

  @Test
  void onlyATerminalGetsColors() {
    assertThat(shell(Map.of(), "out").style().isColored()).isTrue();
    assertThat(shell(Map.of()).style().isColored()).isFalse();
    assertThat(shell(Map.of("TERM", "dumb"), "out").style().isColored()).isFalse();
  }

  @Test
  void theUsersWishesAboutColorsHold() {
    assertThat(shell(Map.of("NO_COLOR", "1"), "out").style().isColored()).isFalse();
    assertThat(shell(Map.of("NO_COLOR", ""), "out").style().isColored()).isTrue();
    assertThat(shell(Map.of("CLICOLOR_FORCE", "1")).style().isColored()).isTrue();
    assertThat(shell(Map.of("CLICOLOR_FORCE", "0")).style().isColored()).isFalse();
    assertThat(shell(Map.of("NO_COLOR", "1", "CLICOLOR_FORCE", "1")).style().isColored()).isFalse();
    assertThat(shell(Map.of("CLICOLOR", "0"), "out").style().isColored()).isFalse();
    assertThat(shell(Map.of(), "out").withoutColor().style().isColored()).isFalse();
  }

  @Test
  void theLocaleDecidesAboutUnicode() {
    assertThat(shell(Map.of("LANG", "de_DE.UTF-8"), "out").style().isUnicode()).isTrue();
    assertThat(shell(Map.of("LANG", "C.utf8"), "out").style().isUnicode()).isTrue();
    assertThat(shell(Map.of("LANG", "de_DE.UTF-8", "LC_ALL", "C"), "out").style().isUnicode())
        .isFalse();
    assertThat(shell(Map.of(), "out").style().isUnicode()).isFalse();
    assertThat(shell(Map.of()).style().isUnicode()).isTrue();
  }

  @Test
  void theWidthComesFromTheTerminal() {
    assertThat(shell(Map.of("COLUMNS", "132")).width()).isEqualTo(132);
    assertThat(shell(Map.of("COLUMNS", "wide")).width()).isEqualTo(80);
    assertThat(shell(Map.of()).width()).isEqualTo(80);
  }

  private static Shell shell(Map<String, String> env, String... terminals) {
    return Shell.of(
        InputStream.nullInputStream(),
        OutputStream.nullOutputStream(),
        OutputStream.nullOutputStream(),
        env,
        Set.of(terminals));
  }
}
