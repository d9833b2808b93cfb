package io.ferrite.durability.rdb;

import io.ferrite.memory.Slab;
import io.ferrite.memory.Slice;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/**
 * Reads an RDB only to see whether it is sound, and says what it finds in the words of Redis' check
 * tool. One thread, once.
 */
public final class RdbCheck {

    /** Names of the value types, by number. */
    private static final String[] TYPES = {
        "string",
        "list-linked",
        "set-hashtable",
        "zset-v1",
        "hash-hashtable",
        "zset-v2",
        "module-pre-release",
        "module-value",
        "",
        "hash-zipmap",
        "list-ziplist",
        "set-intset",
        "zset-ziplist",
        "hash-ziplist",
        "quicklist",
        "stream",
        "hash-listpack",
        "zset-listpack",
        "quicklist-v2",
        "stream-v2",
        "set-listpack",
        "stream-v3",
        "hash-hashtable-md-pre-release",
        "hash-listpack-md-pre-release",
        "hash-hashtable-md",
        "hash-listpack-md",
    };

    private final Consumer<String> out;
    private final long nowMs;
    private final RdbInput in = new RdbInput();
    private final Slab slab = new Slab();
    private long bytes;
    private long keys;
    private long expires;
    private long expired;

    /**
     * @param nowMs the time that decides which keys have expired
     * @param out takes the lines, without their ends
     */
    public RdbCheck(long nowMs, Consumer<String> out) {
        this.nowMs = nowMs;
        this.out = out;
    }

    /** Checks; true if all is well up to and with the end mark and its checksum. */
    public boolean run(RdbSource source, String name) {
        in.open(source);
        info("Checking RDB file " + name);
        try (RdbReader reader = new RdbReader(in, new Looker(), RdbLimits.DEFAULT, true)) {
            try {
                reader.read();
            } catch (RdbRefusal refusal) {
                report(reader, said(refusal));
                return false;
            } catch (EOFException cut) {
                report(reader, "Unexpected EOF reading RDB file");
                return false;
            } catch (IOException e) {
                report(reader, String.valueOf(e.getMessage()));
                return false;
            }
            bytes = in.position();
            switch (reader.checksumState()) {
                case NONE -> info("RDB file was saved with checksum disabled: no check performed.");
                case RIGHT -> info("Checksum OK");
                default -> {}
            }
            info("\\o/ RDB looks OK! \\o/");
            figures();
            return true;
        } finally {
            in.close();
            slab.close();
        }
    }

    /** How many bytes the RDB took; something else may follow. */
    public long bytes() {
        return bytes;
    }

    private static String said(RdbRefusal refusal) {
        return switch (refusal.kind()) {
            case CHECKSUM -> "RDB CRC error";
            case HEADER, DATASET -> refusal.reason();
            case DAMAGE ->
                    "Internal error in RDB reading offset "
                            + refusal.position()
                            + " -> "
                            + refusal.reason();
        };
    }

    private void info(String text) {
        out.accept("[offset " + in.position() + "] " + text);
    }

    private void report(RdbReader reader, String text) {
        out.accept("--- RDB ERROR DETECTED ---");
        info(text);
        out.accept("[additional info] While doing: " + reader.doing().word());
        String key = reader.keyBeingRead();
        if (!key.isEmpty()) {
            out.accept("[additional info] Reading key '" + key + "'");
        }
        int type = reader.doing() == RdbReader.Doing.START ? 0 : reader.type();
        if (type != -1) {
            String word =
                    type == RdbType.VALKEY_HASH_2
                            ? "hash-v2"
                            : type < TYPES.length ? TYPES[type] : "unknown";
            out.accept("[additional info] Reading type " + type + " (" + word + ")");
        }
        figures();
    }

    private void figures() {
        out.accept("[info] " + keys + " keys read");
        out.accept("[info] " + expires + " expires");
        out.accept("[info] " + expired + " already expired");
    }

    private void count(RdbKeyFacts facts) {
        keys++;
        if (facts.expires()) {
            expires++;
            expired += facts.expireAtMs() < nowMs ? 1 : 0;
        }
    }

    /** Looks, and keeps nothing. */
    private final class Looker implements RdbTarget {

        @Override
        public void aux(String name, byte[] value) {
            String text = new String(value, StandardCharsets.ISO_8859_1);
            info("AUX FIELD " + name + " = '" + text + "'");
        }

        @Override
        public void selectDatabase(long index) {
            info("Selecting DB ID " + Long.toUnsignedString(index));
        }

        @Override
        public void expectKeys(long expected, long volatileKeys) {}

        @Override
        public Slab slabOf(Slice key) {
            return slab;
        }

        @Override
        public void put(Slice key, RdbValue value, RdbKeyFacts facts) {
            count(facts);
        }

        @Override
        public void function(long code, int length) {}

        @Override
        public void moduleDataSkipped(String module) {
            info("MODULE AUX for: " + module);
        }

        @Override
        public boolean skipsModuleValues() {
            return true;
        }

        @Override
        public void moduleValueSkipped(Slice key, RdbKeyFacts facts) {
            count(facts);
        }

        @Override
        public void emptyKeySkipped(Slice key) {
            keys++;
        }
    }
}
