package io.ferrite.node.config;

import static io.ferrite.node.config.Row.row;

import io.ferrite.node.config.Choices.AppendFsync;
import io.ferrite.node.config.Choices.SanitizeDump;
import java.util.List;

/** Parameters of snapshot files and of the append-only file. */
public final class PersistenceOptions {
    private static final int INT_MAX = Integer.MAX_VALUE;
    private static final int INT_MIN = Integer.MIN_VALUE;

    public static final ListOption<List<SavePoint>> SAVE =
            row("save", "write a snapshot after so many seconds and changes")
                    .mark(Option.Mark.MANY_WORDS)
                    .list(new SavePoint.Form());
    public static final TextOption DBFILENAME =
            row("dbfilename", "name of the snapshot file")
                    .mark(Option.Mark.PROTECTED)
                    .check(Validity::dbFileName)
                    .text("dump.rdb");
    public static final FlagOption RDBCOMPRESSION =
            row("rdbcompression", "compress long strings in snapshots").flag(true);
    public static final FlagOption RDBCHECKSUM =
            row("rdbchecksum", "end snapshots with a checksum").immutable().flag(true);
    public static final FlagOption STOP_WRITES_ON_BGSAVE_ERROR =
            row("stop-writes-on-bgsave-error", "refuse writes while snapshots fail").flag(true);
    public static final FlagOption RDB_SAVE_INCREMENTAL_FSYNC =
            row("rdb-save-incremental-fsync", "sync a snapshot while it is written").flag(true);
    public static final NumberOption RDB_KEY_SAVE_DELAY =
            row("rdb-key-save-delay", "microseconds to wait after each key saved, for tests")
                    .hidden()
                    .number(INT_MIN, INT_MAX, 0);
    public static final NumberOption KEY_LOAD_DELAY =
            row("key-load-delay", "microseconds to wait after each key loaded, for tests")
                    .hidden()
                    .number(INT_MIN, INT_MAX, 0);
    public static final NumberOption LOADING_PROCESS_EVENTS_INTERVAL_BYTES =
            row("loading-process-events-interval-bytes", "bytes loaded between two looks around")
                    .hidden()
                    .number(1024, INT_MAX, 2L << 20);
    public static final ChoiceOption<SanitizeDump> SANITIZE_DUMP_PAYLOAD =
            row("sanitize-dump-payload", "check the inside of loaded values deeply")
                    .inert("what is loaded or restored is always checked")
                    .choice(SanitizeDump.NO);

    public static final FlagOption APPENDONLY =
            files("appendonly", "log every write to a file").flag(false);
    public static final TextOption APPENDFILENAME =
            files("appendfilename", "first part of the names of the append-only files")
                    .immutable()
                    .check(Validity::appendFileName)
                    .text("appendonly.aof");
    public static final TextOption APPENDDIRNAME =
            files("appenddirname", "directory of the append-only files")
                    .immutable()
                    .check(Validity::appendDirName)
                    .text("appendonlydir");
    public static final ChoiceOption<AppendFsync> APPENDFSYNC =
            files("appendfsync", "when the append-only file is forced to disk")
                    .choice(AppendFsync.EVERYSEC);
    public static final FlagOption NO_APPENDFSYNC_ON_REWRITE =
            files("no-appendfsync-on-rewrite", "do not sync while a rewrite runs").flag(false);
    public static final NumberOption AUTO_AOF_REWRITE_PERCENTAGE =
            files("auto-aof-rewrite-percentage", "growth after which the file is rewritten")
                    .number(0, INT_MAX, 100);
    public static final NumberOption AUTO_AOF_REWRITE_MIN_SIZE =
            files("auto-aof-rewrite-min-size", "size below which it is not rewritten")
                    .memory(0, Long.MAX_VALUE, 64L << 20);
    public static final FlagOption AOF_LOAD_TRUNCATED =
            files("aof-load-truncated", "load a file whose end is missing").flag(true);
    public static final NumberOption AOF_LOAD_CORRUPT_TAIL_MAX_SIZE =
            files("aof-load-corrupt-tail-max-size", "damaged bytes at the end to do without")
                    .memory(0, Long.MAX_VALUE, 0);
    public static final FlagOption AOF_USE_RDB_PREAMBLE =
            files("aof-use-rdb-preamble", "rewrite into the snapshot format").flag(true);
    public static final FlagOption AOF_REPLY_AFTER_WRITE =
            files(
                            "aof-reply-after-write",
                            "with everysec and no, too, replies wait until the file has their"
                                    + " writes")
                    .flag(true);
    public static final FlagOption AOF_TIMESTAMP_ENABLED =
            files("aof-timestamp-enabled", "note the time in the append-only file").flag(false);
    public static final FlagOption AOF_REWRITE_INCREMENTAL_FSYNC =
            files("aof-rewrite-incremental-fsync", "sync a rewrite while it is written").flag(true);
    public static final FlagOption AOF_DISABLE_AUTO_GC =
            files("aof-disable-auto-gc", "keep append-only files that are no longer needed")
                    .hidden()
                    .flag(false);

    private PersistenceOptions() {}

    private static Row files(String name, String text) {
        return row(name, text);
    }

    static List<Option<?>> rows() {
        return List.of(
                SAVE,
                DBFILENAME,
                RDBCOMPRESSION,
                RDBCHECKSUM,
                STOP_WRITES_ON_BGSAVE_ERROR,
                RDB_SAVE_INCREMENTAL_FSYNC,
                RDB_KEY_SAVE_DELAY,
                KEY_LOAD_DELAY,
                LOADING_PROCESS_EVENTS_INTERVAL_BYTES,
                SANITIZE_DUMP_PAYLOAD,
                APPENDONLY,
                APPENDFILENAME,
                APPENDDIRNAME,
                APPENDFSYNC,
                NO_APPENDFSYNC_ON_REWRITE,
                AUTO_AOF_REWRITE_PERCENTAGE,
                AUTO_AOF_REWRITE_MIN_SIZE,
                AOF_LOAD_TRUNCATED,
                AOF_LOAD_CORRUPT_TAIL_MAX_SIZE,
                AOF_USE_RDB_PREAMBLE,
                AOF_REPLY_AFTER_WRITE,
                AOF_TIMESTAMP_ENABLED,
                AOF_REWRITE_INCREMENTAL_FSYNC,
                AOF_DISABLE_AUTO_GC);
    }
}
