package io.ferrite.server;

import io.ferrite.node.log.Log;
import io.ferrite.node.log.LogLines;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** The file that holds the process id while the server runs. Failing to write it stops nobody. */
final class PidFile {
    /** Where a server in the background writes its id when it was told no place. */
    static final String DEFAULT = "/var/run/redis.pid";

    private final Path file;
    private final Log log;

    private PidFile(Path file, Log log) {
        this.file = file;
        this.log = log;
    }

    /** Writes the id of this process. */
    static PidFile write(Path file, Log log) {
        try {
            Files.write(
                    file,
                    (ProcessHandle.current().pid() + "\n").getBytes(StandardCharsets.US_ASCII));
        } catch (IOException e) {
            log.warning(LogLines.pidfileFailed(SystemConfigFiles.reason(e)));
        }
        return new PidFile(file, log);
    }

    /** Removes the file at the end. */
    void remove() {
        log.notice(LogLines.REMOVING_PIDFILE);
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            log.verbose("The pid file stays: " + SystemConfigFiles.reason(e));
        }
    }
}
