package io.ferrite.node.config;

import io.ferrite.node.log.Log;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/**
 * CONFIG GET, SET, REWRITE and RESETSTAT as plain methods. Names and values are strings of bytes
 * (ISO 8859-1).
 *
 * <p>Safe from any thread: changes are made one after the other.
 */
public final class ConfigService {

    /** Who asks, as far as it matters. */
    public record Caller(boolean local, boolean loading) {}

    private final Settings settings;
    private final ConfigFiles files;
    private final Log log;
    private final String configFile;
    private final List<Runnable> statistics = new ArrayList<>();
    private final Map<String, Supplier<List<String>>> directives = new LinkedHashMap<>();

    /**
     * The service of one server.
     *
     * @param configFile absolute path of its configuration file, empty if it has none
     */
    public ConfigService(Settings settings, ConfigFiles files, Log log, String configFile) {
        this.settings = settings;
        this.files = files;
        this.log = log;
        this.configFile = configFile;
        settings.onChange(ConfigLoader::limitHz, ServerOptions.HZ);
    }

    /** The absolute path of the configuration file, empty if there is none. */
    public String configFile() {
        return configFile;
    }

    /**
     * The values of all parameters whose name or alias matches. A plain name is shown as it was
     * asked for; hidden parameters are found by their plain name only.
     */
    public Map<String, String> get(List<String> patterns) {
        Map<String, String> found = new LinkedHashMap<>();
        Set<String> names = new HashSet<>();
        for (String pattern : patterns) {
            if (!NameGlob.isPattern(pattern)) {
                Options.find(pattern)
                        .filter(option -> names.add(Words.lowerCase(pattern)))
                        .ifPresent(option -> found.put(pattern, settings.render(option)));
                continue;
            }
            NameGlob glob = NameGlob.of(pattern);
            Options.byName()
                    .forEach((name, option) -> {
                        if (!option.is(Option.Mark.HIDDEN)
                                && glob.matches(name)
                                && names.add(name)) {
                            found.put(name, settings.render(option));
                        }
                    });
        }
        return found;
    }

    /** Which of the words of a CONFIG SET (name, value, name, …) must not be logged. */
    public static Set<Integer> secretWords(List<String> pairs) {
        Set<Integer> secret = new HashSet<>();
        for (int i = 0; i + 1 < pairs.size(); i += 2) {
            var option = Options.find(pairs.get(i));
            if (option.isPresent() && option.get().is(Option.Mark.SENSITIVE)) {
                secret.add(i + 1);
            }
        }
        return secret;
    }

    /**
     * Sets several parameters, all or none.
     *
     * @param pairs name, value, name, value, …
     * @return the error line to reply; nothing when all is set
     */
    public synchronized Optional<String> set(List<String> pairs, Caller caller) {
        if (pairs.size() % 2 != 0) {
            return Optional.of("ERR syntax error");
        }
        List<Change<?>> changes = new ArrayList<>();
        for (int i = 0; i < pairs.size(); i += 2) {
            Optional<String> refusal = admit(pairs.get(i), caller, changes);
            if (refusal.isPresent()) {
                return refusal;
            }
            changes.add(Change.of(pairs.get(i), pairs.get(i + 1), settings));
        }
        for (int i = 0; i < changes.size(); i++) {
            Change<?> change = changes.get(i);
            try {
                change.set(settings, files);
            } catch (ConfigRefusal refusal) {
                changes.subList(0, i + 1).forEach(made -> made.restore(settings));
                return Optional.of(failed(change.name, refusal.getMessage()));
            }
        }
        Optional<String> refusal = announce(changes);
        if (refusal.isEmpty()) {
            changes.forEach(change -> change.reportInert(settings, log));
        }
        return refusal;
    }

    private Optional<String> admit(String name, Caller caller, List<Change<?>> before) {
        var found = Options.find(name);
        if (found.isEmpty()) {
            return Optional.of(
                    "ERR Unknown option or number of arguments for CONFIG SET - '"
                            + oneLine(name)
                            + "'");
        }
        Option<?> option = found.get();
        if (option.is(Option.Mark.IMMUTABLE)) {
            return Optional.of(failed(name, "can't set immutable config"));
        }
        if (option.is(Option.Mark.PROTECTED) && !mayChangeProtected(caller)) {
            return Optional.of(failed(name, "can't set protected config"));
        }
        if (option.is(Option.Mark.DENY_LOADING) && caller.loading()) {
            return Optional.of("LOADING Redis is loading the dataset in memory");
        }
        // Two names of one parameter count as two, as in Redis; the last one wins.
        for (Change<?> other : before) {
            if (other.name.equals(Words.lowerCase(name))) {
                return Optional.of(failed(name, "duplicate parameter"));
            }
        }
        return Optional.empty();
    }

    private boolean mayChangeProtected(Caller caller) {
        return switch (settings.get(ServerOptions.ENABLE_PROTECTED_CONFIGS)) {
            case NO -> false;
            case YES -> true;
            case LOCAL -> caller.local();
        };
    }

    /** Tells the listeners; when one refuses, everything is put back and they are told again. */
    private Optional<String> announce(List<Change<?>> changes) {
        Map<Settings.Listener, String> toTell = new LinkedHashMap<>();
        for (Change<?> change : changes) {
            if (!change.matters(settings)) {
                continue;
            }
            for (Settings.Registration registration : settings.registrations()) {
                if (registration.options().contains(change.option)) {
                    toTell.putIfAbsent(registration.listener(), change.name);
                }
            }
        }
        for (Map.Entry<Settings.Listener, String> entry : toTell.entrySet()) {
            try {
                entry.getKey().apply(settings);
            } catch (ConfigRefusal refusal) {
                String name = entry.getValue();
                log.warning(
                        "Failed applying new configuration. Possibly related to new "
                                + name
                                + " setting. Restoring previous settings.");
                changes.forEach(change -> change.restore(settings));
                toTell.keySet().forEach(this::applyRestored);
                return Optional.of(failed(name, refusal.getMessage()));
            }
        }
        return Optional.empty();
    }

    private void applyRestored(Settings.Listener listener) {
        try {
            listener.apply(settings);
        } catch (ConfigRefusal refusal) {
            log.warning(
                    "Failed applying restored failed CONFIG SET command: " + refusal.getMessage());
        }
    }

    private static String failed(String name, String reason) {
        String text =
                "ERR CONFIG SET failed (possibly related to argument '" + name + "') - " + reason;
        return oneLine(text);
    }

    private static String oneLine(String text) {
        return text.replace('\r', ' ').replace('\n', ' ');
    }

    /**
     * Writes the settings into the configuration file.
     *
     * @return the error line to reply; nothing when the file is written
     */
    public synchronized Optional<String> rewrite() {
        return rewrite(false);
    }

    /** As {@link #rewrite()}, with all parameters on request, for tests of the rewriting. */
    public synchronized Optional<String> rewrite(boolean everything) {
        if (configFile.isEmpty()) {
            return Optional.of("ERR The server is running without a config file");
        }
        try {
            String old = files.readIfPresent(configFile);
            files.replace(
                    configFile, ConfigRewrite.of(old, settings, everything, directiveLines()));
        } catch (IOException e) {
            log.warning("CONFIG REWRITE failed: " + e.getMessage());
            return Optional.of("ERR Rewriting config file: " + oneLine(e.getMessage()));
        }
        log.notice("CONFIG REWRITE executed with success.");
        return Optional.empty();
    }

    /** The files that configuration touches. */
    public ConfigFiles files() {
        return files;
    }

    /**
     * Names who gives the lines of a directive, such as {@code user}, when the file is rewritten:
     * they take the place of those that were there.
     */
    public synchronized void onRewrite(String directive, Supplier<List<String>> lines) {
        directives.put(directive, lines);
    }

    /**
     * The text that the configuration file is to have, with lines that are no parameters.
     *
     * @param otherwise what to start from where the file cannot be read
     */
    public synchronized String rewritten(ExtraLines extra, String otherwise) {
        String old;
        try {
            old = files.readIfPresent(configFile);
        } catch (IOException e) {
            log.warning("The configuration file cannot be read: " + e.getMessage());
            old = otherwise;
        }
        return ConfigRewrite.of(old, settings, false, directiveLines(), extra);
    }

    private Map<String, List<String>> directiveLines() {
        Map<String, List<String>> lines = new LinkedHashMap<>();
        directives.forEach((name, supplier) -> lines.put(name, supplier.get()));
        return lines;
    }

    /**
     * Replaces the configuration file.
     *
     * @return why it could not be; nothing when it was
     */
    public synchronized Optional<String> replace(String text) {
        try {
            files.replace(configFile, text);
            return Optional.empty();
        } catch (IOException e) {
            return Optional.of(oneLine(e.getMessage()));
        }
    }

    /** Runs this on every CONFIG RESETSTAT. */
    public synchronized void onResetStatistics(Runnable reset) {
        statistics.add(reset);
    }

    /** CONFIG RESETSTAT. */
    public synchronized void resetStatistics() {
        statistics.forEach(Runnable::run);
    }

    /** One pair of a CONFIG SET, with the value to go back to. */
    private static final class Change<T> {
        private final String name;
        private final Option<T> option;
        private final String value;
        private final T old;

        private Change(String name, Option<T> option, String value, T old) {
            this.name = name;
            this.option = option;
            this.value = value;
            this.old = old;
        }

        static Change<?> of(String name, String value, Settings settings) {
            return of(Words.lowerCase(name), Options.find(name).orElseThrow(), value, settings);
        }

        private static <T> Change<T> of(
                String name, Option<T> option, String value, Settings settings) {
            return new Change<>(name, option, value, settings.get(option));
        }

        void set(Settings settings, ConfigFiles files) {
            T now = settings.get(option);
            if (option == ServerOptions.DIR) {
                settings.put(ServerOptions.DIR, ConfigLoader.enter(files, settings, value));
                return;
            }
            settings.put(option, option.parse(words(), now, Option.Origin.COMMAND));
        }

        /** Many words come in one argument, separated by exactly one blank. */
        private List<String> words() {
            if (!option.is(Option.Mark.MANY_WORDS)) {
                return List.of(value);
            }
            return value.isEmpty() ? List.of() : List.of(value.split(" ", -1));
        }

        void restore(Settings settings) {
            settings.put(option, old);
        }

        boolean matters(Settings settings) {
            return option.is(Option.Mark.VOLATILE) || !settings.get(option).equals(old);
        }

        void reportInert(Settings settings, Log log) {
            if (option.isInert() && matters(settings) && !settings.isDefault(option)) {
                log.warning(ConfigLoader.inertLine(option));
            }
        }
    }
}
