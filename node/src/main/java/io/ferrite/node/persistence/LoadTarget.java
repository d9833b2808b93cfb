package io.ferrite.node.persistence;

import io.ferrite.durability.rdb.KeyspaceTarget;
import io.ferrite.durability.rdb.RdbKeyFacts;
import io.ferrite.durability.rdb.RdbTarget;
import io.ferrite.durability.rdb.RdbValue;
import io.ferrite.memory.Slab;
import io.ferrite.memory.Slice;
import io.ferrite.node.log.Log;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.function.BooleanSupplier;

/** Fills the keyspace and says, in the log and to INFO, what the file says. */
final class LoadTarget implements RdbTarget {

    /** Empty keys that are named in the log. */
    private static final int NAMED = 10;

    /** INFO hears of every so many keys. */
    private static final int TOLD_EVERY = 64;

    private final KeyspaceTarget keyspace;
    private final RdbTarget gated;
    private final Log log;
    private final Loading loading;
    private final KeyDelay delay;
    private final BooleanSupplier unwanted;
    private final long nowMs;
    private int stored;

    /**
     * @param keyspace counts what all threads load
     * @param gated where this thread's keys go
     */
    LoadTarget(
            KeyspaceTarget keyspace,
            RdbTarget gated,
            Log log,
            Loading loading,
            KeyDelay delay,
            BooleanSupplier unwanted,
            long nowMs) {
        this.keyspace = keyspace;
        this.gated = gated;
        this.log = log;
        this.loading = loading;
        this.delay = delay;
        this.unwanted = unwanted;
        this.nowMs = nowMs;
    }

    @Override
    public void aux(String name, byte[] value) throws IOException {
        String text = new String(value, StandardCharsets.ISO_8859_1);
        if (name.startsWith("%")) {
            log.notice("RDB '" + name + "': " + text);
        } else {
            note(name.toLowerCase(Locale.ROOT), text);
        }
        gated.aux(name, value);
    }

    private void note(String name, String text) {
        switch (name) {
            case "redis-ver", "valkey-ver" -> log.notice("Loading RDB produced by version " + text);
            case "ctime" ->
                    log.notice("RDB age " + Math.max(0, nowMs / 1000 - number(text)) + " seconds");
            case "used-mem" -> {
                long bytes = number(text);
                log.notice(
                        String.format(
                                Locale.ROOT,
                                "RDB memory usage when created %.2f Mb",
                                bytes / 1048576.0));
                loading.memoryWhenMade(bytes);
            }
            case "aof-preamble" -> {
                if (number(text) != 0) {
                    log.notice("RDB has an AOF tail");
                }
            }
            case "aof-base" -> {
                if (number(text) != 0) {
                    log.notice("RDB is base AOF");
                }
            }
            case "repl-stream-db", "repl-id", "repl-offset", "redis-bits", "lua" -> {}
            default -> log.debug("Unrecognized RDB AUX field: '" + name + "'");
        }
    }

    private static long number(String text) {
        try {
            return Long.parseLong(text.trim());
        } catch (NumberFormatException e) {
            return 0;
        }
    }

    @Override
    public void selectDatabase(long index) throws IOException {
        gated.selectDatabase(index);
    }

    @Override
    public void expectKeys(long keys, long volatileKeys) throws IOException {
        gated.expectKeys(keys, volatileKeys);
    }

    @Override
    public Slab slabOf(Slice key) {
        return gated.slabOf(key);
    }

    @Override
    public void put(Slice key, RdbValue value, RdbKeyFacts facts) throws IOException {
        gated.put(key, value, facts);
        if ((++stored & TOLD_EVERY - 1) == 0) {
            loading.keys(keyspace.loaded(), keyspace.expired());
        }
        delay.after(1, unwanted);
    }

    @Override
    public void function(long code, int length) throws IOException {
        gated.function(code, length);
    }

    @Override
    public void moduleDataSkipped(String module) throws IOException {
        log.warning(
                "The RDB file contains AUX module data I can't load: no matching module '"
                        + module
                        + "'. It is passed over.");
        gated.moduleDataSkipped(module);
    }

    @Override
    public void slotImportSkipped() throws IOException {
        log.warning("The RDB file tells of slots that were being imported. That is passed over.");
        gated.slotImportSkipped();
    }

    @Override
    public void emptyKeySkipped(Slice key) {
        if (keyspace.empty() < NAMED) {
            log.notice("rdbLoadObject skipping empty key: " + key);
        }
        gated.emptyKeySkipped(key);
    }
}
