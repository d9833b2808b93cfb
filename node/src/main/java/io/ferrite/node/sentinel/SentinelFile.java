package io.ferrite.node.sentinel;

import io.ferrite.base.disk.Disk;
import io.ferrite.coordination.sentinel.SentinelLines;
import io.ferrite.coordination.sentinel.SentinelState;
import io.ferrite.node.config.ConfigService;
import io.ferrite.node.log.Log;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Keeps what a Sentinel must not forget: in the user's configuration file, as Redis does, and
 * before that in a {@link StateCopy} beside it, which tells a whole file from a torn one. Either
 * makes the state durable.
 */
public final class SentinelFile {

    /**
     * What became of a save.
     *
     * @param durable whether the state survives a crash
     * @param inFile whether it is in the configuration file
     */
    record Saved(boolean durable, boolean inFile) {}

    private final ConfigService config;
    private final StateCopy copy;
    private final Log log;
    private String lastText = "";
    private String trouble = "";

    /**
     * @param sequence the number of the copy that was found, 0 for none
     */
    public SentinelFile(Disk disk, ConfigService config, String directory, long sequence, Log log) {
        this.config = config;
        this.copy = new StateCopy(disk, config.configFile(), directory, sequence);
        this.log = log;
    }

    /** Returns when the state is on disk, or can't be brought there. */
    Saved save(SentinelState state) {
        Map<String, List<String>> lines = new LinkedHashMap<>();
        Map<String, Boolean> forced = new LinkedHashMap<>();
        for (SentinelLines.Written line : SentinelLines.render(state)) {
            lines.computeIfAbsent(line.key(), k -> new java.util.ArrayList<>()).add(line.text());
            forced.merge(line.key(), line.forced(), Boolean::logicalOr);
        }
        String text = config.rewritten(new SentinelRewrite(lines, forced), lastText);
        lastText = text;
        Optional<String> copyRefusal = copy.write(text);
        Optional<String> fileRefusal = config.replace(text);
        if (fileRefusal.isEmpty()) {
            log.notice("Sentinel new configuration saved on disk");
        } else {
            log.warning(
                    "WARNING: Sentinel was not able to save the new configuration on disk!!!: "
                            + fileRefusal.get());
        }
        noteTrouble(copyRefusal, fileRefusal);
        return new Saved(copyRefusal.isEmpty() || fileRefusal.isEmpty(), fileRefusal.isEmpty());
    }

    /** Says once what it means when nothing can be saved, and once when it can again. */
    private void noteTrouble(Optional<String> copyRefusal, Optional<String> fileRefusal) {
        String now = copyRefusal.isPresent() && fileRefusal.isPresent() ? copyRefusal.get() : "";
        if (!now.isEmpty() && trouble.isEmpty()) {
            log.warning(
                    "This Sentinel votes for nobody and leads no failover until its state can be"
                            + " saved: "
                            + now);
        } else if (now.isEmpty() && !trouble.isEmpty()) {
            log.notice("The state can be saved again: this Sentinel votes.");
        }
        trouble = now;
    }
}
