package io.ferrite.store.encoding;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrite.memory.MemoryTag;
import io.ferrite.memory.Slab;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Ziplist and zipmap: only ever read, so the examples are bytes that old servers wrote. */
final class OldEncodingsTest {

    private static final long SEED = Long.getLong("ferrite.seed", 20240917L);
    private static final MemoryTag TAG = MemoryTag.HASH;

    /** "2", 1024, 70000, 10000000 (24 bits: 80000), 5000000000, -100, "abc", each form once. */
    private static final String ZIPLIST =
            "36000000"
                    + "2f000000"
                    + "0700"
                    + "00f3"
                    + "02c00004"
                    + "04d070110100"
                    + "06f0803801"
                    + "05e000f2052a01000000"
                    + "0afe9c"
                    + "0303616263"
                    + "ff";

    private final Slab slab = new Slab();

    @AfterEach
    void nothingLeaks() {
        assertThat(slab.usedBytes()).isZero();
        slab.close();
    }

    private static byte[] hex(String hex) {
        return HexFormat.of().parseHex(hex);
    }

    private static byte[] ziplist() {
        byte[] bytes = hex(ZIPLIST);
        bytes[0] = (byte) bytes.length;
        bytes[4] = (byte) (bytes.length - 1 - 5);
        return bytes;
    }

    private List<String> texts(long lp) {
        List<String> texts = new ArrayList<>();
        ListpackItem item = new ListpackItem();
        for (int at = Listpack.first(lp); at != Listpack.NONE; at = Listpack.next(lp, at)) {
            Listpack.get(lp, at, item);
            texts.add(new String(item.toBytes(), java.nio.charset.StandardCharsets.ISO_8859_1));
        }
        return texts;
    }

    @Test
    void ziplist_becomesAListpack() {
        try (OffHeap heap = new OffHeap(slab)) {
            byte[] bytes = ziplist();
            long zl = heap.put(bytes);
            assertThat(Ziplist.isValid(zl, bytes.length)).isTrue();
            long lp = Ziplist.toListpack(slab, TAG, zl);
            assertThat(texts(lp))
                    .containsExactly("2", "1024", "70000", "80000", "5000000000", "-100", "abc");
            assertThat(Listpack.isValid(lp, Listpack.bytes(lp), true)).isTrue();
            Listpack.free(slab, TAG, lp);
        }
    }

    @Test
    void damagedZiplists_areRefused_orSafeToRead() {
        Random random = new Random(SEED);
        for (int round = 0; round < 30_000; round++) {
            byte[] bytes = ziplist();
            for (int flips = random.nextInt(3); flips >= 0; flips--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
            }
            try (OffHeap heap = new OffHeap(slab)) {
                long zl = heap.put(bytes);
                if (Ziplist.isValid(zl, bytes.length)) {
                    long lp = Ziplist.toListpack(slab, TAG, zl);
                    assertThat(Listpack.isValid(lp, Listpack.bytes(lp), true))
                            .as("seed %d round %d", SEED, round)
                            .isTrue();
                    Listpack.free(slab, TAG, lp);
                }
            }
        }
    }

    @Test
    void zipmap_becomesAListpack() {
        byte[] bytes = hex("02" + "03666f6f" + "0300626172" + "0562617a7a7a" + "01023700" + "00ff");
        try (OffHeap heap = new OffHeap(slab)) {
            long zm = heap.put(bytes);
            assertThat(Zipmap.isValid(zm, bytes.length)).isTrue();
            long lp = Zipmap.toListpack(slab, TAG, zm);
            assertThat(texts(lp)).containsExactly("foo", "bar", "bazzz", "7");
            Listpack.free(slab, TAG, lp);
        }
    }

    @Test
    void aShortLengthInTheLongForm_isRefused() {
        byte[] bytes = hex("02fe03000000666f6f0300626172" + "0362617a0300717578ff");
        try (OffHeap heap = new OffHeap(slab)) {
            assertThat(Zipmap.isValid(heap.put(bytes), bytes.length)).isFalse();
        }
    }

    @Test
    void damagedZipmaps_areRefused_orSafeToRead() {
        Random random = new Random(SEED);
        byte[] good = hex("02" + "03666f6f" + "0300626172" + "0562617a7a7a" + "01023700" + "00ff");
        for (int round = 0; round < 30_000; round++) {
            byte[] bytes = good.clone();
            for (int flips = random.nextInt(3); flips >= 0; flips--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
            }
            try (OffHeap heap = new OffHeap(slab)) {
                long zm = heap.put(bytes);
                if (Zipmap.isValid(zm, bytes.length)) {
                    long lp = Zipmap.toListpack(slab, TAG, zm);
                    assertThat(Listpack.count(lp) % 2).isZero();
                    Listpack.free(slab, TAG, lp);
                }
            }
        }
    }
}
