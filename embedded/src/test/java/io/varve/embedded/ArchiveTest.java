package io.varve.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.XZOutputStream;

class ArchiveTest {

  @TempDir Path temporary;

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final TarArchiveOutputStream tar;

  ArchiveTest() throws IOException {
    this.tar = new TarArchiveOutputStream(new XZOutputStream(bytes, new LZMA2Options(0)));
  }

  @Test
  void keepsContentLinksAndTheRightToExecute() throws IOException {
    directory("./");
    directory("lib/");
    file("bin/postgres", 0755);
    file("share/list.txt", 0644);
    link("lib/libpq.so", "libpq.so.5");
    link("lib/server", "../bin/postgres");
    Path root = unpack();
    assertThat(root.resolve("bin/postgres")).hasContent("bin/postgres");
    assertThat(permissions(root.resolve("bin/postgres"))).isEqualTo("rwxr-xr-x");
    assertThat(permissions(root.resolve("share/list.txt"))).isEqualTo("rw-r--r--");
    assertThat(Files.readSymbolicLink(root.resolve("lib/libpq.so"))).hasToString("libpq.so.5");
    assertThat(root.resolve("lib/server").toRealPath()).isEqualTo(root.resolve("bin/postgres"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"../evil", "a/../../evil", "..", "../root-of-another-name/evil"})
  void refusesNamesThatLeadOut(String name) throws IOException {
    file(name, 0644);
    assertThatThrownBy(this::unpack)
        .isInstanceOf(IOException.class)
        .hasMessage("archive entry %s leads out of it", name);
    assertThat(temporary.resolve("evil")).doesNotExist();
  }

  @ParameterizedTest
  @CsvSource({"a, ../evil", "a/b, ../../evil", "a, /etc/passwd", "a, .."})
  void refusesLinksThatLeadOut(String name, String target) throws IOException {
    link(name, target);
    assertThatThrownBy(this::unpack)
        .isInstanceOf(IOException.class)
        .hasMessage("archive entry %s leads out of it", name);
  }

  @Test
  void refusesToWriteThroughALink() throws IOException {
    directory("deep/er/");
    directory("flat/");
    link("deep/er/link", "../../flat");
    link("deep/er/link/escape", "../../../evil");
    assertThatThrownBy(this::unpack)
        .isInstanceOf(IOException.class)
        .hasMessage("archive entry deep/er/link/escape lies behind a link");
  }

  @Test
  void refusesHardLinksAndDevices() throws IOException {
    TarArchiveEntry entry = new TarArchiveEntry("hard", TarConstants.LF_LINK);
    entry.setLinkName("bin/postgres");
    tar.putArchiveEntry(entry);
    tar.closeArchiveEntry();
    assertThatThrownBy(this::unpack)
        .isInstanceOf(IOException.class)
        .hasMessage("archive entry hard is neither directory, file nor symbolic link");
  }

  @Test
  void reportsAnArchiveThatIsCutShort() throws IOException {
    file("bin/postgres", 0755);
    tar.close();
    byte[] half = java.util.Arrays.copyOf(bytes.toByteArray(), bytes.size() / 2);
    assertThatThrownBy(() -> Archive.unpack(new ByteArrayInputStream(half), temporary))
        .isInstanceOf(IOException.class);
  }

  private void directory(String name) throws IOException {
    tar.putArchiveEntry(new TarArchiveEntry(name, true));
    tar.closeArchiveEntry();
  }

  private void file(String name, int mode) throws IOException {
    TarArchiveEntry entry = new TarArchiveEntry(name, true);
    byte[] content = name.getBytes(StandardCharsets.UTF_8);
    entry.setSize(content.length);
    entry.setMode(mode);
    tar.putArchiveEntry(entry);
    tar.write(content);
    tar.closeArchiveEntry();
  }

  private void link(String name, String target) throws IOException {
    TarArchiveEntry entry = new TarArchiveEntry(name, TarConstants.LF_SYMLINK);
    entry.setLinkName(target);
    tar.putArchiveEntry(entry);
    tar.closeArchiveEntry();
  }

  private Path unpack() throws IOException {
    tar.close();
    Path root = Files.createDirectory(temporary.resolve("root")).toRealPath();
    Archive.unpack(new ByteArrayInputStream(bytes.toByteArray()), root);
    return root;
  }

  private static String permissions(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }
}
