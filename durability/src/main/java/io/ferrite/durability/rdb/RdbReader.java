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

    private static final int MODULE_END = 0;
    private static final int MODULE_SIGNED = 1;
    private static final int MODULE_UNSIGNED = 2;
    private static final int MODULE_FLOAT = 3;
    private static final int MODULE_DOUBLE = 4;
    private static final int MODULE_STRING = 5;

    private final RdbInput in;
    private final RdbTarget target;
    private final RdbLimits limits;
    private final boolean checksummed;

    private final Slab scratch = new Slab();
    private final RdbString text = new RdbString();
    private final RdbString keyText = new RdbString();
    private final Slice key = new Slice();
    private final RdbValue value = new RdbValue();
    private final RdbKeyFacts facts = new RdbKeyFacts();
    private long keys;

    /**
     * @param checksummed whether a wrong checksum is refused ({@code rdbchecksum}); one of 0 never
     *     is
     */
    public RdbReader(RdbInput in, RdbTarget target, RdbLimits limits, boolean checksummed) {
        this.in = in;
        this.target = target;
        this.limits = limits;
        this.checksummed = checksummed;
    }

    /** How many keys were read so far. */
    public long keys() {
        return keys;
    }

    /** Reads from the header to the checksum; answers the version. */
    public int read() throws IOException {
        int version = readHeader();
        facts.clear();
        while (true) {
            int opcode = in.readByte();
            if (opcode == RdbType.OPCODE_EOF) {
                break;
            }
            readItem(opcode);
        }
        if (version > LAST_CHECKSUM_FREE) {
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
        }
        return version;
    }

    private int readHeader() throws IOException {
        byte[] header = new byte[HEADER_BYTES];
        for (int i = 0; i < HEADER_BYTES; i++) {
            header[i] = (byte) in.readByte();
        }
        String magic = new String(header, StandardCharsets.ISO_8859_1);
        boolean valkey = magic.startsWith("VALKEY");
        String digits = magic.substring(valkey ? 6 : 5);
        if (!valkey && !magic.startsWith("REDIS") || !digits.matches("[0-9]+")) {
            throw foreign("Wrong signature trying to load DB from file");
        }
        int version = Integer.parseInt(digits);
        boolean known =
                version >= 1 && (valkey ? version <= VALKEY_FIRST : version <= RdbType.NEWEST_READ);
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
            case RdbType.OPCODE_EXPIRETIME -> facts.setExpireAtMs(in.readInt() * 1000L);
            case RdbType.OPCODE_EXPIRETIME_MS -> facts.setExpireAtMs(in.readLong());
            case RdbType.OPCODE_FREQ -> facts.setFrequency(in.readByte());
            case RdbType.OPCODE_IDLE -> facts.setIdleSeconds(readIdle());
            case RdbType.OPCODE_SELECTDB -> target.selectDatabase(in.readLength());
            case RdbType.OPCODE_RESIZEDB -> target.expectKeys(in.readLength(), in.readLength());
            case RdbType.OPCODE_SLOT_INFO -> readSlotInfo();
            case RdbType.OPCODE_AUX -> readAux();
            case RdbType.OPCODE_FUNCTION2 -> {
                readText();
                target.function(text.address(), text.length());
            }
            case RdbType.OPCODE_FUNCTION_PRE_GA ->
                    throw in.refuse("Functions in the format of a release candidate");
            case RdbType.OPCODE_MODULE_AUX -> skipModuleAux();
            default -> {
                if (opcode > RdbType.LAST) {
                    throw in.refuse("Unknown RDB opcode " + opcode);
                }
                readKey(opcode);
                facts.clear();
            }
        }
    }

    private long readIdle() throws IOException {
        long seconds = in.readLength();
        if (seconds < 0) {
            throw in.refuse("An idle time of " + Long.toUnsignedString(seconds) + " seconds");
        }
        return seconds;
    }

    private void readKey(int type) throws IOException {
        in.readString(scratch, MemoryTag.OTHER, keyText);
        key.set(keyText.address(), keyText.length());
        ValueCodec.read(type, in, target.slabOf(key), limits, value);
        keys++;
        if (value.kind() == RdbValue.Kind.EMPTY) {
            target.emptyKeySkipped(key);
            return;
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
        target.aux(name, text.toBytes());
    }

    private void readText() throws IOException {
        in.readString(scratch, MemoryTag.OTHER, text, MAX_AUX);
    }

    private void skipModuleAux() throws IOException {
        String module = moduleName(in.readLength());
        if (in.readLength() != MODULE_UNSIGNED) {
            throw in.refuse("Bad when_opcode of module data");
        }
        in.readLength();
        while (true) {
            long what = in.readLength();
            if (what == MODULE_END) {
                break;
            } else if (what == MODULE_SIGNED || what == MODULE_UNSIGNED) {
                in.readLength();
            } else if (what == MODULE_FLOAT) {
                in.readInt();
            } else if (what == MODULE_DOUBLE) {
                in.readLong();
            } else if (what == MODULE_STRING) {
                in.readString(scratch, MemoryTag.OTHER, text);
            } else {
                throw in.refuse("Unknown part " + Long.toUnsignedString(what) + " of module data");
            }
        }
        target.moduleDataSkipped(module);
    }

    /** A module's id is nine characters of six bits and a version of ten. */
    private static String moduleName(long id) {
        String alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        char[] name = new char[9];
        long rest = id >>> 10;
        for (int i = name.length - 1; i >= 0; i--) {
            name[i] = alphabet.charAt((int) (rest & 63));
            rest >>>= 6;
        }
        return String.valueOf(name);
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
