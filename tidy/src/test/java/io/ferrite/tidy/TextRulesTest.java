package io.ferrite.tidy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What no text file of the project may hold, and what documents must hold. */
final class TextRulesTest {

    private static final Pattern TEXT =
            Pattern.compile(".*\\.(java|json|md|txt|xml|sh|properties|conf|yml)|[^.]*");

    private static final Pattern CLASS_NAME =
            Pattern.compile("\\bio\\.ferrite\\.[a-z.]+\\.([A-Z]\\w+)");

    @Test
    void unfinishedWorkHasAnIssue() {
        assertThat(linesWith(Pattern.compile("FIX" + "ME|TO" + "DO(?!\\s*\\(#\\d+\\))")))
                .as("finish it, or open an issue and name it: TO" + "DO (#12)")
                .isEmpty();
    }

    @Test
    void noFileNamesAFolderOfOneMachine() {
        assertThat(linesWith(Pattern.compile("(?<![\\w.])/(root|home|Users)" + "/\\w")))
                .as("take the path from the environment or relative to the project")
                .isEmpty();
    }

    @Test
    void everyDocumentOfAFormatNamesClassesThatExist() {
        Set<String> classes =
                Project.java().stream()
                        .map(file -> file.path().replaceAll(".*/|\\.java$", ""))
                        .collect(Collectors.toSet());
        var faults = new ArrayList<String>();
        for (String path : Project.files(p -> p.startsWith("docs/formats/") && p.endsWith(".md"))) {
            var names =
                    CLASS_NAME.matcher(Project.read(path)).results().map(m -> m.group(1)).toList();
            if (names.isEmpty()) {
                faults.add(path + " names no class as io.ferrite...");
            }
            names.stream()
                    .filter(name -> !classes.contains(name))
                    .forEach(n -> faults.add(path + ": " + n));
        }
        assertThat(faults).as("the document and the class that does it name each other").isEmpty();
    }

    private static List<String> linesWith(Pattern pattern) {
        var found = new ArrayList<String>();
        for (String path :
                Project.files(p -> TEXT.matcher(p.substring(p.lastIndexOf('/') + 1)).matches())) {
            int number = 0;
            for (String line : Project.read(path).split("\n", -1)) {
                number++;
                if (pattern.matcher(line).find()) {
                    found.add(path + ":" + number + " " + line.strip());
                }
            }
        }
        return found;
    }
}
