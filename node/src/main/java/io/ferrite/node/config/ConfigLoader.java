package io.ferrite.node.config;

import io.ferrite.node.log.Log;
import io.ferrite.node.log.LogLines;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Reads the start-up configuration: the file, then standard input, then the command line's options,
 * as if they were one file. The last of repeated parameters wins, except for those that add up.
 *
 * <p>Used once, by the starting thread. Lines it has to say go to the log as it is at that time.
 */
public final class ConfigLoader {
    private static final int MAX_INCLUDE_DEPTH = 64;
    private static final int MIN_HZ = 1;
    private static final int MAX_HZ = 500;

    /** Parameters of long ago that had an effect once; the number is that of the line's words. */
    private static final Set<String> FORGOTTEN =
            Set.of("list-max-ziplist-entries", "list-max-ziplist-value", "lua-replicate-commands");

    private final Settings settings;
    private final ConfigFiles files;
    private final Directives directives;
    private final Log log;
    private final Set<Option<?>> seen = new HashSet<>();
    private boolean sentinel;
    private int depth;

    public ConfigLoader(Settings settings, ConfigFiles files, Directives directives, Log log) {
        this.settings = settings;
        this.files = files;
        this.directives = directives;
        this.log = log;
    }

    /**
     * Reads everything that a command line names into the settings.
     *
     * @return the absolute path of the configuration file, empty if there is none
     * @throws StartError if the server must not start with it
     */
    public String load(CommandLine line) throws StartError {
        sentinel = line.sentinel();
        String start = files.workingDirectory();
        settings.put(ServerOptions.DIR, start);
        String file = line.configFile();
        String absolute = file.isEmpty() || file.startsWith("/") ? file : join(start, file);
        StringBuilder text = new StringBuilder();
        if (!absolute.isEmpty()) {
            text.append(readOne(start, absolute));
        }
        if (line.standardInput()) {
            log.notice(LogLines.CONFIG_FROM_STDIN);
            text.append(readStandardInput());
        }
        if (!line.bare()) {
            text.append('\n').append(line.options());
        }
        loadText(text.toString());
        warnOfInert();
        return absolute;
    }

    /** An absolute path, with its dots taken out as far as that is possible without a disk. */
    private static String join(String directory, String path) {
        String base = directory.endsWith("/") ? directory : directory + "/";
        String rest = path;
        while (rest.startsWith("./") || rest.startsWith("../")) {
            if (rest.startsWith("../")) {
                int parent = base.lastIndexOf('/', base.length() - 2);
                base = parent < 0 ? "/" : base.substring(0, parent + 1);
            }
            rest = rest.substring(rest.indexOf('/') + 1);
        }
        return base + rest;
    }

    private String readOne(String directory, String path) throws StartError {
        try {
            return files.read(directory, path);
        } catch (IOException e) {
            throw StartError.forTheLog(LogLines.cannotOpenConfigFile(path, e.getMessage()));
        }
    }

    private String readStandardInput() throws StartError {
        try {
            return files.readStandardInput();
        } catch (IOException e) {
            throw StartError.forTheLog(LogLines.cannotOpenConfigFile("-", e.getMessage()));
        }
    }

    private void loadText(String text) throws StartError {
        String[] lines = text.split("\n", -1);
        for (int i = 0; i < lines.length; i++) {
            String line = Words.trim(lines[i]);
            if (line.isEmpty() || line.charAt(0) == '#') {
                continue;
            }
            try {
                loadLine(line, i + 1);
            } catch (ConfigRefusal refusal) {
                throw StartError.atLine(i + 1, line, refusal.getMessage());
            }
        }
        checkTogether();
    }

    private void loadLine(String line, int number) throws StartError {
        List<String> words = Words.split(line);
        if (words == null) {
            throw new ConfigRefusal("Unbalanced quotes in configuration line");
        }
        if (words.isEmpty()) {
            return;
        }
        String name = Words.lowerCase(words.getFirst());
        List<String> values = words.subList(1, words.size());
        var option = Options.find(name);
        if (option.isPresent()) {
            set(option.get(), values);
        } else if (FORGOTTEN.contains(name) && values.size() == 1) {
            log.warning("The parameter '" + name + "' has had no effect for a long time.");
        } else {
            directive(name, values, number, line);
        }
    }

    private <T> void set(Option<T> option, List<String> values) {
        if (!option.is(Option.Mark.MANY_WORDS) && values.size() != 1) {
            throw new ConfigRefusal("wrong number of arguments");
        }
        List<String> words = values;
        if (option.is(Option.Mark.MANY_WORDS)
                && values.size() == 1
                && !values.getFirst().isEmpty()) {
            List<String> parts = Words.split(values.getFirst());
            words = parts == null ? List.of() : parts;
        }
        if (option == ServerOptions.DIR) {
            settings.put(ServerOptions.DIR, enter(files, settings, values.getFirst()));
            return;
        }
        Option.Origin origin =
                seen.add(option) ? Option.Origin.FIRST_LINE : Option.Origin.LATER_LINE;
        settings.put(option, option.parse(words, settings.get(option), origin));
    }

    /** The new working directory, seen from the current one. */
    static String enter(ConfigFiles files, Settings settings, String path) {
        try {
            return files.enter(settings.get(ServerOptions.DIR), path);
        } catch (IOException e) {
            throw new ConfigRefusal(e.getMessage());
        }
    }

    private void directive(String name, List<String> values, int number, String line)
            throws StartError {
        if (name.equals("include") && values.size() == 1) {
            include(values.getFirst());
        } else if (name.equals("rename-command") && values.size() == 2) {
            directives.renameCommand(values.get(0), values.get(1));
        } else if (name.equals("user") && !values.isEmpty()) {
            directives.user(values);
        } else if (name.equals("loadmodule") && !values.isEmpty()) {
            directives.loadModule(values);
        } else if (name.indexOf('.') >= 0) {
            if (values.isEmpty()) {
                throw new ConfigRefusal("Module config specified without value");
            }
            directives.moduleParameter(name, String.join(" ", values));
        } else if (name.equals("sentinel")) {
            sentinelLine(values, number, line);
        } else {
            throw new ConfigRefusal("Bad directive or wrong number of arguments");
        }
    }

    private void sentinelLine(List<String> values, int number, String line) {
        if (values.isEmpty()) {
            return; // what --sentinel leaves behind
        }
        if (!sentinel) {
            throw new ConfigRefusal("sentinel directive while not in sentinel mode");
        }
        directives.sentinel(values, number, line);
    }

    private void include(String path) throws StartError {
        if (++depth > MAX_INCLUDE_DEPTH) {
            throw new ConfigRefusal("include lines are nested too deeply");
        }
        String directory = settings.get(ServerOptions.DIR);
        StringBuilder text = new StringBuilder();
        if (NameGlob.isPattern(path)) {
            for (String match : files.glob(directory, path)) {
                text.append(readOne(directory, match));
            }
        } else {
            text.append(readOne(directory, path));
        }
        loadText(text.toString());
        depth--;
    }

    private void checkTogether() throws StartError {
        String logfile = settings.get(ServerOptions.LOGFILE);
        if (!logfile.isEmpty()) {
            try {
                files.checkAppendable(settings.get(ServerOptions.DIR), logfile);
            } catch (IOException e) {
                throw StartError.overall("Can't open the log file: " + e.getMessage());
            }
        }
        if (settings.get(ClusterOptions.CLUSTER_ENABLED)) {
            if (!settings.get(ReplicationOptions.REPLICAOF).isNone()) {
                throw StartError.overall("replicaof directive not allowed in cluster mode");
            }
            if (settings.get(ServerOptions.DATABASES) > 1) {
                log.warning(
                        "WARNING: Changing databases number from "
                                + settings.get(ServerOptions.DATABASES)
                                + " to 1 since we are in cluster mode");
                settings.put(ServerOptions.DATABASES, 1L);
            }
        }
        limitHz(settings);
    }

    /** The rate is a wish; it is kept between reasonable bounds. */
    static void limitHz(Settings settings) {
        long hz = settings.get(ServerOptions.HZ);
        settings.put(ServerOptions.HZ, Math.clamp(hz, (long) MIN_HZ, (long) MAX_HZ));
    }

    private void warnOfInert() {
        for (Option<?> option : Options.all()) {
            if (option.isInert() && !settings.isDefault(option)) {
                log.warning(inertLine(option));
            }
        }
    }

    static String inertLine(Option<?> option) {
        return "The parameter '" + option.name() + "' has no effect: " + option.inertReason();
    }
}
