package io.ferrite.node.config;

import static io.ferrite.node.config.Row.row;

import io.ferrite.node.config.Choices.IoTransport;
import java.util.List;

/** Parameters of listening, connections and their buffers. */
public final class NetworkOptions {
    private static final int INT_MAX = Integer.MAX_VALUE;
    private static final long MB = 1L << 20;

    public static final NumberOption PORT =
            row("port", "TCP port to listen on; 0 for none").number(0, 65535, 6379);
    public static final ListOption<List<String>> BIND =
            row("bind", "addresses to listen on; a leading - makes one optional")
                    .mark(Option.Mark.MANY_WORDS)
                    .list(new Forms.Bind());
    public static final TextOption BIND_SOURCE_ADDR =
            row("bind-source-addr", "local address of outgoing connections").optionalText();
    public static final FlagOption PROTECTED_MODE =
            row("protected-mode", "refuse clients from other machines while no password is set")
                    .flag(true);
    public static final NumberOption TCP_BACKLOG =
            row("tcp-backlog", "length of the queue of connections to be accepted")
                    .immutable()
                    .number(0, INT_MAX, 511);
    public static final NumberOption TCP_KEEPALIVE =
            row("tcp-keepalive", "seconds between keep-alive probes; 0 for none")
                    .number(0, INT_MAX, 300);
    public static final NumberOption TIMEOUT =
            row("timeout", "seconds after which an idle client is disconnected; 0 for never")
                    .number(0, INT_MAX, 0);
    public static final NumberOption MAXCLIENTS =
            row("maxclients", "connections served at the same time").number(1, 0xFFFFFFFFL, 10000);
    public static final TextOption UNIXSOCKET =
            row("unixsocket", "path of a Unix socket to listen on").immutable().optionalText();
    public static final NumberOption UNIXSOCKETPERM =
            row("unixsocketperm", "mode of the Unix socket, octal; 0 leaves it to the umask")
                    .immutable()
                    .octal(0, 0777, 0);
    public static final NumberOption METRICS_PORT =
            row("metrics-port", "port of /metrics, /healthz, /readyz over HTTP; 0 for none")
                    .number(0, 65535, 0);
    public static final TextOption METRICS_BIND =
            row("metrics-bind", "address of that port; it asks for no password")
                    .check(Validity::metricsBind)
                    .text("127.0.0.1");
    public static final NumberOption SOCKET_MARK_ID =
            row("socket-mark-id", "mark set on listening and outgoing sockets")
                    .immutable()
                    .inert("socket marks are not set")
                    .number(0, 0xFFFFFFFFL, 0);
    public static final NumberOption MAX_NEW_CONNECTIONS_PER_CYCLE =
            row("max-new-connections-per-cycle", "connections accepted in one go by one loop")
                    .inert("each event loop accepts what the transport hands it")
                    .number(1, 1000, 10);
    public static final NumberOption IO_THREADS =
            row("io-threads", "event loops; each runs commands; 0 leaves one processor to the rest")
                    .immutable()
                    .number(0, 128, 0);
    public static final FlagOption IO_THREADS_DO_READS =
            row("io-threads-do-reads", "whether I/O threads read too; here they always do")
                    .immutable()
                    .inert("every event loop reads, executes and writes")
                    .flag(false);
    public static final ChoiceOption<IoTransport> IO_TRANSPORT =
            row("io-transport", "how sockets are driven, from the next start on; auto: the best")
                    .choice(IoTransport.AUTO);
    public static final NumberOption PROTO_MAX_BULK_LEN =
            row("proto-max-bulk-len", "longest single argument of a request, and longest string")
                    .memory(MB, Long.MAX_VALUE, 512 * MB);
    public static final NumberOption CLIENT_QUERY_BUFFER_LIMIT =
            row("client-query-buffer-limit", "most unread request bytes of one client")
                    .memory(MB, Long.MAX_VALUE, 1024 * MB);
    public static final ListOption<OutputBufferLimit.All> CLIENT_OUTPUT_BUFFER_LIMIT =
            row("client-output-buffer-limit", "most unsent reply bytes, by class of client")
                    .mark(Option.Mark.MANY_WORDS)
                    .list(new OutputBufferLimit.Form());
    public static final NumberOption MAXMEMORY_CLIENTS =
            row(
                            "maxmemory-clients",
                            "most memory of all clients; % of maxmemory; 0: half of the machine's")
                    .memoryOrPercent(0);

    private NetworkOptions() {}

    static List<Option<?>> rows() {
        return List.of(
                PORT,
                BIND,
                BIND_SOURCE_ADDR,
                PROTECTED_MODE,
                TCP_BACKLOG,
                TCP_KEEPALIVE,
                TIMEOUT,
                MAXCLIENTS,
                UNIXSOCKET,
                UNIXSOCKETPERM,
                METRICS_PORT,
                METRICS_BIND,
                SOCKET_MARK_ID,
                MAX_NEW_CONNECTIONS_PER_CYCLE,
                IO_THREADS,
                IO_THREADS_DO_READS,
                IO_TRANSPORT,
                PROTO_MAX_BULK_LEN,
                CLIENT_QUERY_BUFFER_LIMIT,
                CLIENT_OUTPUT_BUFFER_LIMIT,
                MAXMEMORY_CLIENTS);
    }
}
