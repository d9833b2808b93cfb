package io.ferrite.node.info;

import io.ferrite.node.Node;
import java.util.Locale;
import java.util.function.BiConsumer;

/** The sections of INFO in the order in which they are shown. */
enum Section {
    SERVER("Server", true) {
        @Override
        void write(Node node, InfoText out) {
            ServerSections.server(node, out);
        }
    },
    CLIENTS("Clients", true) {
        @Override
        void write(Node node, InfoText out) {
            ServerSections.clients(node, out);
        }
    },
    MEMORY("Memory", true) {
        @Override
        void write(Node node, InfoText out) {
            MemorySection.write(node, out);
        }
    },
    PERSISTENCE("Persistence", true) {
        @Override
        void write(Node node, InfoText out) {
            PersistenceSection.write(node, out);
        }
    },
    STATS("Stats", true) {
        @Override
        void write(Node node, InfoText out) {
            StatsSections.stats(node, out);
        }
    },
    REPLICATION("Replication", true) {
        @Override
        void write(Node node, InfoText out) {
            replication(node, out::put);
        }
    },
    CPU("CPU", true) {
        @Override
        void write(Node node, InfoText out) {
            ServerSections.cpu(node, out);
        }
    },
    MODULES("Modules", true) {
        @Override
        void write(Node node, InfoText out) {
            ServerSections.modules(node, out);
        }
    },
    COMMANDSTATS("Commandstats", false) {
        @Override
        void write(Node node, InfoText out) {
            StatsSections.commandStats(node, out);
        }
    },
    ERRORSTATS("Errorstats", true) {
        @Override
        void write(Node node, InfoText out) {
            StatsSections.errorStats(node, out);
        }
    },
    LATENCYSTATS("Latencystats", false) {
        @Override
        void write(Node node, InfoText out) {
            StatsSections.latencyStats(node, out);
        }
    },
    CLUSTER("Cluster", true) {
        @Override
        void write(Node node, InfoText out) {
            out.put("cluster_enabled", node.cluster() == null ? 0 : 1);
        }
    },
    /** Shown only while there is something to tell: version 7 has no such section. */
    TLS("TLS", true) {
        @Override
        void write(Node node, InfoText out) {
            node.process().certificates(node.environment().nowMs()).forEach(out::put);
        }
    },
    KEYSPACE("Keyspace", true) {
        @Override
        void write(Node node, InfoText out) {
            StatsSections.keyspace(node, out);
        }
    },
    /** Shown only while there is a watch, or the outcome of one; as Redis 8.6 has it. */
    HOTKEYS("Hotkeys", false) {
        @Override
        void write(Node node, InfoText out) {
            out.put("hotkeys-tracking-active", node.hotKeys().isActive() ? 1 : 0);
            out.put("hotkeys-cmd-cpu-time", node.hotKeys().micros());
        }
    },
    /** Shown only to those who name it. */
    DEBUG("Debug", false) {
        @Override
        void write(Node node, InfoText out) {
            StatsSections.debug(node, out);
        }
    };

    /** Whether there is anything to tell. */
    boolean hasContent(Node node) {
        return switch (this) {
            case TLS -> !node.process().certificates(node.environment().nowMs()).isEmpty();
            case HOTKEYS -> node.hotKeys().isThere();
            default -> true;
        };
    }

    private final String title;
    private final boolean usual;

    Section(String title, boolean usual) {
        this.title = title;
        this.usual = usual;
    }

    abstract void write(Node node, InfoText out);

    String title() {
        return title;
    }

    /** Part of INFO without arguments. */
    boolean isUsual() {
        return usual;
    }

    String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    private static void replication(Node node, BiConsumer<String, String> line) {
        for (String pair : node.replication().view().info().split("\r\n")) {
            int colon = pair.indexOf(':');
            line.accept(pair.substring(0, colon), pair.substring(colon + 1));
        }
        node.appendOnly().backlog().info(line);
    }
}
