package io.ferrite.node.config;

import io.ferrite.node.log.Log;
import io.ferrite.node.log.LogLevel;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Loads a configuration in a test and keeps what came of it. */
final class Loading {
    final Settings settings = new Settings();
    final MemoryFiles files = new MemoryFiles();
    final List<String> logged = new ArrayList<>();
    final Log log =
            new Log(
                    (level, text, message) -> logged.add(level + " " + message),
                    () -> 0,
                    1,
                    LogLevel.DEBUG,
                    'M');
    final StartDirectives directives =
            new StartDirectives(Set.of("get", "set", "config")::contains);
    String configFile = "";

    /** Loads with these words; returns the error block, or nothing. */
    String load(String... words) {
        try {
            ConfigLoader loader = new ConfigLoader(settings, files, directives, log);
            configFile = loader.load(CommandLine.parse(List.of(words)));
            return "";
        } catch (StartError e) {
            return e.belongsToTheLog() ? "LOG " + e.getMessage() : e.block("X");
        }
    }

    /** Loads a file with these lines. */
    String loadText(String text) {
        files.contents.put("/start/redis.conf", text);
        return load("redis.conf");
    }

    String get(String name) {
        return settings.render(Options.find(name).orElseThrow());
    }
}
