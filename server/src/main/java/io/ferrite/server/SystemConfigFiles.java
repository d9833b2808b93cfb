package io.ferrite.server;

import io.ferrite.node.config.ConfigFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/** The disk, with the system's own words for what goes wrong. */
final class SystemConfigFiles implements ConfigFiles {

    private static final int MAX_ATTEMPTS = 100;

    /** What standard input held: it can be read only once, and a child may need it again. */
    private String standardInput = "";

    /** The path that a string of bytes names, seen from a directory. */
    static Path path(String directory, String path) throws IOException {
        try {
            return Path.of(text(directory)).resolve(text(path));
        } catch (InvalidPathException e) {
            throw new IOException("Invalid path", e);
        }
    }

    /** Bytes as the text that the JDK wants for a path. */
    private static String text(String bytes) {
        return new String(bytes.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
    }

    private static String bytes(Path path) {
        return new String(
                path.toString().getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
    }

    /** The system's text for an error of a file, as strerror gives it. */
    static String reason(IOException e) {
        return switch (e) {
            case NoSuchFileException x -> "No such file or directory";
            case AccessDeniedException x -> "Permission denied";
            case NotDirectoryException x -> "Not a directory";
            case FileSystemException x when x.getReason() != null -> x.getReason();
            default -> e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
        };
    }

    private static IOException inSystemsWords(IOException e) {
        return new IOException(reason(e), e);
    }

    @Override
    public String workingDirectory() {
        return bytes(Path.of("").toAbsolutePath());
    }

    @Override
    public String read(String directory, String path) throws IOException {
        try {
            return new String(
                    Files.readAllBytes(path(directory, path)), StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            throw inSystemsWords(e);
        }
    }

    @Override
    public String readIfPresent(String path) throws IOException {
        try {
            return new String(Files.readAllBytes(path("/", path)), StandardCharsets.ISO_8859_1);
        } catch (NoSuchFileException e) {
            return "";
        } catch (IOException e) {
            throw inSystemsWords(e);
        }
    }

    @Override
    public String readStandardInput() throws IOException {
        standardInput = new String(System.in.readAllBytes(), StandardCharsets.ISO_8859_1);
        return standardInput;
    }

    /** What was read from standard input so far. */
    String standardInput() {
        return standardInput;
    }

    @Override
    public String enter(String directory, String path) throws IOException {
        try {
            Path wanted = path(directory, path).toRealPath();
            if (!Files.isDirectory(wanted)) {
                throw new NotDirectoryException(wanted.toString());
            }
            if (!Files.isExecutable(wanted)) {
                throw new AccessDeniedException(wanted.toString());
            }
            return bytes(wanted);
        } catch (IOException e) {
            throw inSystemsWords(e);
        }
    }

    @Override
    public void checkAppendable(String directory, String path) throws IOException {
        try {
            FileChannel.open(
                            path(directory, path),
                            StandardOpenOption.CREATE,
                            StandardOpenOption.APPEND)
                    .close();
        } catch (IOException e) {
            throw inSystemsWords(e);
        }
    }

    @Override
    public List<String> glob(String directory, String pattern) {
        boolean absolute = pattern.startsWith("/");
        List<String> found = new ArrayList<>(List.of(absolute ? "/" : ""));
        for (String component : pattern.split("/")) {
            if (!component.isEmpty()) {
                found = expand(directory, found, component);
            }
        }
        return found.stream().filter(path -> exists(directory, path)).sorted().toList();
    }

    private static boolean exists(String directory, String path) {
        try {
            return Files.exists(path(directory, path), LinkOption.NOFOLLOW_LINKS);
        } catch (IOException e) {
            return false;
        }
    }

    private static List<String> expand(String directory, List<String> bases, String component) {
        List<String> expanded = new ArrayList<>();
        for (String base : bases) {
            String prefix = base.isEmpty() || base.endsWith("/") ? base : base + "/";
            if (component.chars().noneMatch(c -> c == '*' || c == '?' || c == '[')) {
                expanded.add(prefix + component);
                continue;
            }
            Pattern wanted = regex(component);
            try (DirectoryStream<Path> entries =
                    Files.newDirectoryStream(path(directory, prefix.isEmpty() ? "." : prefix))) {
                for (Path entry : entries) {
                    String name = bytes(entry.getFileName());
                    boolean hidden = name.startsWith(".") && !component.startsWith(".");
                    if (!hidden && wanted.matcher(name).matches()) {
                        expanded.add(prefix + name);
                    }
                }
            } catch (IOException e) {
                continue; // what cannot be listed matches nothing, as in a shell
            }
        }
        return expanded;
    }

    /** A shell pattern for one name as a regular expression. */
    private static Pattern regex(String glob) {
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < glob.length(); i++) {
            char c = glob.charAt(i);
            int close = c == '[' ? glob.indexOf(']', i + 2) : -1;
            if (c == '*') {
                out.append(".*");
            } else if (c == '?') {
                out.append('.');
            } else if (close > 0) {
                String inside = glob.substring(i + 1, close).replace("\\", "\\\\");
                boolean negated = inside.startsWith("!") || inside.startsWith("^");
                String set = (negated ? inside.substring(1) : inside).replace("[", "\\[");
                out.append(negated ? "[^" : "[").append(set.replace("&&", "&\\&")).append(']');
                i = close;
            } else {
                if (c == '\\' && i + 1 < glob.length()) {
                    i++;
                    c = glob.charAt(i);
                }
                out.append(Pattern.quote(String.valueOf(c)));
            }
        }
        return Pattern.compile(out.toString(), Pattern.DOTALL);
    }

    @Override
    public void replace(String path, String content) throws IOException {
        Path target = path("/", path);
        Path temporary = null;
        try {
            temporary = writeBeside(target, content);
            Files.move(
                    temporary,
                    target,
                    StandardCopyOption.ATOMIC_MOVE,
                    StandardCopyOption.REPLACE_EXISTING);
            // The rename itself is safe only once the directory is on disk.
            try (FileChannel directory = FileChannel.open(target.getParent())) {
                directory.force(true);
            }
        } catch (IOException e) {
            if (temporary != null) {
                Files.deleteIfExists(temporary);
            }
            throw inSystemsWords(e);
        }
    }

    private static Path writeBeside(Path target, String content) throws IOException {
        for (int attempt = 0; ; attempt++) {
            Path temporary =
                    target.resolveSibling(
                            target.getFileName()
                                    + "."
                                    + ProcessHandle.current().pid()
                                    + "-"
                                    + attempt);
            if (Files.exists(temporary, LinkOption.NOFOLLOW_LINKS) && attempt < MAX_ATTEMPTS) {
                continue;
            }
            try (FileChannel channel =
                    FileChannel.open(
                            temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
                ByteBuffer bytes = ByteBuffer.wrap(content.getBytes(StandardCharsets.ISO_8859_1));
                while (bytes.hasRemaining()) {
                    channel.write(bytes);
                }
                keepFromOthers(temporary);
                channel.force(true);
            }
            return temporary;
        }
    }

    /** Takes away what even the owner's umask left of write permission for others. */
    private static void keepFromOthers(Path file) throws IOException {
        Set<PosixFilePermission> allowed =
                EnumSet.of(
                        PosixFilePermission.OWNER_READ,
                        PosixFilePermission.OWNER_WRITE,
                        PosixFilePermission.GROUP_READ,
                        PosixFilePermission.OTHERS_READ);
        Set<PosixFilePermission> now = EnumSet.noneOf(PosixFilePermission.class);
        now.addAll(Files.getPosixFilePermissions(file));
        if (now.retainAll(allowed)) {
            Files.setPosixFilePermissions(file, now);
        }
    }
}
