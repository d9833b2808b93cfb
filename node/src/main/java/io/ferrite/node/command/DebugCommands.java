package io.ferrite.node.command;

import io.ferrite.base.Glob;
import io.ferrite.coordination.replication.Wire;
import io.ferrite.engine.CommandError;
import io.ferrite.engine.CommandTable;
import io.ferrite.engine.ExecutionUnit;
import io.ferrite.engine.LockPlan;
import io.ferrite.engine.Numbers;
import io.ferrite.engine.Session;
import io.ferrite.memory.Memory;
import io.ferrite.memory.Slice;
import io.ferrite.node.ClientLink;
import io.ferrite.node.CrashReport;
import io.ferrite.node.Node;
import io.ferrite.node.cluster.ClusterDebug;
import io.ferrite.node.config.Choices;
import io.ferrite.node.config.MemorySize;
import io.ferrite.node.config.ServerOptions;
import io.ferrite.node.persistence.Reload;
import io.ferrite.resp.ReplyWriter;
import io.ferrite.store.Database;
import io.ferrite.store.Encoding;
import io.ferrite.store.Entry;
import io.ferrite.store.Type;
import io.ferrite.store.value.HashCursor;
import io.ferrite.store.value.HashValue;
import io.ferrite.store.value.ListNode;
import io.ferrite.store.value.ListValue;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.concurrent.locks.LockSupport;

/**
 * DEBUG: what tests and developers want. Runs under every stripe; off unless enable-debug-command
 * allows it. Subcommands of subsystems that are not there answer an error.
 */
public final class DebugCommands {

    private final Node node;

    private DebugCommands(Node node) {
        this.node = node;
    }

    public static void register(CommandTable.Builder table, Node node) {
        table.bind("DEBUG", LockPlan.ALL, new DebugCommands(node)::debug);
    }

    private void debug(ExecutionUnit unit) {
        requireAllowed(unit.session());
        String what = unit.arg(1).toString().toLowerCase(Locale.ROOT);
        switch (what) {
            case "sleep" -> sleepAll(unit);
            case "object" -> object(unit);
            case "reload" -> reload(unit);
            case "digest" -> digest(unit);
            case "digest-value" -> digestValue(unit);
            case "populate" -> populate(unit);
            case "protocol" -> protocol(unit);
            case "log" -> log(unit);
            case "replicate" -> replicate(unit);
            case "segfault" -> CrashReport.crash(node, CrashReport.SEGMENTATION_FAULT);
            case "panic", "assert" -> CrashReport.crash(node, CrashReport.ABORT);
            case "error" -> unit.reply().error(unit.arg(require(unit, 3) - 1).toString());
            case "set-active-expire" -> {
                node.setActiveExpire(Numbers.integer(unit.arg(require(unit, 3) - 1)) != 0);
                unit.reply().ok();
            }
            case "set-skip-checksum-validation" -> {
                node.skipChecksums(Numbers.integer(unit.arg(require(unit, 3) - 1)) != 0);
                unit.reply().ok();
            }
            case "htstats", "htstats-key" -> htstats(unit);
            case "stringmatch-len" -> stringMatch(unit);
            case "jmap", "gc" -> {
                node.environment().background("gc", System::gc);
                unit.reply().ok();
            }
            case "change-repl-id" -> {
                node.changeReplicationId();
                unit.reply().ok();
            }
            case "aof-flush-sleep" -> {
                long micros = Numbers.integer(unit.arg(require(unit, 3) - 1));
                node.appendOnly().sleepBeforeWrites(Math.max(0, micros));
                unit.reply().ok();
            }
            case "loadaof" -> loadAof(unit);
            case "pause-cron" -> {
                node.pauseCron(Numbers.integer(unit.arg(require(unit, 3) - 1)) != 0);
                unit.reply().ok();
            }
            case "config-rewrite-force-all" -> rewriteConfig(unit);
            case "listpack" -> listpack(unit);
            case "quicklist-packed-threshold" -> packedThreshold(unit);
            case "set-disable-deny-scripts" -> {
                node.scripting().allowAll(Numbers.integer(unit.arg(require(unit, 3) - 1)) != 0);
                unit.reply().ok();
            }
            case "replybuffer" -> replyBuffer(unit);
            case "dict-resizing" ->
                    throw CommandError.of("ERR DEBUG DICT-RESIZING is not available here");
            case "drop-cluster-packet-filter" -> {
                require(unit, 3);
                ClusterDebug.dropPackets(node, unit);
            }
            case "clusterlink" -> ClusterDebug.killLink(node, unit);
            case "help" -> help(unit);
            default -> unknown(unit);
        }
    }

    /**
     * DEBUG REPLYBUFFER RESIZING 0|1: whether buffers that are larger than a client needs become
     * smaller in time. Those here are there while replies are on their way only, so that there is
     * nothing to switch off.
     */
    private static void replyBuffer(ExecutionUnit unit) {
        if (!unit.arg(require(unit, 4) - 2).isWord("RESIZING")) {
            throw CommandError.of("ERR DEBUG REPLYBUFFER is available with RESIZING only");
        }
        Numbers.integer(unit.arg(3));
        unit.reply().ok();
    }

    private void loadAof(ExecutionUnit unit) {
        Session session = unit.session();
        if (!unit.mayBlock()) {
            throw CommandError.of("ERR DEBUG LOADAOF is not allowed here");
        }
        session.set(Session.BLOCKED);
        node.appendOnly().reload(reply -> session.outbox().answer(reply));
    }

    private void rewriteConfig(ExecutionUnit unit) {
        node.parts()
                .config()
                .rewrite(true)
                .ifPresent(refusal -> {
                    throw CommandError.of(refusal);
                });
        unit.reply().ok();
    }

    private void packedThreshold(ExecutionUnit unit) {
        long bytes = MemorySize.parse(unit.arg(require(unit, 3) - 1).toString());
        if (bytes < 0 || bytes >= 1L << 32) {
            throw CommandError.of(
                    "ERR argument must be a memory value bigger than 1 and smaller than 4gb");
        }
        node.setListPlainThreshold(
                bytes == 0 ? Integer.MAX_VALUE : (int) Math.min(bytes, Integer.MAX_VALUE));
        unit.reply().ok();
    }

    private void requireAllowed(Session session) {
        Choices.ProtectedAction allowed = node.settings().get(ServerOptions.ENABLE_DEBUG_COMMAND);
        boolean local =
                session.has(Session.UNIX_SOCKET)
                        || session.address().startsWith("127.")
                        || session.address().startsWith("[0:0:0:0:0:0:0:1]");
        if (allowed == Choices.ProtectedAction.NO
                || allowed == Choices.ProtectedAction.LOCAL && !local) {
            throw CommandError.of(
                    "ERR DEBUG command not allowed. If the enable-debug-command option is set to"
                        + " \"local\", you can run it from a local connection, otherwise you need"
                        + " to set this option in the configuration file, and then restart the"
                        + " server.");
        }
    }

    private static int require(ExecutionUnit unit, int argc) {
        if (unit.argc() < argc) {
            unknown(unit);
        }
        return argc;
    }

    private static void unknown(ExecutionUnit unit) {
        throw CommandError.of(
                "ERR unknown subcommand or wrong number of arguments for '"
                        + unit.arg(1)
                        + "'. Try DEBUG HELP.");
    }

    /** DEBUG SLEEP seconds: the whole server stands still, not only the client's event loop. */
    private void sleepAll(ExecutionUnit unit) {
        double seconds = Numbers.real(unit.arg(require(unit, 3) - 1));
        long end = node.environment().nanos() + (long) (Math.max(0, seconds) * 1e9);
        ClientLink link = ClientLink.of(unit.session());
        for (int loop = 0; loop < node.environment().loops(); loop++) {
            if (link != null && loop != link.loop()) {
                node.environment().onLoop(loop, () -> sleepUntil(end));
            }
        }
        int apart = node.environment().loopApart(); // other nodes of a cluster must notice
        if (apart >= node.environment().loops()) {
            node.environment().onLoop(apart, () -> sleepUntil(end));
        }
        sleepUntil(end);
        unit.reply().ok();
    }

    private void sleepUntil(long end) {
        long left = end - node.environment().nanos();
        while (left > 0) {
            LockSupport.parkNanos(left); // it may return before
            left = end - node.environment().nanos();
        }
    }

    /** DEBUG RELOAD [MERGE] [NOFLUSH] [NOSAVE]. */
    private void reload(ExecutionUnit unit) {
        boolean save = true;
        boolean flush = true;
        boolean merge = false;
        for (int i = 2; i < unit.argc(); i++) {
            Slice word = unit.arg(i);
            if (word.isWord("MERGE")) {
                merge = true;
            } else if (word.isWord("NOFLUSH")) {
                flush = false;
            } else if (word.isWord("NOSAVE")) {
                save = false;
            } else {
                throw CommandError.of(
                        "ERR DEBUG RELOAD only supports the MERGE, NOFLUSH and NOSAVE options.");
            }
        }
        node.persistence().reload().run(unit, new Reload.Options(save, flush, merge));
    }

    private static void object(ExecutionUnit unit) {
        Slice key = unit.arg(require(unit, 3) - 1);
        long entry = unit.database().find(key); // whether its time has passed or not
        if (entry == Database.NONE) {
            throw CommandError.NO_SUCH_KEY;
        }
        long idle = unit.keyspace().access().idleSeconds(entry);
        unit.reply()
                .status(
                        String.format(
                                Locale.ROOT,
                                "Value at:0x%x refcount:1 encoding:%s serializedlength:%d lru:%d"
                                        + " lru_seconds_idle:%d%s",
                                entry,
                                Encoding.name(Entry.encoding(entry)),
                                unit.database().bytes(entry, 0),
                                Entry.access(entry),
                                idle,
                                Entry.encoding(entry) == Encoding.QUICKLIST
                                        ? quicklist(Entry.root(entry))
                                        : ""));
    }

    private static String quicklist(long root) {
        long nodes = 0;
        long bytes = 0;
        for (long node = ListValue.firstNode(root); node != 0; node = ListNode.after(node)) {
            nodes++;
            bytes += ListNode.bytes(node);
        }
        return String.format(
                Locale.ROOT,
                " ql_nodes:%d ql_avg_node:%.2f ql_listpack_max:%d ql_compressed:%d"
                        + " ql_uncompressed_size:%d",
                nodes,
                (double) ListValue.length(root) / nodes,
                ListValue.fill(root),
                ListValue.compresses(root) ? 1 : 0,
                bytes);
    }

    /** DEBUG LISTPACK key: a small hash's entries in the log. */
    private void listpack(ExecutionUnit unit) {
        long entry = unit.peek(unit.arg(require(unit, 3) - 1));
        if (entry == Database.NONE) {
            throw CommandError.NO_SUCH_KEY;
        }
        if (Entry.type(entry) != Type.HASH || HashValue.isTable(Entry.root(entry))) {
            throw CommandError.of("ERR Not a listpack encoded object.");
        }
        try (HashCursor cursor = new HashCursor(null, Entry.root(entry))) {
            while (cursor.next()) {
                String time =
                        cursor.expireAt() == HashValue.NEVER ? "" : " until " + cursor.expireAt();
                node.log()
                        .debug(
                                cursor.field().textLength()
                                        + " and "
                                        + cursor.value().textLength()
                                        + " bytes"
                                        + time);
            }
        }
        unit.reply().status("Listpack structure printed on stdout");
    }

    private static void digest(ExecutionUnit unit) {
        unit.reply().status(DatasetDigest.hex(new DatasetDigest().of(unit.keyspace())));
    }

    private static void digestValue(ExecutionUnit unit) {
        DatasetDigest digest = new DatasetDigest();
        unit.reply().array(unit.argc() - 2);
        for (int i = 2; i < unit.argc(); i++) {
            long entry = unit.peek(unit.arg(i));
            unit.reply()
                    .status(
                            entry == Database.NONE
                                    ? "0".repeat(40)
                                    : DatasetDigest.hex(digest.ofValue(unit.keyspace(), entry)));
        }
    }

    /** DEBUG POPULATE count [prefix [size]]. */
    private static void populate(ExecutionUnit unit) {
        long count = Numbers.integer(unit.arg(require(unit, 3) - 1));
        String prefix = unit.argc() > 3 ? unit.arg(3).toString() : "key";
        long size = unit.argc() > 4 ? Numbers.integer(unit.arg(4)) : 0;
        if (count < 0 || size < 0 || size > Integer.MAX_VALUE) {
            throw CommandError.OUT_OF_RANGE;
        }
        Slice key = new Slice();
        for (long i = 0; i < count; i++) {
            byte[] name = (prefix + ":" + i).getBytes(StandardCharsets.ISO_8859_1);
            byte[] value = ("value:" + i).getBytes(StandardCharsets.ISO_8859_1);
            int length = size == 0 ? value.length : (int) size;
            long room = unit.scratch(name.length + length);
            Memory.copyIn(name, 0, room, name.length);
            key.set(room, name.length);
            if (unit.database().find(key) != Database.NONE) {
                continue;
            }
            Memory.fill(room + name.length, length, (byte) 0);
            Memory.copyIn(value, 0, room + name.length, Math.min(length, value.length));
            unit.database().putString(key, room + name.length, length, false);
        }
        unit.effects().count(count);
        unit.effects().keepLocal();
        unit.reply().ok();
    }

    /** DEBUG PROTOCOL type: a reply of each kind. */
    private static void protocol(ExecutionUnit unit) {
        ReplyWriter reply = unit.reply();
        String kind = unit.arg(require(unit, 3) - 1).toString().toLowerCase(Locale.ROOT);
        switch (kind) {
            case "string" -> reply.bulk("Hello World");
            case "integer" -> reply.integer(12345);
            case "double" -> reply.real(3.141);
            case "null" -> reply.nil();
            case "array" -> {
                reply.array(3);
                numbers(reply);
            }
            case "set" -> {
                reply.set(3);
                numbers(reply);
            }
            case "map" -> {
                reply.map(3);
                for (int i = 0; i < 3; i++) {
                    reply.integer(i);
                    reply.bool(i == 1);
                }
            }
            case "attrib" -> {
                if (reply.protocol() == 3) {
                    reply.attribute(1);
                    reply.bulk("key-popularity");
                    reply.array(2);
                    reply.bulk("key:123");
                    reply.integer(90);
                }
                reply.bulk("Some real reply following the attribute");
            }
            case "push" -> {
                if (reply.protocol() < 3) {
                    throw CommandError.of("ERR RESP2 is not supported by this command");
                }
                reply.push(2);
                reply.bulk("server-cpu-usage");
                reply.integer(42);
            }
            case "verbatim" -> reply.verbatim("txt", "This is a verbatim\nstring");
            case "bignum" -> reply.bigNumber("1234567999999999999999999999999999999");
            case "true" -> reply.bool(true);
            case "false" -> reply.bool(false);
            default ->
                    throw CommandError.of(
                            "ERR Wrong protocol type name. Please use one of the following:"
                                + " string|integer|double|null|array|set|map|attrib|push|verbatim|true|false");
        }
    }

    private static void numbers(ReplyWriter reply) {
        for (int i = 0; i < 3; i++) {
            reply.integer(i);
        }
    }

    private void log(ExecutionUnit unit) {
        node.log().warning("DEBUG LOG: " + unit.arg(require(unit, 3) - 1));
        unit.reply().ok();
    }

    private static void htstats(ExecutionUnit unit) {
        StringBuilder text = new StringBuilder("[Dictionary HT]\n");
        text.append("number of elements: ").append(unit.database().size()).append('\n');
        text.append("tables: ").append(unit.keyspace().tables()).append('\n');
        unit.reply().verbatim("txt", text.toString().getBytes(StandardCharsets.ISO_8859_1));
    }

    /** DEBUG REPLICATE word ...: followers are sent these words as a command, whatever they are. */
    private void replicate(ExecutionUnit unit) {
        require(unit, 3);
        byte[][] words = new byte[unit.argc() - 2][];
        for (int i = 0; i < words.length; i++) {
            words[i] = unit.arg(i + 2).toBytes();
        }
        node.parts().commandLog().appendKeepAlive(Wire.encode(words));
        node.parts().commandLog().announce();
        unit.reply().ok();
    }

    /** DEBUG STRINGMATCH-LEN length pattern: how long a match of so many letters takes. */
    private static void stringMatch(ExecutionUnit unit) {
        long length = Numbers.integer(unit.arg(require(unit, 4) - 2));
        byte[] text = new byte[(int) Math.min(length, 1 << 20)];
        java.util.Arrays.fill(text, (byte) 'a');
        unit.reply().integer(Glob.matches(unit.arg(3).toBytes(), text, false) ? 1 : 0);
    }

    private static void help(ExecutionUnit unit) {
        unit.replyHelp(
                "DEBUG",
                "AOF-FLUSH-SLEEP <microsec>",
                "    Wait before writing to the append-only file, for tests.",
                "ASSERT",
                "    Crash the server as if a check of its own had failed.",
                "CHANGE-REPL-ID",
                "    Change the replication IDs of the instance.",
                "DIGEST",
                "    Output a hex signature representing the current DB content.",
                "DIGEST-VALUE <key> [<key> ...]",
                "    Output a hex signature of the values of all the specified keys.",
                "ERROR <string>",
                "    Return a Redis protocol error with <string> as message.",
                "GC",
                "    Ask the Java runtime for a garbage collection.",
                "HTSTATS <dbid>",
                "    Return hash table statistics of the specified Redis database.",
                "LISTPACK <key>",
                "    Write the sizes of a listpack's entries to the server log.",
                "LOG <message>",
                "    Write <message> to the server log.",
                "OBJECT <key>",
                "    Show low level info about `key` and associated value.",
                "PANIC",
                "    Crash the server as if it could not go on.",
                "PAUSE-CRON <0|1>",
                "    Stop periodic cron job processing.",
                "POPULATE <count> [<prefix>] [<size>]",
                "    Create <count> string keys named key:<num>.",
                "PROTOCOL <type>",
                "    Reply with a test value of the specified type.",
                "REPLICATE <string> [<string> ...]",
                "    Send these words to the replicas as a command, whatever they are.",
                "RELOAD [option ...]",
                "    Save the RDB on disk and reload it back to memory. Valid <option> values:",
                "    * MERGE: conflicting keys will be loaded from RDB.",
                "    * NOFLUSH: the existing database will not be removed before load, but",
                "      conflicting keys will generate an error.",
                "    * NOSAVE: the database will be loaded from an existing RDB file.",
                "SEGFAULT",
                "    Crash the server as if memory had been touched that is not there.",
                "SET-ACTIVE-EXPIRE <0|1>",
                "    Setting it to 0 disables expiring keys in background.",
                "SET-SKIP-CHECKSUM-VALIDATION <0|1>",
                "    Setting it to 1 disables the check of checksums of RDB files and RESTORE's"
                        + " payload.",
                "SLEEP <seconds>",
                "    Stop the server for <seconds>. Decimals allowed.",
                "STRINGMATCH-LEN <len> <pattern>",
                "    Match a text of <len> letters against <pattern>.");
    }
}
