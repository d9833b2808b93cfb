package io.ferrite.durability.rdb;

import io.ferrite.memory.Memory;
import io.ferrite.memory.Slab;
import io.ferrite.memory.codec.Crc64;
import java.io.IOException;

/**
 * One value as DUMP answers and RESTORE takes it.
 *
 * <pre>
 *   | type u8 | value | version u16 | CRC-64 of all before u64 |
 * </pre>
 *
 * <p>The version is the lowest that has the type, so that older servers take what they can.
 */
public final class DumpPayload {

    private static final int FOOTER_BYTES = 10;
    private static final int CRC_BYTES = 8;

    private DumpPayload() {}

    // -----------------------------------------------------------------------------------------
    // writing

    public static void ofInteger(RdbOutput out, long value) throws IOException {
        out.putByte(RdbType.STRING);
        out.putInteger(value);
        end(out, RdbType.STRING);
    }

    public static void ofString(RdbOutput out, long address, int length) throws IOException {
        out.putByte(RdbType.STRING);
        StringCodec.begin(out, address, length, true);
        end(out, RdbType.STRING);
    }

    public static void ofList(RdbOutput out, long root) throws IOException {
        out.putByte(RdbType.LIST_QUICKLIST_2);
        long node = ListCodec.begin(out, root);
        while (node != 0) {
            node = ListCodec.step(out, node);
        }
        end(out, RdbType.LIST_QUICKLIST_2);
    }

    public static void ofHash(RdbOutput out, long root) throws IOException {
        int type = HashCodec.type(root);
        out.putByte(type);
        long place = HashCodec.begin(out, root);
        while (place != 0) {
            place = HashCodec.step(out, root, place);
        }
        end(out, type);
    }

    public static void ofSet(RdbOutput out, long root) throws IOException {
        int type = SetCodec.type(root);
        out.putByte(type);
        long place = SetCodec.begin(out, root);
        while (place != 0) {
            place = SetCodec.step(out, root, place);
        }
        end(out, type);
    }

    public static void ofZset(RdbOutput out, long root) throws IOException {
        int type = ZsetCodec.type(root);
        out.putByte(type);
        long left = ZsetCodec.begin(out, root);
        while (left != 0) {
            left = ZsetCodec.step(out, root, left);
        }
        end(out, type);
    }

    public static void ofStream(RdbOutput out, long root) throws IOException {
        out.putByte(StreamCodec.WRITTEN);
        StreamCodec.Steps steps = new StreamCodec.Steps();
        steps.begin(out, root);
        while (!steps.step(out)) {
            // goes on
        }
        end(out, StreamCodec.WRITTEN);
    }

    public static void ofModule(RdbOutput out, long root) throws IOException {
        out.putByte(RdbType.MODULE_2);
        ModuleCodec.write(out, root);
        end(out, RdbType.MODULE_2);
    }

    private static void end(RdbOutput out, int type) throws IOException {
        out.putShort(RdbType.versionOf(type));
        out.putLong(out.checksum());
        out.flush();
    }

    // -----------------------------------------------------------------------------------------
    // reading

    /**
     * Whether the version is one that is read here and the checksum, if {@code checksummed}, is
     * right.
     */
    public static boolean isSound(long address, long length, boolean checksummed) {
        if (length < FOOTER_BYTES) {
            return false;
        }
        long footer = address + length - FOOTER_BYTES;
        return Memory.getUnsignedShort(footer) <= RdbType.NEWEST_READ
                && (!checksummed
                        || Crc64.update(0, address, length - CRC_BYTES)
                                == Memory.getLong(footer + FOOTER_BYTES - CRC_BYTES));
    }

    /**
     * Reads the value of a {@link #isSound} payload into blocks of {@code slab}; refused if it is
     * damaged in any part, empty, or followed by something else.
     */
    public static void read(
            RdbInput in, long address, long length, Slab slab, RdbLimits limits, RdbValue value)
            throws IOException {
        in.open(new MemorySource().set(address, length - FOOTER_BYTES));
        try {
            ValueCodec.read(in.readByte(), in, slab, limits, value);
            if (value.kind() == RdbValue.Kind.EMPTY || !in.atEnd()) {
                throw in.refuse("An empty value, or something after it");
            }
        } catch (IOException | RuntimeException e) {
            value.free();
            throw e;
        }
    }
}
