package io.ferrite.node.sentinel;

import io.ferrite.base.disk.Disk;
import io.ferrite.coordination.sentinel.GlobalSettings;
import io.ferrite.coordination.sentinel.Names;
import io.ferrite.coordination.sentinel.SentinelLines;
import io.ferrite.coordination.sentinel.SentinelState;
import io.ferrite.coordination.sentinel.StateMerge;
import io.ferrite.node.config.ConfigFiles;
import io.ferrite.node.config.ConfigService;
import io.ferrite.node.config.Directives;
import io.ferrite.node.config.NetworkOptions;
import io.ferrite.node.config.ServerOptions;
import io.ferrite.node.config.Settings;
import io.ferrite.node.config.StartError;
import io.ferrite.node.config.Words;
import io.ferrite.node.log.Log;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Reads what a Sentinel starts with: its configuration file, and where that is damaged or older
 * than what was saved, the copy beside it. Used by the starting thread.
 */
public final class SentinelSetup implements Directives {

    private static final int USUAL_PORT = 26379;

    private final Directives renames;
    private final SentinelWorld world;
    private final Disk disk;
    private final Log log;
    private final List<SentinelLines.Line> lines = new ArrayList<>();
    private StateCopy.Found copy;
    private boolean copyIsUsed;

    public SentinelSetup(Directives renames, SentinelWorld world, Disk disk, Log log) {
        this.renames = renames;
        this.world = world;
        this.disk = disk;
        this.log = log;
    }

    /** What a Sentinel has by default otherwise than a server. */
    public static void prepare(Settings settings) {
        settings.put(NetworkOptions.PORT, (long) USUAL_PORT);
        settings.put(NetworkOptions.PROTECTED_MODE, false);
    }

    @Override
    public void renameCommand(String from, String to) {
        renames.renameCommand(from, to);
    }

    @Override
    public void user(List<String> words) {
        renames.user(words);
    }

    @Override
    public void sentinel(List<String> words, int line, String text) {
        lines.add(new SentinelLines.Line(List.copyOf(words), line, text));
    }

    /** The files as configuration sees them: in place of a damaged one, the copy. */
    public ConfigFiles files(ConfigFiles real) {
        return new RescuedFiles(real, this::rescue);
    }

    /** The text to read in place of a file's; the file's own unless it is damaged. */
    private String rescue(String path, String text) {
        Optional<StateCopy.Found> found = StateCopy.read(disk, path, Disk.parent(path));
        if (found.isEmpty()) {
            return text;
        }
        copy = found.get();
        String damage = damage(text, copy.text());
        if (damage.isEmpty()) {
            return text;
        }
        log.warning(
                "The configuration file "
                        + path
                        + " "
                        + damage
                        + ". Going on with what was saved last, from "
                        + copy.path());
        copyIsUsed = true;
        return copy.text();
    }

    /** What is wrong with a file, in words that follow its name; empty if nothing is. */
    private static String damage(String text, String saved) {
        if (text == null) {
            return "is missing";
        }
        if (text.isBlank()) {
            return "is empty";
        }
        if (text.chars()
                .anyMatch(c -> c < ' ' && c != '\t' && c != '\n' && c != '\r' || c == 127)) {
            return "holds bytes that are no text";
        }
        boolean torn =
                text.length() < saved.length() && saved.startsWith(text)
                        || endsWithinALineOf(saved, text);
        return torn ? "ends early" : "";
    }

    /** Whether a text, as one of an older state does too, stops in the middle of a line. */
    private static boolean endsWithinALineOf(String saved, String text) {
        String last = text.substring(text.lastIndexOf('\n') + 1);
        boolean begun = false;
        for (String line : saved.split("\n", -1)) {
            if (line.equals(last)) {
                return false;
            }
            begun |= line.startsWith(last);
        }
        return !last.isBlank() && begun;
    }

    /**
     * Makes the state from the lines that were read.
     *
     * @throws StartError if a line is wrong
     */
    public SentinelState state(Settings settings, long nowMs) throws StartError {
        GlobalSettings global =
                GlobalSettings.DEFAULT.withListening(
                        settings.getInt(NetworkOptions.PORT),
                        settings.get(ServerOptions.REQUIREPASS));
        SentinelLines.Loaded file = load(lines, global, nowMs);
        if (file.failed() != null) {
            throw StartError.atLine(file.failed().number(), file.failed().text(), file.reason());
        }
        if (copy == null || copyIsUsed) {
            return file.state();
        }
        SentinelLines.Loaded saved = load(linesOf(copy.text()), global, nowMs);
        if (saved.failed() != null) {
            return file.state();
        }
        StateMerge.Merged merged = StateMerge.merge(lines, file.state(), saved.state());
        for (String note : merged.notes()) {
            log.warning("What was saved last, in " + copy.path() + ": " + note);
        }
        SentinelLines.Loaded both = load(merged.lines(), global, nowMs);
        return both.failed() == null ? both.state() : file.state();
    }

    private SentinelLines.Loaded load(
            List<SentinelLines.Line> from, GlobalSettings global, long nowMs) {
        Names names = world::resolve;
        return SentinelLines.load(from, global, nowMs, names, world::isExecutable);
    }

    private static List<SentinelLines.Line> linesOf(String text) {
        List<SentinelLines.Line> found = new ArrayList<>();
        for (String line : text.split("\n", -1)) {
            List<String> words = Words.split(line);
            if (words != null
                    && words.size() > 1
                    && words.getFirst().equalsIgnoreCase("sentinel")) {
                found.add(new SentinelLines.Line(words.subList(1, words.size()), 0, line));
            }
        }
        return found;
    }

    /** The keeper of the state, which goes on counting where the copy left off. */
    public SentinelFile file(ConfigService config, String directory) {
        return new SentinelFile(disk, config, directory, copy == null ? 0 : copy.sequence(), log);
    }

    /** Configuration files, the first of which may be read from elsewhere. */
    private static final class RescuedFiles implements ConfigFiles {
        private final ConfigFiles real;
        private final Rescue rescue;
        private boolean asked;

        RescuedFiles(ConfigFiles real, Rescue rescue) {
            this.real = real;
            this.rescue = rescue;
        }

        @Override
        public String read(String directory, String path) throws IOException {
            if (asked) {
                return real.read(directory, path);
            }
            asked = true; // the configuration file is the first; what it includes comes later
            String text = null;
            IOException failure = null;
            try {
                text = real.read(directory, path);
            } catch (IOException e) {
                failure = e;
            }
            String rescued = rescue.instead(Disk.path(directory, path), text);
            if (rescued == null) {
                throw failure;
            }
            return rescued;
        }

        @Override
        public String workingDirectory() {
            return real.workingDirectory();
        }

        @Override
        public String readIfPresent(String path) throws IOException {
            return real.readIfPresent(path);
        }

        @Override
        public String readStandardInput() throws IOException {
            return real.readStandardInput();
        }

        @Override
        public List<String> glob(String directory, String pattern) {
            return real.glob(directory, pattern);
        }

        @Override
        public String enter(String directory, String path) throws IOException {
            return real.enter(directory, path);
        }

        @Override
        public void checkAppendable(String directory, String path) throws IOException {
            real.checkAppendable(directory, path);
        }

        @Override
        public void replace(String path, String content) throws IOException {
            real.replace(path, content);
        }
    }

    private interface Rescue {
        String instead(String path, String text);
    }
}
