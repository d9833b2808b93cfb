package io.ferrite.node;

import io.ferrite.engine.EncodingLimits;
import io.ferrite.engine.EncodingLimits.Packed;
import io.ferrite.node.config.MemoryOptions;
import io.ferrite.node.config.NumberOption;
import io.ferrite.node.config.Settings;
import io.ferrite.store.value.ListSettings;
import io.ferrite.store.value.PackedLimits;
import io.ferrite.store.value.SetLimits;

/** Carries the parameters of small encodings to the engine, at the start and when they change. */
final class EncodingSettings {

    private static final NumberOption[] OPTIONS = {
        MemoryOptions.LIST_MAX_LISTPACK_SIZE,
        MemoryOptions.LIST_COMPRESS_DEPTH,
        MemoryOptions.HASH_MAX_LISTPACK_ENTRIES,
        MemoryOptions.HASH_MAX_LISTPACK_VALUE,
        MemoryOptions.SET_MAX_INTSET_ENTRIES,
        MemoryOptions.SET_MAX_LISTPACK_ENTRIES,
        MemoryOptions.SET_MAX_LISTPACK_VALUE,
        MemoryOptions.ZSET_MAX_LISTPACK_ENTRIES,
        MemoryOptions.ZSET_MAX_LISTPACK_VALUE,
        MemoryOptions.HLL_SPARSE_MAX_BYTES,
        MemoryOptions.STREAM_NODE_MAX_ENTRIES,
        MemoryOptions.STREAM_NODE_MAX_BYTES,
    };

    private final Node node;

    /** DEBUG QUICKLIST-PACKED-THRESHOLD: no parameter, and not kept. */
    private int plainThreshold = ListSettings.MAX_PLAIN_THRESHOLD;

    EncodingSettings(Node node) {
        this.node = node;
    }

    /** Takes the parameters into use, and every later change. */
    void start() {
        apply(node.settings());
        node.settings().onChange(this::apply, OPTIONS);
    }

    /** An element of a list of this many bytes gets a block of its own. */
    synchronized void setPlainThreshold(int bytes) {
        plainThreshold = bytes;
        apply(node.settings());
    }

    private synchronized void apply(Settings now) {
        ListSettings list =
                new ListSettings(
                        now.getInt(MemoryOptions.LIST_MAX_LISTPACK_SIZE),
                        now.getInt(MemoryOptions.LIST_COMPRESS_DEPTH),
                        plainThreshold);
        node.engine()
                .setLimits(
                        new EncodingLimits(
                                list,
                                new PackedLimits(
                                        now.get(MemoryOptions.HASH_MAX_LISTPACK_ENTRIES),
                                        now.get(MemoryOptions.HASH_MAX_LISTPACK_VALUE)),
                                new SetLimits(
                                        now.get(MemoryOptions.SET_MAX_INTSET_ENTRIES),
                                        now.get(MemoryOptions.SET_MAX_LISTPACK_ENTRIES),
                                        now.get(MemoryOptions.SET_MAX_LISTPACK_VALUE)),
                                new PackedLimits(
                                        now.get(MemoryOptions.ZSET_MAX_LISTPACK_ENTRIES),
                                        now.get(MemoryOptions.ZSET_MAX_LISTPACK_VALUE)),
                                now.get(MemoryOptions.HLL_SPARSE_MAX_BYTES),
                                packed(
                                        now,
                                        MemoryOptions.STREAM_NODE_MAX_ENTRIES,
                                        MemoryOptions.STREAM_NODE_MAX_BYTES)));
    }

    private static Packed packed(Settings now, NumberOption entries, NumberOption value) {
        return new Packed(now.get(entries), now.get(value));
    }
}
