package io.ferrite.tidy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/** The project's files, read once. */
final class Project {

    /** Where the tests of a module run is its folder; the project's is the one above. */
    static final Path ROOT = Path.of("").toAbsolutePath().getParent();

    private static final Set<String> SKIPPED =
            Set.of("target", "dist", "node_modules", ".git", ".idea");

    private static final List<SourceFile> JAVA = readJava();

    private Project() {}

    /** Every Java file of every module, tests too, in order of path. */
    static List<SourceFile> java() {
        return JAVA;
    }

    /** Paths from the project's folder of all files that pass, in order. */
    static List<String> files(Predicate<String> wanted) {
        var found = new ArrayList<String>();
        try {
            Files.walkFileTree(
                    ROOT,
                    new SimpleFileVisitor<>() {
                        @Override
                        public FileVisitResult preVisitDirectory(
                                Path dir, BasicFileAttributes attributes) {
                            return !dir.equals(ROOT)
                                            && SKIPPED.contains(dir.getFileName().toString())
                                    ? FileVisitResult.SKIP_SUBTREE
                                    : FileVisitResult.CONTINUE;
                        }

                        @Override
                        public FileVisitResult visitFile(
                                Path file, BasicFileAttributes attributes) {
                            String path = ROOT.relativize(file).toString().replace('\\', '/');
                            if (wanted.test(path)) {
                                found.add(path);
                            }
                            return FileVisitResult.CONTINUE;
                        }
                    });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        found.sort(null);
        return found;
    }

    static String read(String path) {
        try {
            return Files.readString(ROOT.resolve(path));
        } catch (IOException e) {
            throw new UncheckedIOException(path, e);
        }
    }

    private static List<SourceFile> readJava() {
        return files(path -> path.endsWith(".java") && path.contains("/src/")).stream()
                .map(path -> new SourceFile(path, read(path)))
                .toList();
    }
}
