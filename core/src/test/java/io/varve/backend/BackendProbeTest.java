package io.varve.backend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.varve.Capabilities;
import io.varve.Capability;
import io.varve.CapabilityException;
import io.varve.Support;
import io.varve.Tier;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class BackendProbeTest {

  private static final Set<String> FUNCTIONS =
      Set.of(
          "create_hypertable",
          "by_range",
          "time_bucket",
          "first",
          "last",
          "histogram",
          "time_bucket_gapfill",
          "refresh_continuous_aggregate",
          "convert_to_columnstore",
          "add_retention_policy");

  @Test
  void serverWithoutTheExtensionIsPlain() {
    Capabilities capabilities = capabilities(null, null, null, Set.of());
    assertThat(capabilities.tier()).isEqualTo(Tier.PLAIN);
    assertThat(capabilities.postgresVersion()).isEqualTo("17.2");
    assertThat(capabilities.timescaleVersion()).isEmpty();
    assertThat(supported(capabilities, Support.PROVIDED))
        .isEqualTo("HYPERTABLE TIME_BUCKET FIRST_LAST HISTOGRAM GAP_FILL");
    assertThat(supported(capabilities, Support.ABSENT))
        .isEqualTo("CONTINUOUS_AGGREGATE COLUMNSTORE RETENTION");
    assertThat(explanation(capabilities, Capability.RETENTION))
        .isEqualTo("Varve does not do it itself; TimescaleDB Community would give it");
  }

  @Test
  void apacheEditionHasWhatItsLicenceAllows() {
    Capabilities capabilities = capabilities("2.19.3", "2.19.3", "apache", FUNCTIONS);
    assertThat(capabilities.tier()).isEqualTo(Tier.APACHE);
    assertThat(capabilities.timescaleVersion()).contains("2.19.3");
    assertThat(supported(capabilities, Support.NATIVE))
        .isEqualTo("HYPERTABLE TIME_BUCKET FIRST_LAST HISTOGRAM");
    assertThat(supported(capabilities, Support.PROVIDED)).isEqualTo("GAP_FILL");
    assertThat(explanation(capabilities, Capability.COLUMNSTORE))
        .isEqualTo(
            "Varve does not do it itself; it belongs to TimescaleDB Community; set"
                + " timescaledb.license = 'timescale' where its library is installed");
  }

  @Test
  void communityHasEverything() {
    Capabilities capabilities = capabilities("2.29.2", "2.29.2", "timescale", FUNCTIONS);
    assertThat(capabilities.tier()).isEqualTo(Tier.COMMUNITY);
    assertThat(capabilities.entries().values())
        .containsOnly(new Capabilities.Entry(Support.NATIVE, "TimescaleDB 2.29.2"));
  }

  @Test
  void whatAnOldExtensionLacksIsAbsent() {
    Set<String> old =
        FUNCTIONS.stream()
            .filter(name -> !name.equals("convert_to_columnstore"))
            .collect(Collectors.toSet());
    Capabilities capabilities = capabilities("2.14.0", "2.14.0", "timescale", old);
    assertThat(supported(capabilities, Support.ABSENT)).isEqualTo("COLUMNSTORE");
    assertThatThrownBy(() -> capabilities.require(Capability.COLUMNSTORE))
        .isInstanceOf(CapabilityException.class)
        .hasMessage(
            "the columnstore: not available on TimescaleDB Community: Varve does not do it itself;"
                + " TimescaleDB 2.14.0 has no function convert_to_columnstore; a newer version"
                + " would give it");
  }

  @Test
  void extensionThatIsNotCreatedIsHintedAt() {
    Capabilities capabilities = capabilities("2.19.3", null, null, Set.of());
    assertThat(capabilities.tier()).isEqualTo(Tier.PLAIN);
    assertThat(explanation(capabilities, Capability.COLUMNSTORE))
        .isEqualTo(
            "Varve does not do it itself; TimescaleDB Community would give it; the server has"
                + " version 2.19.3 ready: CREATE EXTENSION timescaledb");
  }

  @Test
  void extensionThatIsNotLoadedIsHintedAt() {
    Capabilities capabilities = capabilities("2.19.3", "2.19.3", null, FUNCTIONS);
    assertThat(capabilities.tier()).isEqualTo(Tier.PLAIN);
    assertThat(capabilities.timescaleVersion()).isEmpty();
    assertThat(explanation(capabilities, Capability.RETENTION))
        .isEqualTo(
            "Varve does not do it itself; TimescaleDB Community would give it; it is installed"
                + " here, but the server does not load it: add it to shared_preload_libraries");
  }

  @ParameterizedTest
  @ValueSource(ints = {90600, 140024, 149999})
  void oldServerIsRefused(int version) {
    assertThatThrownBy(
            () ->
                BackendProbe.choose(
                    new BackendProbe.Facts(version, "14.24", null, null, null, null, Set.of())))
        .isInstanceOf(CapabilityException.class)
        .hasMessage(
            "this server is PostgreSQL 14.24: expected 15 or newer; upgrade it, or use another"
                + " server");
  }

  @Test
  void oldestSupportedServerIsAccepted() {
    assertThat(
            BackendProbe.choose(
                    new BackendProbe.Facts(150000, "15.0", null, null, null, null, Set.of()))
                .capabilities()
                .postgresVersion())
        .isEqualTo("15.0");
  }

  @Test
  void capabilitiesComeInTheirOwnOrder() {
    assertThat(capabilities(null, null, null, Set.of()).entries().keySet())
        .containsExactlyElementsOf(List.of(Capability.values()));
  }

  private static Capabilities capabilities(
      @Nullable String available,
      @Nullable String installed,
      @Nullable String license,
      Set<String> functions) {
    return BackendProbe.choose(
            new BackendProbe.Facts(
                170002,
                "17.2",
                available,
                installed,
                installed == null ? null : "public",
                license,
                functions))
        .capabilities();
  }

  private static String supported(Capabilities capabilities, Support support) {
    return Stream.of(Capability.values())
        .filter(capability -> capabilities.support(capability) == support)
        .map(Enum::name)
        .collect(Collectors.joining(" "));
  }

  private static String explanation(Capabilities capabilities, Capability capability) {
    return capabilities.entries().get(capability).explanation();
  }
}
