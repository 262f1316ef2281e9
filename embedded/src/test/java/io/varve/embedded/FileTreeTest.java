package io.varve.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileTreeTest {

  @TempDir Path temporary;

  @Test
  void deletionDoesNotFollowLinks() throws IOException {
    Path kept = Files.createFile(Files.createDirectory(temporary.resolve("kept")).resolve("file"));
    Path doomed = Files.createDirectories(temporary.resolve("doomed/deep")).getParent();
    Files.createSymbolicLink(doomed.resolve("deep/link"), kept.getParent());
    FileTree.delete(doomed);
    assertThat(doomed).doesNotExist();
    assertThat(kept).exists();
    FileTree.delete(doomed);
  }

  @Test
  void aPrivateFileIsReplacedAndReadableByItsOwnerAlone() throws IOException {
    Path file = Files.writeString(temporary.resolve("password"), "a much longer old password");
    Files.writeString(temporary.resolve("password.new"), "left by a kill");
    FileTree.writePrivate(file, "new");
    assertThat(file).hasContent("new");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    assertThat(FileTree.list(temporary)).containsExactly(file);
  }

  @Test
  void everythingIsForcedButDanglingLinks() throws IOException {
    Path deep = Files.createDirectories(temporary.resolve("a/b"));
    Files.writeString(deep.resolve("file"), "content");
    Files.createSymbolicLink(deep.resolve("link"), Path.of("nowhere"));
    FileTree.forceAll(temporary);
    assertThat(deep.resolve("file")).hasContent("content");
  }

  @Test
  void whatCannotBeForcedIsReported() {
    Path absent = temporary.resolve("absent");
    assertThatThrownBy(() -> FileTree.forceAll(absent))
        .isInstanceOf(NoSuchFileException.class)
        .hasMessage(absent.toString());
  }

  @Test
  void anAbsentDirectoryHasNoEntries() throws IOException {
    assertThat(FileTree.list(temporary.resolve("absent"))).isEmpty();
  }
}
