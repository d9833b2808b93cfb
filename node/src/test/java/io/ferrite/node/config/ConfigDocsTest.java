package io.ferrite.node.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * The pages about parameters say what the table says; {@code -Dferrite.rewrite=true} mends them.
 */
final class ConfigDocsTest {

    private static Path project() {
        Path directory = Path.of("").toAbsolutePath();
        while (!Files.exists(directory.resolve("ferrite-dev"))) {
            directory = directory.getParent();
        }
        return directory;
    }

    private static void isUpToDate(String name, String wanted) throws IOException {
        Path file = project().resolve(name);
        if (Boolean.getBoolean("ferrite.rewrite")) {
            Files.createDirectories(file.getParent());
            Files.write(file, wanted.getBytes(StandardCharsets.UTF_8));
        }
        assertThat(file).hasContent(wanted);
    }

    @Test
    void pageOfParameters_isUpToDate() throws IOException {
        isUpToDate("docs/config.md", ConfigDocs.page());
    }

    @Test
    void sampleFile_isUpToDate_andChangesNothing() throws IOException {
        isUpToDate("ferrite.conf", ConfigDocs.sampleFile());

        Loading loading = new Loading();
        assertThat(loading.loadText(ConfigDocs.sampleFile())).isEmpty();
        assertThat(loading.logged).isEmpty();
    }

    @Test
    void sampleFileWithEveryMarkRemoved_isStillAllDefaults() {
        String text =
                ConfigDocs.sampleFile()
                        .lines()
                        .map(line -> line.matches("#[a-z].*") ? line.substring(1) : line)
                        .collect(Collectors.joining("\n"));

        Loading loading = new Loading();
        assertThat(loading.loadText(text)).isEmpty();

        assertThat(text).contains("port 6379", "save 3600 1\nsave 300 100\n");
        for (Option<?> option : Options.all()) {
            boolean same = option == ServerOptions.DIR || loading.settings.isDefault(option);
            assertThat(same).as(option.name()).isTrue();
        }
    }
}
