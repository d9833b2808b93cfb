package io.ferrite.durability.rdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ferrite.durability.rdb.RdbFixture.HeapSource;
import io.ferrite.memory.MemoryTag;
import io.ferrite.memory.Slab;
import java.io.EOFException;
import java.io.IOException;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class RdbPartsTest {

    private static final long SEED = Long.getLong("ferrite.seed", 20240917L);
    private static final MemoryTag TAG = MemoryTag.OTHER;

    private final Slab slab = new Slab();

    @AfterEach
    void nothingLeaks() {
        assertThat(slab.usedBytes()).isZero();
        slab.close();
    }

    private interface Part {
        void put(RdbOutput out) throws IOException;
    }

    private static byte[] written(boolean compressed, Part part) throws IOException {
        try (GrowingSink sink = new GrowingSink();
                RdbOutput out = new RdbOutput(sink, true, compressed ? Integer.MAX_VALUE : 0)) {
            part.put(out);
            out.flush();
            assertThat(out.written()).isEqualTo(sink.length());
            return RdbFixture.bytes(sink);
        }
    }

    @Test
    void lengths_comeBack_inTheShortestForm() throws IOException {
        long[] lengths = {0, 63, 64, 16383, 16384, 0xFFFFFFFFL, 0x100000000L, Long.MAX_VALUE, -1};
        int[] sizes = {1, 1, 2, 2, 5, 5, 9, 9, 9};
        for (int i = 0; i < lengths.length; i++) {
            long length = lengths[i];
            byte[] bytes = written(false, out -> out.putLength(length));
            assertThat(bytes).hasSize(sizes[i]);
            try (RdbInput in = new RdbInput()) {
                in.open(new HeapSource(bytes, 1, false));
                assertThat(in.readLength()).isEqualTo(length);
                assertThat(in.atEnd()).isTrue();
            }
        }
    }

    @Test
    void strings_comeBackUnchanged_howeverTheyAreCut() throws IOException {
        Random random = new Random(SEED);
        for (int round = 0; round < 400; round++) {
            byte[] text = new byte[random.nextInt(round % 40 == 0 ? 3_000_000 : 400)];
            int alphabet = random.nextBoolean() ? 3 : 256;
            for (int i = 0; i < text.length; i++) {
                text[i] = (byte) random.nextInt(alphabet);
            }
            if (random.nextInt(4) == 0) {
                text = RdbFixture.ascii(Long.toString(random.nextLong() >> random.nextInt(64)));
            }
            long a = RdbFixture.off(slab, text);
            int length = text.length;
            byte[] bytes = written(random.nextBoolean(), out -> out.putString(a, length));
            RdbFixture.give(slab, a, length);
            checkString(bytes, text, 1 + random.nextInt(100_000), random.nextBoolean(), round);
        }
    }

    @Test
    void whatIsCaptured_isWrittenAsItWouldHaveBeenAtOnce() throws IOException {
        Random random = new Random(SEED);
        for (int round = 0; round < 40; round++) {
            int limit = random.nextInt(4) == 0 ? 0 : 1 + random.nextInt(2000);
            long seed = random.nextLong();
            try (GrowingSink atOnce = new GrowingSink();
                    GrowingSink later = new GrowingSink();
                    RdbOutput one = new RdbOutput(atOnce, true, limit);
                    RdbOutput other = new RdbOutput(later, true, limit);
                    Capture capture = new Capture();
                    RdbOutput taken = new RdbOutput(capture, limit)) {
                putParts(one, new Random(seed));
                putParts(taken, new Random(seed));
                taken.flush();
                for (var piece = capture.poll(); piece != null; piece = capture.poll()) {
                    piece.writeTo(other);
                    capture.recycle(piece);
                }
                assertThat(other.checksum())
                        .as("seed %d round %d", SEED, round)
                        .isEqualTo(one.checksum());
                assertThat(RdbFixture.bytes(later)).isEqualTo(RdbFixture.bytes(atOnce));
                assertThat(capture.isEmpty()).isTrue();
            }
        }
    }

    private void putParts(RdbOutput out, Random random) throws IOException {
        for (int i = random.nextInt(2000); i >= 0; i--) {
            byte[] text = new byte[random.nextInt(random.nextInt(200) == 0 ? 400_000 : 300)];
            for (int j = 0; j < text.length; j++) {
                text[j] = (byte) random.nextInt(3);
            }
            long a = RdbFixture.off(slab, text);
            switch (random.nextInt(3)) {
                case 0 -> out.putLength(random.nextLong() >>> random.nextInt(64));
                case 1 -> out.putBytes(a, text.length);
                default -> out.putString(a, text.length);
            }
            RdbFixture.give(slab, a, text.length);
        }
    }

    private void checkString(byte[] bytes, byte[] text, int step, boolean known, int round)
            throws IOException {
        RdbString string = new RdbString();
        try (RdbInput in = new RdbInput()) {
            in.open(new HeapSource(bytes, step, known));
            in.readString(slab, TAG, string);
            assertThat(string.toBytes()).as("seed %d round %d", SEED, round).isEqualTo(text);
            assertThat(in.position()).isEqualTo(bytes.length);
            assertThat(in.checksum())
                    .isEqualTo(io.ferrite.memory.codec.Crc64.update(0, bytes, 0, bytes.length));
            string.free();
        }
    }

    @Test
    void integers_areWrittenAsRedisWritesThem() throws IOException {
        assertThat(written(true, out -> out.putInteger(-1))).containsExactly(0xC0, 0xFF);
        assertThat(written(true, out -> out.putString("127"))).containsExactly(0xC0, 127);
        assertThat(written(true, out -> out.putInteger(128))).containsExactly(0xC1, 128, 0);
        assertThat(written(true, out -> out.putString("70000")))
                .containsExactly(0xC2, 0x70, 0x11, 1, 0);
        assertThat(written(true, out -> out.putInteger(5_000_000_000L)))
                .isEqualTo(RdbFixture.ascii("\n5000000000"));
        assertThat(written(true, out -> out.putString("007")))
                .isEqualTo(RdbFixture.ascii("\003007"));
    }

    @Test
    void hostileLengths_areRefused_beforeMemoryIsTaken() {
        byte[][] hostile = {
            {(byte) 0x81, 0x7F, -1, -1, -1, -1, -1, -1, -1, 'x'},
            {(byte) 0x81, -1, -1, -1, -1, -1, -1, -1, -1, 'x'},
            {(byte) 0x80, 0x7F, -1, -1, -1, 'x'},
            {(byte) 0xC3, 1, (byte) 0x81, 0, 0, 1, 0, 0, 0, 0, 0, 'x'},
            {(byte) 0xC3, 1, 0, 'x'},
            {(byte) 0xC3, 2, 5, 0, 'x'},
            {(byte) 0xC4, 1, 1},
            {(byte) 0x82, 1, 1},
            {5, 'x'},
        };
        for (boolean known : new boolean[] {true, false}) {
            for (byte[] bytes : hostile) {
                RdbString string = new RdbString();
                try (RdbInput in = new RdbInput()) {
                    in.open(new HeapSource(bytes, 100, known));
                    assertThatThrownBy(() -> in.readString(slab, TAG, string))
                            .isInstanceOfAny(RdbRefusal.class, EOFException.class);
                    assertThat(slab.usedBytes()).isLessThanOrEqualTo(1 << 20);
                    string.free();
                }
            }
        }
    }

    @Test
    void counts_areHeldAgainstWhatIsLeft() throws IOException {
        byte[] bytes = {10, 1, 2, 3};
        try (RdbInput in = new RdbInput()) {
            in.open(new HeapSource(bytes, 100, true));
            assertThatThrownBy(() -> in.readCount(1)).isInstanceOf(RdbRefusal.class);
            in.open(new HeapSource(new byte[] {3, 1, 2, 3}, 100, true));
            assertThat(in.readCount(1)).isEqualTo(3);
        }
    }
}
