package io.ferrite.node.persistence;

import java.util.function.BiConsumer;

/** The append-only file, as start, time and INFO see it. */
public interface AppendOnlyPart {

    /** There is none. */
    AppendOnlyPart NONE =
            new AppendOnlyPart() {
                @Override
                public boolean isToBeLoaded() {
                    return false;
                }

                @Override
                public boolean hasFiles() {
                    return false;
                }

                @Override
                public long bytesToLoad() {
                    return 0;
                }

                @Override
                public boolean load() {
                    return true;
                }

                @Override
                public boolean open() {
                    return true;
                }

                @Override
                public void tick() {}

                @Override
                public void info(BiConsumer<String, String> line) {
                    line.accept("aof_enabled", "0");
                    line.accept("aof_rewrite_in_progress", "0");
                    line.accept("aof_rewrite_scheduled", "0");
                    line.accept("aof_last_rewrite_time_sec", "-1");
                    line.accept("aof_current_rewrite_time_sec", "-1");
                    line.accept("aof_last_bgrewrite_status", "ok");
                    line.accept("aof_rewrites", "0");
                    line.accept("aof_rewrites_consecutive_failures", "0");
                    line.accept("aof_last_write_status", "ok");
                    line.accept("aof_last_cow_size", "0");
                }
            };

    /**
     * Whether it is on: the data comes from its files, not from the snapshot, even where there are
     * none, as in Redis.
     */
    boolean isToBeLoaded();

    /** Whether there are files of it. */
    boolean hasFiles();

    /** The size of what {@link #load} would read. */
    long bytesToLoad();

    /**
     * Loads the data, if there are files, on a thread that may wait; clients are refused meanwhile.
     *
     * @return false when it cannot be loaded: the log says why, the process ends
     */
    boolean load();

    /**
     * Begins to write, if it is on: data is loaded, from here or from a snapshot, and nobody writes
     * yet.
     *
     * @return false when it cannot be written: the log says why, the process ends
     */
    boolean open();

    /** Ten times a second, on the home loop, before save points are looked at. */
    void tick();

    /** Its lines of INFO persistence. */
    void info(BiConsumer<String, String> line);
}
