package io.ferrite.node.script;

import io.ferrite.durability.rdb.DumpPayload;
import io.ferrite.durability.rdb.GrowingSink;
import io.ferrite.durability.rdb.MemorySource;
import io.ferrite.durability.rdb.RdbInput;
import io.ferrite.durability.rdb.RdbOutput;
import io.ferrite.durability.rdb.RdbString;
import io.ferrite.durability.rdb.RdbWriter;
import io.ferrite.engine.CommandError;
import io.ferrite.memory.MemoryTag;
import io.ferrite.memory.Slab;
import io.ferrite.memory.Slice;
import io.ferrite.resp.ReplyWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Libraries as FUNCTION DUMP answers and FUNCTION RESTORE takes them.
 *
 * <pre>
 *   | 245 u8 | code string | ... | version u16 | CRC-64 of all before u64 |
 * </pre>
 */
final class FunctionPayload {

    private static final int OPCODE = 245;

    /** Of a release candidate of Redis 7. */
    private static final int OLD_OPCODE = 246;

    /** The RDB version that brought functions. */
    private static final int VERSION = 10;

    private static final int FOOTER_BYTES = 10;

    private FunctionPayload() {}

    static void write(List<byte[]> codes, ReplyWriter reply) {
        try (GrowingSink sink = new GrowingSink();
                RdbOutput out = new RdbOutput(sink, true, RdbWriter.COMPRESS_UP_TO)) {
            for (byte[] code : codes) {
                out.putByte(OPCODE);
                out.putLength(code.length);
                out.putBytes(code);
            }
            out.putShort(VERSION);
            out.putLong(out.checksum());
            out.flush();
            reply.bulk(sink.address(), Math.toIntExact(sink.length()));
        } catch (IOException e) {
            throw new UncheckedIOException("memory cannot be written to", e);
        }
    }

    /**
     * The code of each library.
     *
     * @param slab where the codes are unpacked
     * @param checksummed whether a wrong checksum is refused
     * @throws CommandError if it is no such payload
     */
    static List<byte[]> read(Slice payload, Slab slab, boolean checksummed) {
        if (!DumpPayload.isSound(payload.address(), payload.length(), checksummed)) {
            throw CommandError.of("ERR DUMP payload version or checksum are wrong");
        }
        List<byte[]> codes = new ArrayList<>();
        RdbString code = new RdbString();
        try (RdbInput in = new RdbInput()) {
            long length = payload.length() - FOOTER_BYTES;
            in.open(new MemorySource().set(payload.address(), length));
            while (!in.atEnd()) {
                switch (in.readByte()) {
                    case OPCODE -> {
                        in.readString(slab, MemoryTag.SCRIPT, code);
                        codes.add(code.toBytes());
                        code.free();
                    }
                    case OLD_OPCODE ->
                            throw CommandError.of("ERR Pre-GA function format not supported");
                    default -> throw CommandError.of("ERR given type is not a function");
                }
            }
        } catch (IOException damaged) {
            throw CommandError.of("ERR failed loading the given functions payload");
        } finally {
            code.free();
        }
        return codes;
    }
}
