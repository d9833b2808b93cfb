package io.ferrite.server;

import io.ferrite.memory.os.Posix;
import io.ferrite.node.config.Choices.SyslogFacility;
import io.ferrite.node.log.LogLevel;

/**
 * The system's log: datagrams to {@code /dev/log} in the traditional format, {@code
 * <priority>ident[pid]: message}; the daemon adds time and host. A message that cannot be sent at
 * once is lost, as with the C library.
 */
final class Syslog {
    private static final String SOCKET = "/dev/log";

    /** Sends nothing. */
    static final Syslog OFF = new Syslog("", 0, SOCKET);

    private static final int USER = 1;
    private static final int LOCAL0 = 16;

    private final String ident;
    private final int facility;
    private final String socket;

    private Syslog(String ident, int facility, String socket) {
        this.ident = ident;
        this.facility = facility;
        this.socket = socket;
    }

    static Syslog to(String ident, SyslogFacility facility) {
        return to(ident, facility, SOCKET);
    }

    static Syslog to(String ident, SyslogFacility facility, String socket) {
        int number =
                facility == SyslogFacility.USER
                        ? USER
                        : LOCAL0 + facility.ordinal() - SyslogFacility.LOCAL0.ordinal();
        return new Syslog(ident, number, socket);
    }

    void send(LogLevel level, String message) {
        if (facility == 0) {
            return;
        }
        try {
            trySend(level, message);
        } catch (Posix.PosixError e) {
            return; // nobody to tell: this is the log
        }
    }

    /** Sends one message; throws when nobody listens or there is no room. */
    void trySend(LogLevel level, String message) throws Posix.PosixError {
        int priority = facility * 8 + level.syslogSeverity();
        long pid = ProcessHandle.current().pid();
        String line = "<" + priority + ">" + ident + "[" + pid + "]: " + message;
        Posix.sendDatagram(socket, LogWriter.encode(line));
    }
}
