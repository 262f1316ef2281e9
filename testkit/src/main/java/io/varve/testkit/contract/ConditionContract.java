package io.varve.testkit.contract;

import static io.varve.query.Aggregate.max;
import static io.varve.query.Condition.column;
import static io.varve.testkit.contract.Gauges.NOON;
import static io.varve.testkit.contract.Gauges.VALUE;
import static io.varve.testkit.contract.Gauges.devices;
import static io.varve.testkit.contract.Gauges.gauge;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.varve.MappingException;
import io.varve.SchemaException;
import io.varve.Varve;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Conditions on the columns of a table. */
@ExtendWith(VarveExtension.class)
final class ConditionContract {

  private final Gauges gauges;

  ConditionContract(Varve varve) {
    this.gauges = Gauges.create(varve);
  }

  @Test
  void conditionsNest() {
    gauges.write(gauge(0, "a", 1.0), gauge(1, "b", 2.0), gauge(2, "c", 3.0), gauge(3, "a", null));
    assertThat(devices(gauges.all().where(column("device").in("a", "c"))))
        .containsExactly("a", "c", "a");
    assertThat(devices(gauges.all().where(column(VALUE).ge(2.0)))).containsExactly("b", "c");
    assertThat(devices(gauges.all().where(column(VALUE).ge(2.0).not()))).containsExactly("a");
    assertThat(devices(gauges.all().where(column("value").between(1.0, 2.0))))
        .containsExactly("a", "b");
    assertThat(
            devices(
                gauges
                    .all()
                    .where(
                        column("device")
                            .like("%b%")
                            .or(column("value").isNull())
                            .and(column("device").ne("zzz")))))
        .containsExactly("b", "a");
    assertThat(gauges.all().where(column("device").in(List.of())).list()).isEmpty();
    assertThat(gauges.all().where(column("device").in(List.of()).not()).count()).isEqualTo(4);
  }

  /** A statement has at most 65,535 values. */
  @Test
  void aColumnIsOneOfAnyNumberOfValues() {
    gauges.write(gauge(0, "a", 0.1), gauge(1, "b", Double.NaN), gauge(2, "{\"\\", 3.0));
    gauges.write(gauge(3, "NULL", null), gauge(4, "", 1e-300));
    List<String> many = IntStream.range(0, 70_000).mapToObj(i -> "d" + i).toList();
    assertThat(gauges.all().where(column("device").in(many)).count()).isZero();
    assertThat(gauges.all().where(column("device").in(many).not()).count()).isEqualTo(5);
    assertThat(devices(gauges.all().where(column("device").in("{\"\\", "NULL", ""))))
        .containsExactly("{\"\\", "NULL", "");
    assertThat(devices(gauges.all().where(column("value").in(0.1, Double.NaN, 1e-300))))
        .containsExactly("a", "b", "");
    assertThat(devices(gauges.all().where(column("value").in(0.1, 0.2).not())))
        .containsExactly("b", "{\"\\", "");
    assertThat(devices(gauges.all().where(column("time").in(NOON, NOON.plusSeconds(3)))))
        .containsExactly("a", "NULL");
    assertThat(
            gauges
                .all()
                .groupBy("device")
                .select(max("value"))
                .having(column("value_max").in(3.0, 4.0))
                .list())
        .hasSize(1);
  }

  @Test
  void conditionsThatDoNotFitAreRefused() {
    assertThatThrownBy(() -> gauges.all().where(column("colour").eq("red")))
        .isInstanceOf(SchemaException.class)
        .hasMessageContaining("table gauges has no column \"colour\"");
    assertThatThrownBy(() -> gauges.all().where(column("value").gt("warm")))
        .isInstanceOf(MappingException.class)
        .hasMessageContaining("table gauges, column \"value\"")
        .hasMessageContaining("java.lang.String");
    assertThatThrownBy(() -> gauges.all().where(column("value").like("1%")))
        .isInstanceOf(MappingException.class)
        .hasMessageContaining("expected text");
  }

  @Test
  void valuesAreNeverPartOfTheStatement() {
    String hostile = "a'; DROP TABLE gauges; --";
    gauges.write(gauge(0, hostile, 1.0));
    assertThat(gauges.all().where(column("device").eq(hostile)).count()).isEqualTo(1);
    assertThat(gauges.all().where(column("device").in("x' OR 'a'='a", "y")).count()).isZero();
  }
}
