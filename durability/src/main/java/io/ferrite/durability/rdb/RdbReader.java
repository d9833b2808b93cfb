package io.ferrite.durability.rdb;

import io.ferrite.memory.MemoryTag;
import io.ferrite.memory.Slab;
import io.ferrite.memory.Slice;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/**
 * Reads a whole RDB, of any version that is known, into a target.
 *
 * <pre>
 *   "REDIS" version (4 digits)     or "VALKEY" and 3 digits
 *   opcode and its data ...        what is below 244 is a value's type: key and value follow
 *   0xFF, CRC-64 (from version 5 on; 0: not kept)
 * </pre>
 *
 * <p>Everything is checked, the inside of values included, whoever wrote it. It reads no further
 * than the checksum; what the buffer holds beyond that stays in the {@link RdbInput}.
 */
public final class RdbReader implements AutoCloseable {

    private static final int HEADER_BYTES = 9;
    private static final int LAST_CHECKSUM_FREE = 4;
    private static final int MAX_AUX = 1 << 26;

    /** Valkey's own numbering, from its version 9 on. */
    private static final int VALKEY_FIRST = 80;

    private static final int VALKEY_NEWEST = 81;

    /** The field before a stream that says when its consumers were active; Ferrite's own. */
    static final String STREAM_ACTIVITY = "ferrite-stream-activity";

    /** What is being read: the reader's place in words, for who reports a failure. */
    public enum Doing {
        START("start"),
        TYPE("read-type"),
        EXPIRE("read-expire"),
        KEY("read-key"),
        VALUE("read-object-value"),
        CHECKSUM("check-sum"),
        LENGTH("read-len"),
        AUX("read-aux"),
        MODULE_AUX("read-module-aux"),
        FUNCTIONS("read-functions");

        private final String word;

        Doing(String word) {
            this.word = word;
        }

        /** As the check tool of Redis calls it. */
        public String word() {
            return word;
        }
    }

    /** What {@link #checksumState} says. */
    public enum Checksum {
        /** Not looked at: too old a version, or not wanted. */
        UNKNOWN,
        /** The file says that it has none. */
        NONE,
        RIGHT
    }

    private final RdbInput in;
    private final RdbTarget target;
    private final RdbLimits limits;
    private final boolean checksummed;
    private final KeyRanges ranges;
    private final KeySpans spans = new KeySpans();

    private final Slab scratch = new Slab();
    private final RdbString text = new RdbString();
    private final RdbString keyText = new RdbString();
    private final Slice key = new Slice();
    private final RdbValue value = new RdbValue();
    private final RdbKeyFacts facts = new RdbKeyFacts();
    private long keys;
    private Doing doing = Doing.START;
    private Checksum checksum = Checksum.UNKNOWN;
    private boolean valkey;
    private int type = -1;
    private String activity;

    /**
     * @param checksummed whether a wrong checksum is refused ({@code rdbchecksum}); one of 0 never
     *     is
     */
    public RdbReader(RdbInput in, RdbTarget target, RdbLimits limits, boolean checksummed) {
        this(in, target, limits, checksummed, KeyRanges.NONE);
    }

    /**
     * @param ranges who reads keys that lie together; called before {@link #read} returns or fails,
     *     so that nothing is left to read then
     */
    public RdbReader(
            RdbInput in,
            RdbTarget target,
            RdbLimits limits,
            boolean checksummed,
            KeyRanges ranges) {
        this.in = in;
        this.target = target;
        this.limits = limits;
        this.checksummed = checksummed;
        this.ranges = ranges;
    }

    /** How many keys were read so far. */
    public long keys() {
        return keys;
    }

    /** What was being read last. */
    public Doing doing() {
        return doing;
    }

    /** What became of the checksum, when all was read. */
    public Checksum checksumState() {
        return checksum;
    }

    /** The type of the value that is or was to be read, -1 between two keys. */
    public int type() {
        return type;
    }

    /** The key whose value is or was to be read, empty between two keys. */
    public String keyBeingRead() {
        return doing == Doing.VALUE ? key.toString() : "";
    }

    /** Reads from the header to the checksum; answers the version. */
    public int read() throws IOException {
        int version;
        try {
            version = readAll();
        } catch (IOException | RuntimeException | Error e) {
            value.free();
            ranges.settle(); // what failed there comes first in the file
            throw e;
        }
        ranges.settle();
        return version;
    }

    private int readAll() throws IOException {
        int version = readHeader();
        facts.clear();
        boolean between = true;
        while (true) {
            if (between && ranges.wanted()) {
                handOver();
            }
            doing = Doing.TYPE;
            int opcode = in.readByte();
            if (opcode == RdbType.OPCODE_EOF) {
                break;
            }
            readItem(opcode);
            between = activity == null && facts.isClear();
        }
        if (version > LAST_CHECKSUM_FREE) {
            doing = Doing.CHECKSUM;
            long computed = in.checksum();
            long stored = in.readLong();
            if (checksummed && stored != 0 && stored != computed) {
                throw new RdbRefusal(
                        RdbRefusal.Kind.CHECKSUM,
                        "Wrong RDB checksum expected: ("
                                + Long.toHexString(computed)
                                + ") but got ("
                                + Long.toHexString(stored)
                                + ")",
                        in.position());
            }
            if (checksummed) {
                checksum = stored == 0 ? Checksum.NONE : Checksum.RIGHT;
            }
        }
        return version;
    }

    /** Lets others read what whole keys are ahead, as long as there are any. */
    private void handOver() throws IOException {
        boolean more = true;
        while (more) {
            int whole = spans.measure(in.aheadAddress(), in.aheadBytes());
            if (whole > 0) {
                ranges.take(in.aheadAddress(), whole, in.position(), valkey);
                in.passOver(whole);
            }
            more = spans.cutOff() && in.readAhead();
        }
    }

    /**
     * Reads a stretch of whole keys, to its end: what {@link KeyRanges#take} was given.
     *
     * @param valkeyTypes whether types are numbered as Valkey does
     */
    public void readKeys(boolean valkeyTypes) throws IOException {
        valkey = valkeyTypes;
        facts.clear();
        try {
            while (!in.atEnd()) {
                doing = Doing.TYPE;
                readItem(in.readByte());
            }
        } finally {
            value.free(); // while its stripe is held still
        }
    }

    private int readHeader() throws IOException {
        byte[] header = new byte[HEADER_BYTES];
        for (int i = 0; i < HEADER_BYTES; i++) {
            header[i] = (byte) in.readByte();
        }
        String magic = new String(header, StandardCharsets.ISO_8859_1);
        valkey = magic.startsWith("VALKEY");
        String digits = magic.substring(valkey ? 6 : 5);
        if (!valkey && !magic.startsWith("REDIS") || !digits.matches("[0-9]+")) {
            throw foreign("Wrong signature trying to load DB from file");
        }
        int version = Integer.parseInt(digits);
        boolean known =
                valkey
                        ? version >= VALKEY_FIRST && version <= VALKEY_NEWEST
                        : version >= 1 && version <= RdbType.NEWEST_READ;
        if (!known) {
            throw foreign("Can't handle RDB format version " + version);
        }
        return version;
    }

    private RdbRefusal foreign(String reason) {
        return new RdbRefusal(RdbRefusal.Kind.HEADER, reason, in.position());
    }

    private void readItem(int opcode) throws IOException {
        switch (opcode) {
            case RdbType.OPCODE_EXPIRETIME -> {
                doing = Doing.EXPIRE;
                facts.setExpireAtMs(in.readInt() * 1000L);
            }
            case RdbType.OPCODE_EXPIRETIME_MS -> {
                doing = Doing.EXPIRE;
                facts.setExpireAtMs(in.readLong());
            }
            case RdbType.OPCODE_FREQ -> facts.setFrequency(in.readByte());
            case RdbType.OPCODE_IDLE -> facts.setIdleSeconds(readIdle());
            case RdbType.OPCODE_SELECTDB -> {
                doing = Doing.LENGTH;
                target.selectDatabase(in.readLength());
            }
            case RdbType.OPCODE_RESIZEDB -> {
                doing = Doing.LENGTH;
                target.expectKeys(in.readLength(), in.readLength());
            }
            case RdbType.OPCODE_SLOT_INFO -> readSlotInfo();
            case RdbType.OPCODE_AUX -> {
                doing = Doing.AUX;
                readAux();
            }
            case RdbType.OPCODE_FUNCTION2 -> {
                doing = Doing.FUNCTIONS;
                readText();
                target.function(text.address(), text.length());
            }
            case RdbType.OPCODE_FUNCTION_PRE_GA ->
                    throw in.refuse("Functions in the format of a release candidate");
            case RdbType.OPCODE_MODULE_AUX -> {
                doing = Doing.MODULE_AUX;
                skipModuleAux();
            }
            case RdbType.OPCODE_SLOT_IMPORT -> skipSlotImport();
            default -> {
                readKey(typeOf(opcode));
                type = -1;
                activity = null;
                facts.clear();
            }
        }
    }

    private int typeOf(int opcode) throws RdbRefusal {
        if (opcode > (valkey ? RdbType.VALKEY_LAST : RdbType.LAST)) {
            throw in.refuse("Unknown RDB encoding type " + opcode);
        }
        return valkey && opcode == RdbType.VALKEY_LAST ? RdbType.VALKEY_HASH_2 : opcode;
    }

    private long readIdle() throws IOException {
        long seconds = in.readLength();
        if (seconds < 0) {
            throw in.refuse("An idle time of " + Long.toUnsignedString(seconds) + " seconds");
        }
        return seconds;
    }

    private void readKey(int keyType) throws IOException {
        type = keyType;
        doing = Doing.KEY;
        in.readBriefly(scratch, MemoryTag.OTHER, keyText);
        key.set(keyText.address(), keyText.length());
        doing = Doing.VALUE;
        if (type == RdbType.MODULE_2 && target.skipsModuleValues()) {
            ModuleData.name(in.readLength());
            ModuleData.skip(in);
            keys++;
            target.moduleValueSkipped(key, facts);
            return;
        }
        if (type == RdbType.STRING) {
            StringCodec.read(in, scratch, value); // copied into its entry in any case
        } else {
            ValueCodec.read(type, in, target.slabOf(key), limits, value);
        }
        keys++;
        if (value.kind() == RdbValue.Kind.EMPTY) {
            target.emptyKeySkipped(key);
            return;
        }
        if (activity != null && value.kind() == RdbValue.Kind.STREAM) {
            StreamCodec.setActivity(value.root(), activity);
        }
        try {
            target.put(key, value, facts);
        } finally {
            value.free();
        }
    }

    private void readSlotInfo() throws IOException {
        long slot = in.readLength();
        if (slot < 0 || slot >= io.ferrite.memory.codec.HashSlot.COUNT) {
            throw in.refuse("Slot information for slot " + Long.toUnsignedString(slot));
        }
        in.readLength();
        in.readLength();
    }

    private void readAux() throws IOException {
        readText();
        String name = new String(text.toBytes(), StandardCharsets.ISO_8859_1);
        readText();
        if (name.equals(STREAM_ACTIVITY)) {
            activity = new String(text.toBytes(), StandardCharsets.ISO_8859_1);
            return;
        }
        ranges.settle(); // it may say what becomes of keys
        target.aux(name, text.toBytes());
    }

    private void readText() throws IOException {
        in.readString(scratch, MemoryTag.OTHER, text, MAX_AUX);
    }

    private void skipModuleAux() throws IOException {
        String module = ModuleData.name(in.readLength());
        ModuleData.skipWhen(in);
        ModuleData.skip(in);
        target.moduleDataSkipped(module);
    }

    /** Slots that a node of a Valkey cluster was about to take over: a name and ranges. */
    private void skipSlotImport() throws IOException {
        in.skipString();
        long ranges = in.readCount(2);
        for (long i = 0; i < ranges; i++) {
            in.readLength();
            in.readLength();
        }
        target.slotImportSkipped();
    }

    /** Gives the reader's memory back, also that of a value whose reading was broken off. */
    @Override
    public void close() {
        value.free();
        keyText.free();
        text.free();
        scratch.close();
    }
}
