package io.ferrite.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SystemConfigFilesTest {
    private final SystemConfigFiles files = new SystemConfigFiles();

    @TempDir Path directory;

    private String here() {
        return directory.toString();
    }

    @Test
    void errors_speakAsTheSystemDoes() throws IOException {
        Files.createFile(directory.resolve("file"));

        assertThatThrownBy(() -> files.read(here(), "missing"))
                .hasMessage("No such file or directory");
        assertThatThrownBy(() -> files.read(here(), ".")).hasMessage("Is a directory");
        assertThatThrownBy(() -> files.enter(here(), "missing"))
                .hasMessage("No such file or directory");
        assertThatThrownBy(() -> files.enter(here(), "file")).hasMessage("Not a directory");
        assertThatThrownBy(() -> files.checkAppendable(here(), "no/such"))
                .hasMessage("No such file or directory");
    }

    @Test
    void directory_isTheRealOne() throws IOException {
        Path real = Files.createDirectory(directory.resolve("real"));
        Files.createSymbolicLink(directory.resolve("link"), real);

        assertThat(files.enter(here(), "./link/../link")).isEqualTo(real.toRealPath().toString());
    }

    @Test
    void bytes_areReadAndWrittenUnchanged() throws IOException {
        String path = directory.resolve("x.conf").toString();
        StringBuilder all = new StringBuilder();
        for (char c = 0; c < 256; c++) {
            all.append(c);
        }

        files.replace(path, all.toString());

        assertThat(files.read("/", path)).isEqualTo(all.toString());
    }

    @Test
    void replacedFile_isReadableByAll_writableByItsOwner_andAloneInItsDirectory()
            throws IOException {
        Path file = directory.resolve("x.conf");
        Files.writeString(file, "old");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-rw-rw-"));

        files.replace(file.toString(), "new");

        assertThat(file).hasContent("new");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .startsWith("rw-")
                .doesNotContain("-w-")
                .doesNotEndWith("w-");
        assertThat(directory).isDirectoryNotContaining(p -> !p.equals(file));
    }

    @Test
    void fileInAMissingDirectory_isNotReplaced() {
        assertThatThrownBy(() -> files.replace(here() + "/no/x.conf", "new"))
                .hasMessage("No such file or directory");
    }

    @Test
    void shellPatterns_findFilesInOrder_andHiddenOnesOnlyWhenAsked() throws IOException {
        for (String name : new String[] {"b.inc", "a.inc", "a.conf", ".x.inc", "d[1].inc"}) {
            Files.createFile(directory.resolve(name));
        }
        Files.createDirectory(directory.resolve("sub"));
        Files.createFile(directory.resolve("sub/c.inc"));

        assertThat(files.glob(here(), "*.inc")).containsExactly("a.inc", "b.inc", "d[1].inc");
        assertThat(files.glob(here(), ".*.inc")).containsExactly(".x.inc");
        assertThat(files.glob(here(), "[!a].inc")).containsExactly("b.inc");
        assertThat(files.glob(here(), "s?b/*")).containsExactly("sub/c.inc");
        assertThat(files.glob("/", here() + "/a.*"))
                .containsExactly(here() + "/a.conf", here() + "/a.inc");
        assertThat(files.glob(here(), "none*")).isEmpty();
    }
}
