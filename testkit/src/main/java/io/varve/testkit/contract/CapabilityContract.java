package io.varve.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.varve.Capabilities;
import io.varve.Capability;
import io.varve.CapabilityException;
import io.varve.Support;
import io.varve.Tier;
import io.varve.Varve;
import io.varve.testkit.DatabaseExtension;
import io.varve.testkit.TestDatabase;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What each tier can do; what it cannot do is refused with what would give it. */
@ExtendWith(DatabaseExtension.class)
final class CapabilityContract {

  private final Capabilities capabilities;

  CapabilityContract(TestDatabase database) {
    try (Varve varve = database.connect()) {
      this.capabilities = varve.capabilities();
    }
  }

  private static Support expected(Tier tier, Capability capability) {
    return switch (capability) {
      case HYPERTABLE, TIME_BUCKET, FIRST_LAST, HISTOGRAM ->
          tier == Tier.PLAIN ? Support.PROVIDED : Support.NATIVE;
      case GAP_FILL -> tier == Tier.COMMUNITY ? Support.NATIVE : Support.PROVIDED;
      case CONTINUOUS_AGGREGATE, COLUMNSTORE, RETENTION ->
          tier == Tier.COMMUNITY ? Support.NATIVE : Support.ABSENT;
    };
  }

  @ParameterizedTest
  @EnumSource
  void everyTierGivesWhatItPromises(Capability capability) {
    assertThat(capabilities.support(capability))
        .isEqualTo(expected(capabilities.tier(), capability));
  }

  @ParameterizedTest
  @EnumSource
  void whatIsThereMayBeRequired(Capability capability) {
    String explanation = capabilities.entries().get(capability).explanation();
    assertThat(explanation).isNotBlank();
    if (capabilities.support(capability) == Support.ABSENT) {
      assertThatThrownBy(() -> capabilities.require(capability))
          .isInstanceOf(CapabilityException.class)
          .hasMessage(
              "%s: not available on %s: %s",
              capability.title(), capabilities.tier().title(), explanation);
    } else {
      assertThatCode(() -> capabilities.require(capability)).doesNotThrowAnyException();
    }
  }
}
