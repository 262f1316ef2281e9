package io.varve.cli.csv;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NumbersTest {

  @ParameterizedTest
  @ValueSource(strings = {"0", "-1", "+5", "12", "0.5", ".5", "5.", "1e5", "1E-5", "-0.0"})
  void recognizesDecimals(String text) {
    assertThat(Numbers.isDecimal(text)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "", "-", "+", ".", "01", "-01", "1e", "1e+", "e5", "1.2.3", "1,5", "1 ", "٣", "1e99999"
      })
  void refusesOtherTexts(String text) {
    assertThat(Numbers.isDecimal(text)).isFalse();
  }

  @Property
  void everyDoubleAsJavaPrintsItIsKept(@ForAll double value) {
    assertThat(
            Numbers.isExactAsDouble(
                new BigDecimal(value).round(new java.math.MathContext(17)).toString()))
        .isTrue();
  }

  @Property
  void anyLongIsAnInteger(@ForAll long value) {
    assertThat(Numbers.isInteger(Long.toString(value))).isTrue();
    assertThat(Numbers.isDecimal(Long.toString(value))).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "123456789012345678",
        "0.1234567890123456789",
        "1e309",
        "1e-400",
        "1.2345678e-322"
      })
  void noticesWhatADoubleLoses(String text) {
    assertThat(Numbers.isExactAsDouble(text)).isFalse();
  }
}
