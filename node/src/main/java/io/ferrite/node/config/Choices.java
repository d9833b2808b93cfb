package io.ferrite.node.config;

import java.util.List;

/** The named values of parameters that have a fixed set of them. */
public final class Choices {

    private Choices() {}

    public enum MaxmemoryPolicy {
        VOLATILE_LRU,
        VOLATILE_LFU,
        VOLATILE_RANDOM,
        VOLATILE_TTL,
        ALLKEYS_LRU,
        ALLKEYS_LFU,
        ALLKEYS_RANDOM,
        NOEVICTION
    }

    public enum SyslogFacility {
        USER,
        LOCAL0,
        LOCAL1,
        LOCAL2,
        LOCAL3,
        LOCAL4,
        LOCAL5,
        LOCAL6,
        LOCAL7
    }

    public enum Supervision {
        UPSTART,
        SYSTEMD,
        AUTO,
        NO
    }

    public enum AppendFsync {
        EVERYSEC,
        ALWAYS,
        NO
    }

    /** What a termination signal does; {@link #DEFAULT} stands for no wish at all. */
    public enum ShutdownChoice {
        DEFAULT,
        SAVE,
        NOSAVE,
        NOW,
        FORCE
    }

    public enum DisklessLoad {
        DISABLED,
        ON_EMPTY_DB,
        SWAPDB
    }

    /** Which name in a client's certificate is that of its user. */
    public enum TlsAuthClientsUser implements ChoiceOption.Spelled {
        OFF("off"),
        CN("CN"),
        URI("URI");

        private final List<String> words;

        TlsAuthClientsUser(String word) {
            this.words = List.of(word);
        }

        @Override
        public List<String> words() {
            return words;
        }
    }

    public enum TlsAuthClients {
        NO,
        YES,
        OPTIONAL
    }

    /** {@code yes} is another word for relative, and the one shown. */
    public enum OomScoreAdj implements ChoiceOption.Spelled {
        NO("no"),
        RELATIVE("yes", "relative"),
        ABSOLUTE("absolute");

        private final List<String> words;

        OomScoreAdj(String... words) {
            this.words = List.of(words);
        }

        @Override
        public List<String> words() {
            return words;
        }
    }

    public enum AclPubsubDefault {
        ALLCHANNELS,
        RESETCHANNELS
    }

    public enum SanitizeDump {
        NO,
        YES,
        CLIENTS
    }

    /** Who may use a dangerous command: nobody, everybody, or clients on this machine. */
    public enum ProtectedAction {
        NO,
        YES,
        LOCAL
    }

    public enum EndpointType {
        IP,
        HOSTNAME,
        UNKNOWN_ENDPOINT
    }

    public enum PropagationErrorBehavior {
        IGNORE,
        PANIC,
        PANIC_ON_REPLICAS
    }

    public enum IoTransport implements ChoiceOption.Spelled {
        AUTO("auto"),
        EPOLL("epoll"),
        IO_URING("io_uring"),
        NIO("nio");

        private final List<String> words;

        IoTransport(String word) {
            this.words = List.of(word);
        }

        @Override
        public List<String> words() {
            return words;
        }
    }
}
