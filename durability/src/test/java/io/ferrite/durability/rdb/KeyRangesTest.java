package io.ferrite.durability.rdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.ferrite.memory.Memory;
import io.ferrite.memory.MemoryTag;
import io.ferrite.memory.Slab;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Keys that a reader hands over are the keys that it would have read itself. */
final class KeyRangesTest {

    private static final long SEED = 271;

    private final Slab slab = new Slab();

    @AfterEach
    void nothingLeaks() {
        slab.close();
    }

    /** Reads what it is given, at once, into the same target. */
    private static final class AtOnce implements KeyRanges {
        private final RdbTarget target;
        private final List<Long> positions = new ArrayList<>();
        private int handed;

        AtOnce(RdbTarget target) {
            this.target = target;
        }

        @Override
        public boolean wanted() {
            return true;
        }

        @Override
        public void take(long address, int length, long position, boolean valkey)
                throws IOException {
            handed += length;
            positions.add(position);
            try (RdbInput in = new RdbInput(0);
                    RdbReader reader = new RdbReader(in, target, RdbLimits.DEFAULT, false)) {
                in.openMemory(address, length, position);
                reader.readKeys(valkey);
                assertThat(in.position()).isEqualTo(position + length);
            }
        }

        @Override
        public void settle() {}
    }

    /** An RDB of strings of all forms, with what is said before keys, and old collections. */
    private static byte[] rdb(Random random) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes("REDIS0010".getBytes(StandardCharsets.ISO_8859_1));
        for (int i = 0; i < 300; i++) {
            switch (random.nextInt(8)) {
                case 0 -> {
                    out.write(RdbType.OPCODE_EXPIRETIME_MS);
                    out.writeBytes(new byte[] {1, 2, 3, 4, 5, 6, 7, 0});
                }
                case 1 -> {
                    out.write(RdbType.OPCODE_IDLE);
                    out.writeBytes(new byte[] {0x41, 7});
                }
                case 2 -> {
                    out.write(RdbType.OPCODE_SELECTDB);
                    out.write(random.nextInt(4));
                }
                default -> {}
            }
            key(out, random, i);
        }
        out.write(RdbType.OPCODE_EOF);
        out.writeBytes(new byte[8]);
        return out.toByteArray();
    }

    private static void key(ByteArrayOutputStream out, Random random, int number) {
        int form = random.nextInt(5);
        out.write(new int[] {0, RdbType.LIST, RdbType.SET, RdbType.HASH, RdbType.ZSET_2}[form]);
        text(out, "key " + number);
        if (form == 0) {
            string(out, random, number);
            return;
        }
        int count = 1 + random.nextInt(5);
        out.write(count);
        for (int i = 0; i < count; i++) {
            text(out, "element " + i);
            if (form == 3) {
                string(out, random, i);
            } else if (form == 4) {
                out.writeBytes(new byte[] {0, 0, 0, 0, 0, 0, (byte) i, 0x40});
            }
        }
    }

    private static void string(ByteArrayOutputStream out, Random random, int number) {
        switch (random.nextInt(5)) {
            case 0 -> out.writeBytes(new byte[] {(byte) 0xC0, (byte) number});
            case 1 -> out.writeBytes(new byte[] {(byte) 0xC1, (byte) number, 1});
            case 2 -> out.writeBytes(new byte[] {(byte) 0xC2, (byte) number, 1, 1, 1});
            case 3 -> // compressed: ten times the same letter
                    out.writeBytes(new byte[] {(byte) 0xC3, 5, 10, 0, 'x', (byte) 0xE0, 0, 0});
            default -> text(out, "v".repeat(random.nextInt(200)));
        }
    }

    private static void text(ByteArrayOutputStream out, String text) {
        if (text.length() < 64) {
            out.write(text.length());
        } else {
            out.write(0x40 | text.length() >> 8);
            out.write(text.length() & 0xFF);
        }
        out.writeBytes(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    private RdbFixture.Kept read(byte[] rdb, int step, boolean handing) throws IOException {
        RdbFixture.Kept kept = new RdbFixture.Kept(slab);
        AtOnce ranges = new AtOnce(kept);
        try (RdbInput in = new RdbInput(4096);
                RdbReader reader =
                        new RdbReader(
                                in.open(new RdbFixture.HeapSource(rdb, step, true)),
                                kept,
                                RdbLimits.DEFAULT,
                                false,
                                handing ? ranges : KeyRanges.NONE)) {
            reader.read();
        }
        if (handing) {
            assertThat(ranges.handed).isGreaterThan(rdb.length / 3);
        }
        return kept;
    }

    private static List<String> lines(RdbFixture.Kept kept) {
        List<String> lines = new ArrayList<>(kept.skipped);
        kept.keys.forEach(
                (key, value) -> lines.add(key + "=" + value + " " + kept.expiries.get(key)));
        return lines;
    }

    @Test
    void theSameKeysArrive_howeverTheSourceIsCut() throws IOException {
        byte[] rdb = rdb(new Random(SEED));
        List<String> expected = lines(read(rdb, 4096, false));
        assertThat(expected).hasSizeGreaterThanOrEqualTo(300);
        for (int step : new int[] {3, 100, 4096}) {
            assertThat(lines(read(rdb, step, true)))
                    .as("seed %d, step %d", SEED, step)
                    .isEqualTo(expected);
        }
    }

    @Test
    void aDamagedOrCutFile_failsAsBefore() {
        Random random = new Random(SEED);
        byte[] whole = rdb(random);
        for (int i = 0; i < 120; i++) {
            byte[] rdb = whole.clone();
            if (i % 4 == 0) {
                rdb = java.util.Arrays.copyOf(rdb, 9 + random.nextInt(rdb.length - 9));
            } else {
                rdb[9 + random.nextInt(rdb.length - 9)] ^= (byte) (1 << random.nextInt(8));
            }
            byte[] damaged = rdb;
            Throwable alone = catchThrowable(() -> read(damaged, 512, false));
            Throwable handing = catchThrowable(() -> readAnyhow(damaged));
            assertThat(words(handing)).as("seed %d, %d", SEED, i).isEqualTo(words(alone));
        }
    }

    private void readAnyhow(byte[] rdb) throws IOException {
        RdbFixture.Kept kept = new RdbFixture.Kept(slab);
        try (RdbInput in = new RdbInput(4096);
                RdbReader reader =
                        new RdbReader(
                                in.open(new RdbFixture.HeapSource(rdb, 512, true)),
                                kept,
                                RdbLimits.DEFAULT,
                                false,
                                new AtOnce(kept))) {
            reader.read();
        }
    }

    private static String words(Throwable failure) {
        return switch (failure) {
            case null -> "none";
            case RdbRefusal refusal -> refusal.reason() + " at " + refusal.position();
            default -> failure.toString();
        };
    }

    @Test
    void lengthsThatNoMemoryHolds_areLeftToTheReader() {
        byte[] odd = {0, (byte) 0x81, -1, -1, -1, -1, -1, -1, -1, -1, 'x'};
        long block = slab.take(odd.length, MemoryTag.OTHER);
        for (int i = 0; i < odd.length; i++) {
            Memory.putByte(block + i, odd[i]);
        }
        KeySpans spans = new KeySpans();
        assertThat(spans.measure(block, odd.length)).isZero();
        assertThat(spans.cutOff()).isFalse();
        slab.give(block, odd.length, MemoryTag.OTHER);
    }
}
