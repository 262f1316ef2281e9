package io.varve.testkit.fault;

import static org.assertj.core.api.Assertions.assertThat;

import io.varve.testkit.fault.Numbered.Event;
import io.varve.testkit.fault.Numbered.Sample;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class AccountsTest {

  private static final Instant TIME = Instant.parse("2024-01-01T00:00:00Z");

  private final Accounts appended = new Accounts(false, false);
  private final Accounts upserted = new Accounts(true, true);

  private static Event event(long number) {
    return new Event(TIME, "d", number);
  }

  private static Sample sample(long number) {
    return new Sample(TIME, "d", number);
  }

  @Test
  void whatWasSaidAgreesWithTheTable() {
    appended.note(event(1), Fate.ACKNOWLEDGED);
    appended.note(event(2), Fate.ABSENT);
    appended.note(event(-3), Fate.REFUSED);
    appended.note(event(4), Fate.IN_DOUBT);
    appended.note(event(5), Fate.IN_DOUBT);
    assertThat(appended.compare(Map.of(1L, 1, 4L, 1))).isEmpty();
  }

  @Test
  void aLostRowIsFound() {
    appended.note(event(1), Fate.ACKNOWLEDGED);
    assertThat(appended.compare(Map.of())).singleElement().asString().contains("but not there");
  }

  @Test
  void aDoubledRowIsFoundAcknowledgedOrInDoubt() {
    appended.note(event(1), Fate.ACKNOWLEDGED);
    appended.note(event(2), Fate.IN_DOUBT);
    assertThat(appended.compare(Map.of(1L, 2, 2L, 2)))
        .hasSize(2)
        .allSatisfy(problem -> assertThat(problem).startsWith("there 2 times"));
  }

  @Test
  void aRowThatWasSaidToBeAbsentIsFound() {
    appended.note(event(1), Fate.ABSENT);
    assertThat(appended.compare(Map.of(1L, 1))).singleElement().asString().contains("ABSENT");
  }

  @Test
  void aRowNobodyOfferedIsFound() {
    assertThat(appended.compare(Map.of(1L, 1)))
        .containsExactly("1 rows are there that nobody offered");
  }

  @Test
  void aRefusedRowThatWasAcknowledgedIsFound() {
    appended.note(event(-1), Fate.ACKNOWLEDGED);
    assertThat(appended.compare(Map.of(-1L, 1))).singleElement().asString().contains("refuses");
  }

  @Test
  void ofRowsWithAKeyTheLastOneMustBeThere() {
    upserted.note(sample(1), Fate.ACKNOWLEDGED);
    upserted.note(sample(2), Fate.ACKNOWLEDGED);
    assertThat(upserted.compare(Map.of(1L, 1)))
        .singleElement()
        .asString()
        .startsWith("not the last one");
  }

  @Test
  void doubtAboutALaterRowLeavesBothPossible() {
    upserted.note(sample(1), Fate.ACKNOWLEDGED);
    upserted.note(sample(2), Fate.IN_DOUBT);
    assertThat(upserted.compare(Map.of(2L, 1))).isEmpty();
  }
}
