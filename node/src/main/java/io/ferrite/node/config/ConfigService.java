package io.ferrite.node.config;

import io.ferrite.node.log.Log;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
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
    private final AddedParameters added = new AddedParameters();

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
                plain(pattern)
                        .filter(value -> names.add(Words.lowerCase(pattern)))
                        .ifPresent(value -> found.put(pattern, value));
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
            added.collect(glob, found);
        }
        return found;
    }

    private Optional<String> plain(String name) {
        return Options.find(name)
                .map(settings::render)
                .or(() -> added.find(name).map(AddedParameter::render));
    }

    /**
     * Adds a parameter of a module, with the value that it has.
     *
     * @return false if there is one of this name
     */
    public synchronized boolean add(AddedParameter<?> parameter) {
        return Options.find(parameter.name()).isEmpty() && added.add(parameter);
    }

    /** Takes parameters of a module away. */
    public synchronized void remove(Collection<? extends AddedParameter<?>> gone) {
        added.remove(gone);
    }

    /** Which of the words of a CONFIG SET (name, value, name, …) must not be logged. */
    public static Set<Integer> secretWords(List<String> pairs) {
        Set<Integer> secret = new HashSet<>();
        for (int i = 0; i + 1 < pairs.size(); i += 2) {
            var option = Options.find(pairs.get(i));
            if (option.isPresent() && option.get().is(Option.Mark.SENSITIVE)
                    || AddedParameters.isSecret(pairs.get(i))) {
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
        List<Change> changes = new ArrayList<>();
        for (int i = 0; i < pairs.size(); i += 2) {
            Optional<String> refusal = admit(pairs.get(i), caller, changes);
            if (refusal.isPresent()) {
                return refusal;
            }
            changes.add(change(Words.lowerCase(pairs.get(i)), pairs.get(i + 1)));
        }
        for (int i = 0; i < changes.size(); i++) {
            Change change = changes.get(i);
            try {
                change.set();
            } catch (ConfigRefusal refusal) {
                changes.subList(0, i + 1).forEach(Change::restore);
                return Optional.of(failed(change.name(), refusal.getMessage()));
            }
        }
        Optional<String> refusal = announce(changes);
        if (refusal.isEmpty()) {
            changes.forEach(change -> change.reportInert(log));
        }
        return refusal;
    }

    private Change change(String name, String value) {
        var parameter = added.find(name);
        return parameter.isPresent()
                ? new Change.OfAdded<>(parameter.get(), value)
                : new Change.OfOption<>(
                        name, Options.find(name).orElseThrow(), value, settings, files);
    }

    /** What is special about the parameter of a name; null if there is none. */
    private Predicate<Option.Mark> marks(String name) {
        var option = Options.find(name);
        if (option.isPresent()) {
            return option.get()::is;
        }
        return added.find(name).<Predicate<Option.Mark>>map(one -> one::is).orElse(null);
    }

    private Optional<String> admit(String name, Caller caller, List<Change> before) {
        Predicate<Option.Mark> marked = marks(name);
        if (marked == null) {
            return Optional.of(
                    "ERR Unknown option or number of arguments for CONFIG SET - '"
                            + oneLine(name)
                            + "'");
        }
        if (marked.test(Option.Mark.IMMUTABLE)) {
            return Optional.of(failed(name, "can't set immutable config"));
        }
        if (marked.test(Option.Mark.PROTECTED) && !mayChangeProtected(caller)) {
            return Optional.of(failed(name, "can't set protected config"));
        }
        if (marked.test(Option.Mark.DENY_LOADING) && caller.loading()) {
            return Optional.of("LOADING Redis is loading the dataset in memory");
        }
        // Two names of one parameter count as two, as in Redis; the last one wins.
        for (Change other : before) {
            if (other.name().equals(Words.lowerCase(name))) {
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
    private Optional<String> announce(List<Change> changes) {
        Map<Settings.Listener, String> toTell = new LinkedHashMap<>();
        for (Change change : changes) {
            for (Settings.Registration registration : settings.registrations()) {
                if (change.concerns(registration.options())) {
                    toTell.putIfAbsent(registration.listener(), change.name());
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
                changes.forEach(Change::restore);
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
        lines.putAll(added.lines());
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
}
