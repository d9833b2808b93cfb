package io.ferrite.server;

import io.ferrite.node.config.Choices.OomScoreAdj;
import io.ferrite.node.config.ConfigRefusal;
import io.ferrite.node.config.ServerOptions;
import io.ferrite.node.config.Settings;
import io.ferrite.node.log.Log;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.BooleanSupplier;

/**
 * Tells the kernel whom to kill first when memory runs out (oom-score-adj): another score for a
 * leader than for a follower. The score of before comes back when it is switched off. There is no
 * child process that the third of the values could be for. Any thread.
 */
final class OomScore {

    static final Path OF_THIS_PROCESS = Path.of("/proc/self/oom_score_adj");

    private static final int MOST = 1000;

    private final Path file;
    private final BooleanSupplier follower;
    private final Log log;
    private boolean changed;
    private int before;

    /**
     * @param file where the kernel reads it
     * @param follower whether this server follows another one now
     */
    OomScore(Path file, BooleanSupplier follower, Log log) {
        this.file = file;
        this.follower = follower;
        this.log = log;
    }

    /** Applies the parameters now and whenever they change. */
    void begin(Settings settings) {
        use(settings);
        settings.onChange(
                now -> {
                    if (!use(now)) {
                        throw new ConfigRefusal(
                                "Failed to set current oom_score_adj. Check server logs.");
                    }
                },
                ServerOptions.OOM_SCORE_ADJ,
                ServerOptions.OOM_SCORE_ADJ_VALUES);
    }

    /** Writes the score for the present role; false if that failed, with a line in the log. */
    synchronized boolean use(Settings settings) {
        OomScoreAdj mode = settings.get(ServerOptions.OOM_SCORE_ADJ);
        try {
            if (mode == OomScoreAdj.NO) {
                if (changed) {
                    changed = false;
                    write(before);
                }
                return true;
            }
            if (!changed) {
                before = Integer.parseInt(Files.readString(file).trim());
                changed = true;
            }
            int role = follower.getAsBoolean() ? 1 : 0;
            int score = settings.get(ServerOptions.OOM_SCORE_ADJ_VALUES).get(role);
            write(mode == OomScoreAdj.RELATIVE ? before + score : score);
            return true;
        } catch (IOException | NumberFormatException e) {
            log.warning("Unable to write oom_score_adj: " + e.getMessage());
            return false;
        }
    }

    private void write(int score) throws IOException {
        String line = Math.clamp(score, -MOST, MOST) + "\n";
        Files.write(file, line.getBytes(StandardCharsets.US_ASCII));
    }
}
