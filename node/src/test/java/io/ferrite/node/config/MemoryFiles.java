package io.ferrite.node.config;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** Files that exist only in this object; the process was started in {@code /start}. */
final class MemoryFiles implements ConfigFiles {
    final Map<String, String> contents = new TreeMap<>();
    final Set<String> directories = new TreeSet<>(Set.of("/start", "/data"));
    String standardInput = "";
    boolean diskIsFull;

    private static String absolute(String directory, String path) {
        return path.startsWith("/") ? path : directory + "/" + path;
    }

    @Override
    public String workingDirectory() {
        return "/start";
    }

    @Override
    public String read(String directory, String path) throws IOException {
        String content = contents.get(absolute(directory, path));
        if (content == null) {
            throw new IOException("No such file or directory");
        }
        return content;
    }

    @Override
    public String readIfPresent(String path) {
        return contents.getOrDefault(path, "");
    }

    @Override
    public String readStandardInput() {
        return standardInput;
    }

    @Override
    public List<String> glob(String directory, String pattern) {
        String absolute = absolute(directory, pattern);
        return contents.keySet().stream().filter(p -> NameGlob.matches(absolute, p)).toList();
    }

    @Override
    public String enter(String directory, String path) throws IOException {
        String absolute = path.equals("./") ? directory : absolute(directory, path);
        if (!directories.contains(absolute)) {
            throw new IOException("No such file or directory");
        }
        return absolute;
    }

    @Override
    public void checkAppendable(String directory, String path) throws IOException {
        String absolute = absolute(directory, path);
        if (!directories.contains(absolute.substring(0, absolute.lastIndexOf('/')))) {
            throw new IOException("No such file or directory");
        }
    }

    @Override
    public void replace(String path, String content) throws IOException {
        if (diskIsFull) {
            throw new IOException("No space left on device");
        }
        contents.put(path, content);
    }
}
