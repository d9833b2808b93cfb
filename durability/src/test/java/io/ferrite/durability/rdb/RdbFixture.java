package io.ferrite.durability.rdb;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrite.memory.Memory;
import io.ferrite.memory.MemoryTag;
import io.ferrite.memory.Slab;
import io.ferrite.memory.Slice;
import io.ferrite.memory.codec.Crc64;
import io.ferrite.store.stream.StreamCursor;
import io.ferrite.store.stream.StreamId;
import io.ferrite.store.stream.StreamValue;
import io.ferrite.store.value.HashCursor;
import io.ferrite.store.value.ListCursor;
import io.ferrite.store.value.ListValue;
import io.ferrite.store.value.ModuleValue;
import io.ferrite.store.value.SetCursor;
import io.ferrite.store.value.ZsetCursor;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** Bytes of the heap as sources and sinks, and a target that keeps everything as text. */
final class RdbFixture {

    private RdbFixture() {}

    static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    /** Gives a few bytes at a time, and says what is left only if asked to. */
    static final class HeapSource implements RdbSource {
        private final byte[] bytes;
        private final int step;
        private final boolean known;
        private int at;

        HeapSource(byte[] bytes, int step, boolean known) {
            this.bytes = bytes;
            this.step = step;
            this.known = known;
        }

        @Override
        public int read(long target, int length) {
            if (at == bytes.length) {
                return -1;
            }
            int given = Math.min(Math.min(length, step), bytes.length - at);
            Memory.copyIn(bytes, at, target, given);
            at += given;
            return given;
        }

        @Override
        public long remaining() {
            return known ? bytes.length - at : UNKNOWN;
        }
    }

    static byte[] bytes(GrowingSink sink) {
        return Memory.toBytes(sink.address(), (int) sink.length());
    }

    /** The elements of a list, as text. */
    static List<String> elements(Slab slab, long root) {
        List<String> elements = new ArrayList<>();
        try (ListCursor cursor = new ListCursor()) {
            cursor.open(slab, root, 0, true);
            while (cursor.next()) {
                elements.add(text(cursor.item().toBytes()));
            }
        }
        return elements;
    }

    /** The members of a set, as text in order. */
    static Set<String> members(Slab slab, long root) {
        Set<String> members = new TreeSet<>();
        try (SetCursor cursor = new SetCursor(slab, root)) {
            while (cursor.next()) {
                members.add(text(Memory.toBytes(cursor.text(), cursor.length())));
            }
        }
        return members;
    }

    /** The members of a sorted set in its order, as text, with their scores. */
    static Map<String, Double> scores(long root) {
        Map<String, Double> scores = new LinkedHashMap<>();
        ZsetCursor cursor = new ZsetCursor().open(root, 0, true);
        while (cursor.next()) {
            scores.put(text(cursor.member().toBytes()), cursor.score());
        }
        return scores;
    }

    /** The fields of a hash, as text in order, with their values. */
    static Map<String, String> fields(Slab slab, long root) {
        Map<String, String> fields = new TreeMap<>();
        try (HashCursor cursor = new HashCursor(slab, root)) {
            while (cursor.next()) {
                fields.put(text(cursor.field().toBytes()), text(cursor.value().toBytes()));
            }
        }
        return fields;
    }

    /** The entries of a stream, each as its id and its texts, and its length. */
    static List<String> entries(long root) {
        List<String> entries = new ArrayList<>();
        StreamCursor cursor = new StreamCursor().open(root, true);
        while (cursor.next()) {
            StringBuilder entry = new StringBuilder();
            entry.append(new StreamId(cursor.ms(), cursor.seq()));
            while (cursor.nextField()) {
                entry.append(' ').append(text(cursor.field().toBytes()));
                entry.append(' ').append(text(cursor.value().toBytes()));
            }
            entries.add(entry.toString());
        }
        assertThat(StreamValue.length(root)).isEqualTo(entries.size());
        return entries;
    }

    static Object plain(Slab slab, RdbValue value) {
        return switch (value.kind()) {
            case EMPTY -> null;
            case STRING -> text(value.string().toBytes());
            case LIST -> elements(slab, value.root());
            case SET -> members(slab, value.root());
            case HASH -> fields(slab, value.root());
            case ZSET -> scores(value.root());
            case STREAM -> entries(value.root());
            case MODULE -> ModuleValue.name(ModuleValue.type(value.root()));
        };
    }

    /** Keeps what a reader hands over. */
    static final class Kept implements RdbTarget {
        final Slab slab;
        final Map<String, String> aux = new LinkedHashMap<>();
        final Map<String, Object> keys = new LinkedHashMap<>();
        final Map<String, Long> expiries = new LinkedHashMap<>();
        final List<String> skipped = new ArrayList<>();
        private long database;

        Kept(Slab slab) {
            this.slab = slab;
        }

        private String name(Slice key) {
            return database + ":" + key;
        }

        @Override
        public void aux(String name, byte[] value) {
            aux.put(name, text(value));
        }

        @Override
        public void selectDatabase(long index) throws IOException {
            if (index < 0 || index > 15) {
                throw new IOException("no database " + index);
            }
            database = index;
        }

        @Override
        public void expectKeys(long keys, long volatileKeys) {}

        @Override
        public Slab slabOf(Slice key) {
            return slab;
        }

        @Override
        public void put(Slice key, RdbValue value, RdbKeyFacts facts) {
            keys.put(name(key), plain(slab, value));
            if (facts.expires()) {
                expiries.put(name(key), facts.expireAtMs());
            }
        }

        @Override
        public void function(long code, int length) {
            skipped.add(text(Memory.toBytes(code, length)));
        }

        @Override
        public void moduleDataSkipped(String module) {
            skipped.add(module);
        }

        @Override
        public void emptyKeySkipped(Slice key) {
            skipped.add(name(key));
        }
    }

    /** Reads a whole RDB from the heap. */
    static Kept load(Slab slab, byte[] rdb, int step, boolean known) throws IOException {
        Kept kept = new Kept(slab);
        try (RdbInput in = new RdbInput()) {
            in.open(new HeapSource(rdb, step, known));
            try (RdbReader reader = new RdbReader(in, kept, RdbLimits.DEFAULT, true)) {
                reader.read();
            }
        }
        return kept;
    }

    /** Puts the right checksum at the end. */
    static byte[] resealed(byte[] bytes) {
        long crc = Crc64.update(0, bytes, 0, bytes.length - 8);
        for (int i = 0; i < 8; i++) {
            bytes[bytes.length - 8 + i] = (byte) (crc >>> 8 * i);
        }
        return bytes;
    }

    static long off(Slab slab, byte[] bytes) {
        long a = slab.take(Math.max(1, bytes.length), MemoryTag.OTHER);
        Memory.copyIn(bytes, 0, a, bytes.length);
        return a;
    }

    static void give(Slab slab, long a, int length) {
        slab.give(a, Math.max(1, length), MemoryTag.OTHER);
    }

    /** A list of these elements. */
    static long list(
            Slab slab, List<byte[]> elements, io.ferrite.store.value.ListSettings settings) {
        long root = ListValue.create(slab);
        for (byte[] element : elements) {
            long a = off(slab, element);
            root = ListValue.beforeAdding(slab, root, element.length, 1, settings);
            root = ListValue.push(slab, root, false, a, element.length, settings);
            give(slab, a, element.length);
        }
        return root;
    }
}
