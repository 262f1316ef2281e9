package io.varve.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class CommitWatchTest {

  private final CommitWatch watch = new CommitWatch();

  /**
   * @param body with | for the zero that ends a text
   */
  private boolean sees(char type, String body) {
    return watch.isCommit(
        new Message(type, body.replace('|', '\0').getBytes(StandardCharsets.UTF_8)));
  }

  @ParameterizedTest
  @CsvSource({"COMMIT, true", "' commit;', true", "END, true", "COMMITS, false", "ROLLBACK, false"})
  void aQueryThatCommits(String sql, boolean commits) {
    assertThat(sees('Q', sql + "|")).isEqualTo(commits);
  }

  @Test
  void aPreparedCommitIsKnownByItsName() {
    assertThat(sees('P', "S_1|COMMIT|")).isFalse();
    assertThat(sees('B', "|S_1|")).isFalse();
    assertThat(sees('E', "|")).isTrue();
    sees('B', "|S_2|");
    assertThat(sees('E', "|")).isFalse();
    sees('B', "C_1|S_1|");
    assertThat(sees('E', "C_1|")).isTrue();
  }

  @Test
  void aNameThatIsUsedAgainIsAnother() {
    sees('P', "|COMMIT|");
    sees('P', "|SELECT 1|");
    sees('B', "||");
    assertThat(sees('E', "|")).isFalse();
  }

  @Test
  void aClosedStatementIsForgotten() {
    sees('P', "S_1|COMMIT|");
    sees('C', "SS_1|");
    sees('B', "|S_1|");
    assertThat(sees('E', "|")).isFalse();
  }
}
