package io.ferrite.server;

import io.ferrite.memory.os.Posix;
import io.ferrite.node.config.Choices;
import io.ferrite.node.log.Log;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * Tells a service manager how the start goes: systemd by a datagram to {@code $NOTIFY_SOCKET},
 * upstart by stopping once.
 */
final class Supervision {
    private final boolean on;
    private final String socket;
    private final Log log;

    private Supervision(boolean on, String socket, Log log) {
        this.on = on;
        this.socket = socket;
        this.log = log;
    }

    /** No supervision. */
    static Supervision none(Log log) {
        return new Supervision(false, "", log);
    }

    /** Finds out who supervises, says that the start has begun, and logs what is impossible. */
    static Supervision begin(Choices.Supervision mode, Map<String, String> environment, Log log) {
        String socket = environment.getOrDefault("NOTIFY_SOCKET", "");
        boolean upstart = environment.containsKey("UPSTART_JOB");
        Choices.Supervision real = mode;
        if (mode == Choices.Supervision.AUTO) {
            if (upstart) {
                log.verbose("Upstart supervision detected.");
                real = Choices.Supervision.UPSTART;
            } else if (!socket.isEmpty()) {
                log.verbose("Systemd supervision detected.");
                real = Choices.Supervision.SYSTEMD;
            }
        }
        return switch (real) {
            case UPSTART -> upstart(upstart, log);
            case SYSTEMD -> systemd(socket, log);
            case AUTO, NO -> none(log);
        };
    }

    private static Supervision systemd(String socket, Log log) {
        if (socket.isEmpty()) {
            log.warning("systemd supervision error: NOTIFY_SOCKET not found!");
            return none(log);
        }
        Supervision supervision = new Supervision(true, socket, log);
        if (!supervision.tell("STATUS=Ferrite is loading...\n")) {
            return none(log);
        }
        log.notice(
                "Supervised by systemd. Please make sure you set appropriate values for"
                        + " TimeoutStartSec and TimeoutStopSec in your service unit.");
        return supervision;
    }

    private static Supervision upstart(boolean present, Log log) {
        if (!present) {
            log.warning("upstart supervision requested, but UPSTART_JOB not found!");
            return none(log);
        }
        log.notice("supervised by upstart, will stop to signal readiness.");
        try {
            String self = Long.toString(ProcessHandle.current().pid());
            new ProcessBuilder("kill", "-STOP", self).inheritIO().start();
        } catch (IOException e) {
            log.warning("upstart supervision error: cannot stop: " + e.getMessage());
            return none(log);
        }
        return new Supervision(true, "", log);
    }

    /** Whether a service manager follows the start; a supervised server stays in front. */
    boolean isOn() {
        return on;
    }

    /** The server answers clients. */
    void ready() {
        tell("STATUS=Ready to accept connections\nREADY=1\n");
    }

    /** The server waits for a full copy or loads one. */
    void status(String text) {
        tell("STATUS=" + text + "\n");
    }

    void stopping() {
        tell("STOPPING=1\n");
    }

    private boolean tell(String state) {
        if (socket.isEmpty()) {
            return false;
        }
        try {
            Posix.sendDatagram(socket, state.getBytes(StandardCharsets.UTF_8));
            return true;
        } catch (Posix.PosixError e) {
            log.warning("systemd supervision error: sd_notify: " + e.getMessage());
            return false;
        }
    }
}
