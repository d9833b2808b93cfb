package io.ferrite.durability.rdb;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrite.memory.Slab;
import io.ferrite.store.value.HashCursor;
import io.ferrite.store.value.HashTimes;
import io.ferrite.store.value.HashValue;
import io.ferrite.store.value.PackedLimits;
import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Hashes whose fields have times, as payloads. */
final class HashTimesRdbTest {

    private static final PackedLimits LARGE = new PackedLimits(0, 64);

    private final Slab slab = new Slab();

    @AfterEach
    void nothingLeaks() {
        assertThat(slab.usedBytes()).isZero();
        slab.close();
    }

    private interface Dump {
        void to(RdbOutput out) throws IOException;
    }

    private static byte[] dump(Dump dump) throws IOException {
        try (GrowingSink sink = new GrowingSink();
                RdbOutput out = new RdbOutput(sink, true, Integer.MAX_VALUE)) {
            dump.to(out);
            return RdbFixture.bytes(sink);
        }
    }

    private static byte[] payload(Dump content) throws IOException {
        return dump(out -> {
            content.to(out);
            out.putShort(12);
            out.putLong(out.checksum());
            out.flush();
        });
    }

    private long set(long root, String field, String value, long at, PackedLimits limits) {
        byte[] both = RdbFixture.ascii(field + value);
        long a = RdbFixture.off(slab, both);
        int length = field.length();
        long set = HashValue.set(slab, root, a, length, a + length, value.length(), limits);
        if (at != HashValue.NEVER) {
            set = HashTimes.set(slab, HashTimes.prepare(slab, set), a, length, at);
        }
        RdbFixture.give(slab, a, both.length);
        return set;
    }

    /** Fields with value and time, behind the name of the form; null where it is refused. */
    private Map<String, String> restored(byte[] payload) {
        long a = RdbFixture.off(slab, payload);
        RdbValue value = new RdbValue();
        try (RdbInput in = new RdbInput()) {
            assertThat(DumpPayload.isSound(a, payload.length, true)).isTrue();
            DumpPayload.read(in, a, payload.length, slab, RdbLimits.DEFAULT, value);
            Map<String, String> fields = new TreeMap<>();
            long last = 0;
            try (HashCursor cursor = new HashCursor(slab, value.root())) {
                while (cursor.next()) {
                    long at = cursor.expireAt();
                    String time = at == HashValue.NEVER ? "" : "@" + at;
                    fields.put(
                            RdbFixture.text(cursor.field().toBytes()),
                            RdbFixture.text(cursor.value().toBytes()) + time);
                    assertThat(HashValue.isTable(value.root()) || at >= last).isTrue();
                    last = at;
                }
            }
            return fields;
        } catch (IOException e) {
            return null;
        } finally {
            value.free();
            RdbFixture.give(slab, a, payload.length);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void timesSurvive_inBothForms(boolean large) throws IOException {
        PackedLimits limits = large ? LARGE : PackedLimits.HASH;
        long root = HashValue.create(slab);
        root = set(root, "b", "2", 2000, limits);
        root = set(root, "a", "1", 1000, limits);
        root = set(root, "c", "3", HashValue.NEVER, limits);
        long hash = root;
        byte[] dump = dump(out -> DumpPayload.ofHash(out, hash));
        HashValue.free(slab, root);
        assertThat(dump[0]).isEqualTo((byte) (large ? 24 : 25));
        assertThat(dump[dump.length - 10]).isEqualTo((byte) 12);
        assertThat(restored(dump)).isEqualTo(Map.of("a", "1@1000", "b", "2@2000", "c", "3"));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void withoutTimes_anOldServerCanReadIt(boolean large) throws IOException {
        PackedLimits limits = large ? LARGE : PackedLimits.HASH;
        long root = set(HashValue.create(slab), "a", "1", 5, limits);
        root = set(root, "a", "2", HashValue.NEVER, limits);
        long hash = root;
        byte[] dump = dump(out -> DumpPayload.ofHash(out, hash));
        HashValue.free(slab, root);
        assertThat(dump[0]).isEqualTo((byte) 4);
        assertThat(dump[dump.length - 10]).isEqualTo((byte) 10);
        assertThat(restored(dump)).isEqualTo(Map.of("a", "2"));
    }

    @Test
    void formOfTheReleaseCandidate_hasAbsoluteTimes() throws IOException {
        byte[] dump =
                payload(out -> {
                    out.putByte(RdbType.HASH_METADATA_PRE_GA);
                    out.putLength(2);
                    out.putLength(0);
                    out.putString("a");
                    out.putString("1");
                    out.putLength(777);
                    out.putString("b");
                    out.putString("2");
                });
        assertThat(restored(dump)).isEqualTo(Map.of("a", "1", "b", "2@777"));
    }

    private static byte[] packed(int... entries) throws IOException {
        byte[] listpack = new byte[7 + 2 * entries.length];
        listpack[0] = (byte) listpack.length;
        listpack[4] = (byte) entries.length;
        for (int i = 0; i < entries.length; i++) {
            listpack[6 + 2 * i] = (byte) entries[i];
            listpack[7 + 2 * i] = 1;
        }
        listpack[listpack.length - 1] = (byte) 0xFF;
        return payload(out -> {
            out.putByte(RdbType.HASH_LISTPACK_EX);
            out.putLong(0);
            out.putLength(listpack.length);
            out.putBytes(listpack);
        });
    }

    @Test
    void listpackOutOfOrder_isPutInOrder() throws IOException {
        assertThat(restored(packed(1, 2, 0, 3, 4, 50, 5, 6, 40)))
                .isEqualTo(Map.of("1", "2", "3", "4@50", "5", "6@40"));
    }

    @Test
    void damage_isRefused() throws IOException {
        assertThat(restored(packed(1, 2, 3, 1, 2, 4))).as("a field twice").isNull();
        assertThat(restored(packed(1, 2, 3, 4))).as("not in threes").isNull();
        for (long first : new long[] {-1, 1L << 48}) {
            assertThat(
                            restored(
                                    payload(out -> {
                                        out.putByte(RdbType.HASH_METADATA);
                                        out.putLong(first);
                                        out.putLength(1);
                                        out.putLength(0);
                                        out.putString("a");
                                        out.putString("1");
                                    })))
                    .as("begins with %d", first)
                    .isNull();
        }
        assertThat(
                        restored(
                                payload(out -> {
                                    out.putByte(RdbType.HASH_METADATA);
                                    out.putLong(1);
                                    out.putLength(1);
                                    out.putLength(1L << 48);
                                    out.putString("a");
                                    out.putString("1");
                                })))
                .as("a time too late")
                .isNull();
    }
}
